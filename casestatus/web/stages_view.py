"""Both procedure models as the help page and docs/stages.md tell them: one row a stage, from the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from casestatus.cases.procedure_model import Procedure, Stage
from casestatus.cases.right_model import DaysCounted, DeadlineRule, Right
from casestatus.cases.rights import card_of
from casestatus.cases.stage_graph import graph_svg
from casestatus.cases.stages import Model, procedure
from casestatus.errors import N_
from casestatus.web.right_view import article_of
from casestatus.wording import Language, Wording

NAMES = {Model.CI: N_("Carpeta de investigación"), Model.AP: N_("Averiguación previa")}
DRAWING = N_("Dibujo de las etapas y lo que puede seguir. La tabla de abajo dice lo mismo.")
LIMITS = {
    DaysCounted.BUSINESS: N_("Plazo: %(days)s días hábiles desde la notificación formal."),
    DaysCounted.NATURAL: N_("Plazo: %(days)s días seguidos desde la notificación formal. Cuentan todos."),
}


@dataclass(frozen=True)
class RightRow:
    """A right with its article, and its limit in words; None when no time limit runs."""

    name: str
    article: str
    limit: str | None


@dataclass(frozen=True)
class StageRow:
    """A stage, with the code and name of each that may follow. `rubrics` are its numbers in the national report."""

    code: str
    name: str
    legal_name: str
    articles: str
    rubrics: str
    meaning: str
    next_steps: Sequence[str]
    rights: Sequence[RightRow]
    followers: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class ModelTable:
    """One model: its drawing and its rows. `id` is its anchor on the page."""

    id: str
    name: str
    drawing: Markup
    rows: Sequence[StageRow]


@cache
def stage_tables(language: Language) -> tuple[ModelTable, ...]:
    """Both models, today's first."""
    words = Wording.of(language)
    return tuple(_table(procedure(model), name, words) for model, name in NAMES.items())


def _table(model: Procedure, name: str, words: Wording) -> ModelTable:
    drawing = graph_svg(model, words.language, label=words.gettext(DRAWING))
    rows = tuple(_row(stage, model, words) for stage in model.stages.values())
    return ModelTable(model.model.lower(), words.gettext(name), Markup(drawing), rows)  # noqa: S704 - our own drawing, its words escaped


def _row(stage: Stage, model: Procedure, words: Wording) -> StageRow:
    card, language = card_of(stage), words.language
    return StageRow(
        code=stage.code,
        name=stage.names[language],
        legal_name=stage.legal_names[language],
        articles=", ".join(stage.articles),
        rubrics=", ".join(stage.rubrics),
        meaning=stage.meanings[language][-1],
        next_steps=card.next_steps[language],
        rights=tuple(_right(right, words) for right in card.rights),
        followers=tuple((code, model.stages[code].names[language]) for code in stage.followers),
    )


def _right(right: Right, words: Wording) -> RightRow:
    limit = _limit(right.deadline, words) if right.deadline else None
    return RightRow(right.names[words.language], article_of(right, words), limit)


def _limit(rule: DeadlineRule, words: Wording) -> str:
    return words.gettext(LIMITS[rule.kind], days=rule.days)
