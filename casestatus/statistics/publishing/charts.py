"""The pictures of a release as files: drawn once, when it is cut, so that pages need neither script nor arithmetic."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from casestatus.statistics.publishing import drawing, figures, times_figure
from casestatus.statistics.publishing.codebook import names_apart
from casestatus.statistics.publishing.files import SiteFile
from casestatus.statistics.publishing.telling import Figure, Labels
from casestatus.statistics.publishing.totals import Totals, totals_of
from casestatus.statistics.rows import CodeLists, Row
from casestatus.wording import LANGUAGES, Language, Wording

if TYPE_CHECKING:
    import altair as alt

SIZE = re.compile(r'width="(\d+)[^"]*" height="(\d+)')
PICTURES: tuple[
    tuple[Callable[[Totals, Labels], Figure | None], "Callable[[Totals, Labels], alt.TopLevelMixin]"], ...
] = (
    (figures.new_cases, drawing.new_cases),
    (figures.entries, drawing.entries),
    (times_figure.stage_times, drawing.stage_times),
    (figures.coverage, drawing.coverage),
    (figures.offices, drawing.offices),
)


def charts_of(rows_of: Callable[[str], Iterable[Row]], codes: CodeLists) -> Iterator[SiteFile]:
    """`graficas/{name}.{language}.svg`, its dark twin, and `graficas/{language}.json` with every picture's words."""
    totals = totals_of(rows_of)
    for language in LANGUAGES:
        labels, told = labels_of(codes, language), []
        for words, draw in PICTURES:
            figure = words(totals, labels)
            if figure is None:
                continue
            size: dict[str, int] = {}
            if figure.drawn:
                light = drawing.svg(draw(totals, labels), figure.alternative)
                size = _size(light)
                yield _picture(f"{figure.name}.{language}", light)
                yield _picture(f"{figure.name}.{language}.dark", drawing.darkened(light))
            told.append(asdict(figure) | size)
        body = json.dumps(told, ensure_ascii=False, indent=1).encode()
        yield SiteFile(path=f"graficas/{language}.json", media_type="application/json", body=body)


def labels_of(codes: CodeLists, language: Language) -> Labels:
    """What the codes are called in a language."""
    return Labels(
        words=Wording.of(language),
        offices=names_apart(codes.offices, language),
        stages={code.code: getattr(code, language) for code in codes.stages},
    )


def _size(drawn: str) -> dict[str, int]:
    """Its width and height, so that a page keeps its place before it has come."""
    found = SIZE.search(drawn)
    return {"width": int(found[1]), "height": int(found[2])} if found else {}


def _picture(name: str, drawn: str) -> SiteFile:
    return SiteFile(path=f"graficas/{name}.svg", media_type="image/svg+xml", body=drawn.encode())
