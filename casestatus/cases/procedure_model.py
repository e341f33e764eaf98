"""What a procedure model is made of: its stages, and what each allows and means. Read from procedures/*.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from casestatus.wording import Language

Words = Mapping[Language, str]


class Model(StrEnum):
    """The two procedures that run side by side: *averiguación previa* and *carpeta de investigación*."""

    AP = "AP"
    CI = "CI"


class NoticeClass(StrEnum):
    """Who wants the victim told of a stage: the law, our policy, or nobody beyond the page."""

    LAW = "law"
    POLICY = "policy"
    PAGE = "page"


class StatisticalStage(StrEnum):
    """The eight stages of the open data, common to both models."""

    INICIO = "inicio"
    INVESTIGACION = "investigacion"
    PAUSA = "pausa"
    SOLUCION_ALTERNA = "solucion_alterna"
    DECISION_EN_REVISION = "decision_en_revision"
    ANTE_JUEZ = "ante_juez"
    JUICIO = "juicio"
    CONCLUIDA = "concluida"


@dataclass(frozen=True)
class OutcomeRule:
    """How a case that enters a stage has ended, as a code of the statistics; it may depend on the detail's code."""

    otherwise: str
    by_code: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Stage:
    """One stage of a model.

    `meanings` are the forms of one sentence, the fullest first. `rubrics` are its numbers in the national report.
    `details` maps each allowed detail to its codes, or to None when any value of its type will do. `part` is the path's
    (1-4); moved and joined cases have none. `hidden_unless_how` is None when the stage is never hidden by rule. After
    each of `stall_days` without a move, the people concerned are alerted. `past` is the sentence once the day that it
    names, or the limit of its first right, is over; `back_from` by code that of a line which was here before, went to
    that stage, and came back. `urgent`: the accused person goes free by it, always or with one of these codes.
    """

    code: str
    model: Model
    position: int
    names: Words
    legal_names: Words
    meanings: Mapping[Language, tuple[str, ...]]
    followers: tuple[str, ...]
    articles: tuple[str, ...]
    rubrics: tuple[str, ...]
    notice: NoticeClass
    hidden_unless_how: frozenset[str] | None
    details: Mapping[str, frozenset[str] | None]
    statistical_stage: StatisticalStage | None
    outcome: OutcomeRule | None
    part: int | None
    icon: str
    stall_days: tuple[int, ...]
    past: Words | None
    back_from: Mapping[str, Words]
    urgent: bool | frozenset[str]
    final: bool
    moved: bool
    joined: bool


@dataclass(frozen=True)
class Procedure:
    """One model with its stages in declared order, and those that a case may begin with."""

    model: Model
    stages: Mapping[str, Stage]
    opening: tuple[Stage, ...]
