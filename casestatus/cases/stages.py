"""Questions about stages: which may follow, what is hidden, what a stage means in plain words. Pure rules."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from casestatus.cases.code_lists import words_of_code
from casestatus.cases.details import Details
from casestatus.cases.procedure_files import placeholders, read_procedure
from casestatus.cases.procedure_model import Model, NoticeClass, Procedure, Stage, StatisticalStage
from casestatus.errors import N_, FieldProblem, Unprocessable
from casestatus.wording import Language

__all__ = ["Model", "NoticeClass", "Procedure", "Stage", "StatisticalStage"]


class StageUnknown(Unprocessable):
    """No such stage in this model."""

    type = "stage-unknown"
    title = N_("Esa etapa no existe.")


@cache
def procedures() -> Mapping[Model, Procedure]:
    """Both models, read and checked once. Raises ProcedureFileBroken: call it at start."""
    folder = files("casestatus.cases").joinpath("procedures")
    return {model: read_procedure(folder.joinpath(f"{model.lower()}.toml").read_text("utf-8")) for model in Model}


def procedure(model: Model) -> Procedure:
    """The stages of one model."""
    return procedures()[model]


def stage(model: Model, code: str) -> Stage:
    """The stage of `model` with this code. Raises StageUnknown."""
    found = procedure(model).stages.get(code)
    if found is None:
        detail = N_("Usa una etapa del modelo %(model)s: %(allowed)s.")
        allowed = ", ".join(procedure(model).stages)
        raise StageUnknown(fields=(FieldProblem("stage", detail, {"model": model.value, "allowed": allowed}),))
    return found


def stage_of_code(code: str) -> Stage:
    """A stage that is kept by its code alone, which begins with its model's."""
    return procedure(Model(code[:2])).stages[code]


def may_follow(before: Stage | None, after: Stage) -> bool:
    """Whether `after` is foreseen after `before`: the same again, a follower, or an opening stage at first."""
    if before is None:
        return after in procedure(after.model).opening
    return after.code == before.code or after.code in before.followers


def is_backward(before: Stage, after: Stage) -> bool:
    """Whether `after` lies behind `before`, on the path or in the model's order, and isn't a foreseen way back."""
    if may_follow(before, after):
        return False
    if before.part and after.part and before.part != after.part:
        return after.part < before.part
    return after.position < before.position


def is_reopening(before: Stage, after: Stage) -> bool:
    """Whether a case that had ended for good goes on."""
    return before.final and not after.final


def hidden_by_rule(stage: Stage, details: Details) -> bool:
    """Whether victims may not see this before it is revealed: a warrant must be executed first (design.md §6)."""
    return stage.hidden_unless_how is not None and details.how not in stage.hidden_unless_how


def outcome_of(stage: Stage, details: Details) -> str | None:
    """How a case that enters `stage` has ended, as a code of the statistics; None while it goes on."""
    if stage.outcome is None:
        return None
    code = details.outcome or details.cause or ""
    return stage.outcome.by_code.get(code, stage.outcome.otherwise)


def icon(stage: Stage, details: Details) -> str:
    """The stage's icon: `day` only once the day is known (pages.md §8)."""
    return "clock" if stage.icon == "day" and details.hearing_at is None else stage.icon


def is_over(details: Details, *, zone: str, today: date) -> bool:
    """Whether the day that the details name (of a hearing, in the office's `zone`, or of a limit) lies before today."""
    hearing = details.hearing_at.astimezone(ZoneInfo(zone)).date() if details.hearing_at else None
    day = hearing or details.deadline_on
    return day is not None and day < today


def meaning(
    stage: Stage,
    details: Details,
    language: Language,
    *,
    zone: str,
    day: Callable[[date], str],
    clock: Callable[[datetime, str], str],
    new_office: str | None = None,
    past: bool = False,
    back_from: str | None = None,
) -> str:
    """The stage in a plain sentence: the fullest form whose details are all known.

    `past`: its date is over, and it says so where it names one. `day` and `clock` write a date and a time of day in
    `language`; hearings are told in the office's `zone` (IANA). `new_office` is the name of the office that a moved
    case waits for, if it is one of this service; the number of any other is to be used there. `back_from` is the stage
    that the line came back from, if it did.
    """
    if back_from is not None and back_from in stage.back_from:
        return stage.back_from[back_from][language]
    filled = _filled(details, language, zone=zone, day=day, clock=clock)
    if details.to_office and new_office:
        filled.setdefault("autoridad", new_office)
    past_form = (stage.past[language],) if past and stage.past else ()
    form: str = next(form for form in (*past_form, *stage.meanings[language]) if placeholders(form) <= filled.keys())
    return form.format_map(filled)


def _filled(
    details: Details,
    language: Language,
    *,
    zone: str,
    day: Callable[[date], str],
    clock: Callable[[datetime, str], str],
) -> dict[str, str]:
    words = {
        "causa": words_of_code("cause", details.cause)[language] if details.cause else None,
        "sentido": words_of_code("outcome", details.outcome)[language] if details.outcome else None,
        "autoridad": words_of_code("to_authority", details.to_authority)[language] if details.to_authority else None,
        "n" if details.to_office else "n_alla": details.to_number,
        "fecha": day(details.deadline_on) if details.deadline_on else None,
    }
    if details.hearing_at:
        words["fecha"] = day(details.hearing_at.astimezone(ZoneInfo(zone)).date())
        words["hora"] = clock(details.hearing_at, zone)
    return {name: value for name, value in words.items() if value is not None}
