"""What an update says beyond the stage, typed: codes, days and numbers, never a word about the case itself."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from casestatus.cases.procedure_model import Stage
from casestatus.errors import N_, FieldProblem, Unprocessable

EARLIEST, LATEST = 1950, 2100


class DetailsRefused(Unprocessable):
    """A detail that this stage does not know, or whose value it does not allow."""

    type = "details-refused"
    title = N_("Hay un detalle que esta etapa no admite.")


def _written_as(pattern: str) -> BeforeValidator:
    """Only ISO 8601 texts (and dates): pydantic alone would take numbers for seconds since 1970."""

    def checked(value: object) -> object:
        if isinstance(value, date) or (isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII)):
            return value
        raise ValueError("not an ISO 8601 text")

    return BeforeValidator(checked)


def _sensible_day(value: date) -> date:
    if not EARLIEST <= value.year <= LATEST:
        raise ValueError("out of range")
    return value


def _one_printed_line(value: str) -> str:
    if any(unicodedata.category(sign).startswith("C") for sign in value):
        raise ValueError("control character")
    return value


Code = Annotated[str, Field(max_length=40)]
Day = Annotated[date, _written_as(r"\d{4}-\d\d-\d\d"), AfterValidator(_sensible_day)]
Moment = Annotated[AwareDatetime, _written_as(r"\d{4}-\d\d-\d\d[T ].{5,30}"), AfterValidator(_sensible_day)]
CaseNumber = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_one_printed_line)]


class Details(BaseModel):
    """The details of one event. All are optional; which of them a stage allows stands in its procedure file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Code | None = None
    cause: Code | None = None
    how: Code | None = None
    hearing_at: Moment | None = None
    deadline_on: Day | None = None
    to_authority: Code | None = None
    to_office: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")] | None = None
    to_number: CaseNumber | None = None


WRONG_VALUE = {
    "hearing_at": N_("Escribe día y hora con su zona, como 2026-11-20T10:00:00-06:00."),
    "deadline_on": N_("Escribe el día así: 2026-11-20."),
    "to_office": N_("Escribe la clave de una oficina: letras, números, puntos y guiones."),
    "to_number": N_("Escribe un número de caso en una línea, de hasta 80 signos."),
}
WRONG_CODE = N_("Usa uno de estos valores: %(allowed)s.")
UNKNOWN_DETAIL = N_("Este detalle no existe en esta etapa. Puede llevar: %(allowed)s.")
NO_DETAILS = N_("Esta etapa no lleva detalles.")


def details_of(stage: Stage, given: Mapping[str, Any]) -> Details:
    """`given` as the typed details of an event that enters `stage`.

    A detail given as None counts as not given. Raises DetailsRefused: each field (`details.cause`) with what it allows.
    """
    present = {name: value for name, value in given.items() if value is not None}
    problems = [_not_allowed(stage, name) for name in present if name not in stage.details]
    problems += [_wrong_code(stage, name) for name, value in present.items() if not _code_allowed(stage, name, value)]
    if problems:
        raise DetailsRefused(fields=tuple(problems))
    try:
        return Details.model_validate(present)
    except ValidationError as problem:
        wrong = dict.fromkeys(str(error["loc"][0]) for error in problem.errors())
        raise DetailsRefused(
            fields=tuple(FieldProblem(f"details.{name}", WRONG_VALUE[name]) for name in wrong)
        ) from None


def _code_allowed(stage: Stage, name: str, value: object) -> bool:
    codes = stage.details.get(name)
    return codes is None or (isinstance(value, str) and value in codes)


def _not_allowed(stage: Stage, name: str) -> FieldProblem:
    if not stage.details:
        return FieldProblem(_path(name), NO_DETAILS)
    return FieldProblem(_path(name), UNKNOWN_DETAIL, {"allowed": ", ".join(stage.details)})


def _wrong_code(stage: Stage, name: str) -> FieldProblem:
    return FieldProblem(_path(name), WRONG_CODE, {"allowed": ", ".join(sorted(stage.details[name] or ()))})


def _path(name: str) -> str:
    """A field's path for an answer; a name that we don't know is cut, as it may be anything."""
    return f"details.{name[:40]}"
