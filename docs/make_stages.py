"""Writes docs/stages.md and its drawings from the data: `python docs/make_stages.py`. A test says when they are old."""

from collections.abc import Iterator
from pathlib import Path

from casestatus.cases.glossary import glossary
from casestatus.cases.right_model import Card, Right
from casestatus.cases.rights import cards, rights
from casestatus.web.stages_view import ModelTable, StageRow, stage_tables

DOCS = Path(__file__).parent
STYLE = """<style>
.graph{font:13px sans-serif;background:#fff}.graph text{fill:#1d2a30}.graph .code{font-size:11px;fill:#4c5a61}
.graph .part{font-weight:700;font-size:16px}.graph .node{fill:#fff;stroke:#14505f;stroke-width:1.5}
.graph .final{stroke:#2b5f3a;fill:#e8f2e9}.graph .edge{fill:none;stroke:#6b767c;stroke-width:1.2}
.graph .tip{fill:#6b767c}
@media (prefers-color-scheme:dark){.graph{background:#1a2327}.graph text{fill:#e9eeef}.graph .code{fill:#a9b7bc}
.graph .node{fill:#1a2327;stroke:#8ccbd6}.graph .final{stroke:#9bd1a6;fill:#1b2f21}.graph .edge{stroke:#80919a}
.graph .tip{fill:#80919a}}
</style>"""
INTRODUCTION = """# Stages

Made from `casestatus/cases/procedures/` by `python docs/make_stages.py`; change the data, not this file. The page
`/ayuda/etapas` tells the same in Spanish and English. Articles and limits are working material: a lawyer must check
each before people rely on it. The national rubric is the number of the national quarterly report (7.x until a judge has
the case, 8.x from then on): the words that all offices share.
"""
OTHER_CARDS = """
## After an outcome or a cause

A stage that was entered with one of these codes has steps and rights of its own instead of those above.

| code | outcome or cause | what she can do | rights |
|---|---|---|---|
"""
LIMITS = """
## Time limits

Counted from the **formal notice** (*notificación formal*), never from a message of ours. The first day that counts is
the one after the notice: a personal notice takes effect on the next day, and that day counts (CNPP 82, 94; the same
first day under CFPP 71). Where a court would begin a day later, the date told is a day early, on purpose. Business
days leave out weekends, the days of rest by law (Ley Federal del Trabajo 74) and the office's own days (`casestatus
office holiday add`). Holy Week counts unless the office closes. Natural days count every day, for what decides on
somebody's liberty. A date is told as checked only after `casestatus office check-right`, and only while the rule
reads as it did then.

| right | limit | printable request | article |
|---|---|---|---|
"""


def texts() -> dict[str, str]:
    """Each file's name in docs/, and what it must hold."""
    tables = dict(zip(("ci", "ap"), stage_tables("en"), strict=True))
    drawings = {f"images/stages-{model}.svg": _drawing(table) for model, table in tables.items()}
    return {"stages.md": "".join(_document(tables)), **drawings}


def _drawing(table: ModelTable) -> str:
    head, rest = table.drawing.split("<defs>", 1)
    return f"{head}{STYLE}<defs>{rest}\n"


def _document(tables: dict[str, ModelTable]) -> Iterator[str]:
    yield INTRODUCTION
    for model, table in tables.items():
        yield f"\n## {table.name}\n\n![The stages of this model and what may follow](images/stages-{model}.svg)\n\n"
        yield "| code | stage | articles | national rubric | meaning | what she can do | rights | next |\n"
        yield "|---|---|---|---|---|---|---|---|\n"
        yield from (_row(row) for row in table.rows)
    yield OTHER_CARDS
    yield from (_other_card(stage, code, card) for stage, each in cards().items() for code, card in each.after.items())
    yield LIMITS
    yield from (_limit(right) for right in rights().values() if right.deadline)
    yield "\n## Words\n\n| word | plain |\n|---|---|\n"
    yield from (f"| {word} | {means['en']} |\n" for word, means in glossary().items())


def _row(row: StageRow) -> str:
    named = f"**{row.name}**<br>{row.legal_name}"
    held = "<br>".join(right.name for right in row.rights)
    following = ", ".join(code for code, _ in row.followers) or "ends"
    law = f"{row.articles} | {row.rubrics}"
    return f"| {row.code} | {named} | {law} | {row.meaning} | {' '.join(row.next_steps)} | {held} | {following} |\n"


def _other_card(stage: str, code: str, card: Card) -> str:
    held = "<br>".join(right.names["en"] for right in card.rights)
    return f"| {stage} | `{code}` | {' '.join(card.next_steps['en'])} | {held} |\n"


def _limit(right: Right) -> str:
    others = "".join(f"<br>state {region}: {rule}" for region, rule in right.deadline_by_region.items())
    others += "".join(f"<br>after {stage}: {rule}" for stage, rule in right.deadline_coming_from.items())
    named = f"`{right.code}`: {right.names['en']}"
    return f"| {named} | {right.deadline}{others} | {right.form} | {' and '.join(right.articles)} {right.law['en']} |\n"


def main() -> None:
    for name, text in texts().items():
        (DOCS / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
