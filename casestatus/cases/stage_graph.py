"""A procedure model drawn as a graph (SVG): the four parts of the path as columns, each stage a box. Pure.

Colours and letters are the page's: the drawing has classes only (`graph node final edge part`), no style of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from casestatus.cases.procedure_model import Procedure, Stage
from casestatus.wording import Language

WIDTH, HEIGHT = 250, 48  # of a box
ACROSS, DOWN = 350, 66  # from one box to the next
TOP, MARGIN = 56, 56
PARTS: Mapping[Language, Sequence[str]] = {
    "es": ("Investigación", "Con un juez", "Juicio", "Fin"),
    "en": ("Investigation", "Before a judge", "Trial", "End"),
}


@dataclass(frozen=True)
class _Box:
    """Where a stage is drawn: its column, and the upper left corner."""

    stage: Stage
    column: int
    x: int
    y: int

    @property
    def middle(self) -> float:
        return self.y + HEIGHT / 2


def graph_svg(procedure: Procedure, language: Language, *, label: str) -> str:
    """The model as an `<svg>` element; `label` tells whoever can't see it where the same stands as text."""
    boxes = _boxes(procedure)
    width = 2 * MARGIN + 3 * ACROSS + WIDTH
    height = max(box.y for box in boxes.values()) + HEIGHT + 16
    arrow = f"arrow-{procedure.model.lower()}"
    edges = [
        _edge(box, boxes[follower], arrow)
        for box in boxes.values()
        for follower in box.stage.followers
        if not box.stage.moved  # a moved case begins anew, elsewhere
    ]
    parts = [_text("part", MARGIN + column * ACROSS, 28, name) for column, name in enumerate(PARTS[language])]
    return "".join(
        [
            f'<svg class="graph" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" ',
            f'aria-label="{escape(label)}"><defs><marker id="{arrow}" viewBox="0 0 8 8" refX="7" refY="4" ',
            'markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>',
            *parts,
            *edges,
            *(_node(box, language) for box in boxes.values()),
            "</svg>",
        ]
    )


def _boxes(procedure: Procedure) -> dict[str, _Box]:
    columns: dict[int, list[Stage]] = {}
    for stage in procedure.stages.values():
        columns.setdefault((stage.part or 1) - 1, []).append(stage)
    boxes = {}
    for column, stages in columns.items():
        for place, stage in enumerate(sorted(stages, key=lambda stage: (stage.part is None, stage.code))):
            boxes[stage.code] = _Box(stage, column, MARGIN + column * ACROSS, TOP + place * DOWN)
    return boxes


def _edge(start: _Box, end: _Box, arrow: str) -> str:
    return f'<path class="edge" marker-end="url(#{arrow})" d="{_way(start, end)}"/>'


def _way(start: _Box, end: _Box) -> str:
    """Forward from right edge to left edge, back the other way; within a column in a bow, down right and up left."""
    y1, y2 = start.middle, end.middle
    if end.column > start.column:
        x1, x2, bend = start.x + WIDTH, end.x, 50
        return f"M{x1} {y1:g}C{x1 + bend} {y1:g} {x2 - bend} {y2:g} {x2} {y2:g}"
    if end.column < start.column:
        x1, x2, bend = start.x, end.x + WIDTH, 50
        return f"M{x1} {y1:g}C{x1 - bend} {y1:g} {x2 + bend} {y2:g} {x2} {y2:g}"
    bend = 14 + 4 * abs(end.y - start.y) // DOWN
    x = start.x + WIDTH if y2 > y1 else start.x
    side = x + bend if y2 > y1 else x - bend
    return f"M{x} {y1 + 6:g}C{side} {y1 + 6:g} {side} {y2 - 6:g} {x} {y2 - 6:g}"


def _node(box: _Box, language: Language) -> str:
    stage = box.stage
    kind = "node final" if stage.final or stage.joined else "node"
    frame = f'<rect class="{kind}" x="{box.x}" y="{box.y}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
    code = _text("code", box.x + 12, box.y + 19, stage.code)
    return frame + code + _text("name", box.x + 12, box.y + 37, stage.names[language])


def _text(kind: str, x: int, y: int, words: str) -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(words)}</text>'
