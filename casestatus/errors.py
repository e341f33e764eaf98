"""What can be wrong, told to the person who can mend it.

    CaseStatusProblem           a refusal with a stable `type`, a title and a sentence
    ├── Unprocessable      422  what was sent can't be taken; `fields` names each field
    ├── Conflict           409  it contradicts what is already recorded
    ├── NotFound           404  there is no such thing for the one who asks
    ├── Unauthorized       401  we don't know who asks
    ├── Forbidden          403  we know, and it isn't theirs
    ├── Gone               410  there was such a thing, and it was taken back
    ├── TooLarge           413  more than we read at once
    ├── Throttled          429  too often; `retry_after` says when again
    └── Unavailable        503  not now; `retry_after` says when again

Concrete problems live where their rule is. Texts are Spanish, the source language, marked with `N_`, and are
translated where they are shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "mark, don't translate"
    """Mark `text` for the catalogues and return it unchanged."""
    return text


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field: its path (`details.cause`), and a Spanish sentence with `%(name)s` parameters."""

    field: str
    detail: str
    params: Mapping[str, Any] | None = None


class CaseStatusProblem(Exception):
    """A refusal. `detail` may hold `%(name)s` parameters, filled from `params` after translation.

    A kind that is always about one field of what was sent names it in `about`.
    """

    status: ClassVar[int] = 500
    about: ClassVar[str] = ""
    type: str = "problem"
    title: str = N_("No se pudo hacer.")
    detail: str = N_("No se pudo hacer. No se guardó ningún cambio.")

    def __init__(
        self,
        detail: str | None = None,
        *,
        params: Mapping[str, Any] | None = None,
        fields: tuple[FieldProblem, ...] = (),
        retry_after: int | None = None,
    ) -> None:
        self.detail = detail if detail is not None else self.detail
        self.params = dict(params or {})
        self.fields = fields or ((FieldProblem(self.about, self.detail, self.params),) if self.about else ())
        self.retry_after = retry_after
        super().__init__(self.type)


class Unprocessable(CaseStatusProblem):
    """422: what was sent can't be taken as it is."""

    status = 422
    type = "unprocessable"
    title = N_("Hay algo que revisar.")
    detail = N_("Revisa los datos marcados y manda todo otra vez.")


class Conflict(CaseStatusProblem):
    """409: it contradicts what is already recorded."""

    status = 409
    type = "conflict"
    title = N_("Ya hay otro dato registrado.")


class NotFound(CaseStatusProblem):
    """404: there is no such thing for the one who asks."""

    status = 404
    type = "not-found"
    title = N_("No encontramos eso.")
    detail = N_("No existe, o no es para quien pregunta.")


class Unauthorized(CaseStatusProblem):
    """401: we don't know who asks."""

    status = 401
    type = "unauthorized"
    title = N_("Hace falta entrar.")
    detail = N_("La sesión o el permiso no sirve o ya terminó. Entra otra vez.")


class Forbidden(CaseStatusProblem):
    """403: we know who asks, and it isn't theirs to do."""

    status = 403
    type = "forbidden"
    title = N_("No se permite.")
    detail = N_("Este permiso no alcanza para eso.")


class Gone(CaseStatusProblem):
    """410: there was such a thing, and it was taken back on purpose."""

    status = 410
    type = "gone"
    title = N_("Ya no está.")


class TooLarge(CaseStatusProblem):
    """413: more than we read at once."""

    status = 413
    type = "too-large"
    title = N_("Es demasiado grande.")
    detail = N_("El cuerpo no puede pasar de %(limit)s bytes.")


class Throttled(CaseStatusProblem):
    """429: too often; `retry_after` seconds from now it may be tried again."""

    status = 429
    type = "throttled"
    title = N_("Espera un poco.")
    detail = N_("Hubo varios intentos. Prueba otra vez más tarde.")


class Unavailable(CaseStatusProblem):
    """503: not now; `retry_after` seconds from now it may be tried again."""

    status = 503
    type = "unavailable"
    title = N_("Por ahora no se puede.")
    detail = N_("Hay mucha gente a la vez. Prueba otra vez en unos segundos.")


SAID_OF_A_FIELD = {
    "missing": N_("Falta este dato."),
    "extra_forbidden": N_("Este campo no existe aquí. Quítalo."),
    "string_type": N_("Debe ser un texto entre comillas."),
    "string_too_short": N_("Escribe este dato."),
    "string_too_long": N_("Es demasiado largo: hasta %(max_length)s signos."),
    "int_type": N_("Debe ser un número entero."),
    "int_parsing": N_("Debe ser un número entero."),
    "int_from_float": N_("Debe ser un número entero."),
    "greater_than_equal": N_("Debe ser %(ge)s o más."),
    "less_than_equal": N_("Debe ser %(le)s o menos."),
    "bool_type": N_("Debe ser true o false."),
    "dict_type": N_("Debe ser un objeto JSON."),
    "list_type": N_("Debe ser una lista."),
    "model_type": N_("Debe ser un objeto JSON."),
    "model_attributes_type": N_("Debe ser un objeto JSON, mandado con Content-Type: application/json."),
    "enum": N_("Usa uno de estos valores: %(expected)s."),
    "literal_error": N_("Usa uno de estos valores: %(expected)s."),
    "date": N_("Debe ser un día como 2026-11-20."),
    "date_from_datetime_inexact": N_("Debe ser un día como 2026-11-20."),
    "phone_unusable": N_("Escribe un celular de 10 dígitos, o con + y el código de su país."),
    "email_unusable": N_("Escribe un correo completo, como nombre@correo.mx."),
    "json_invalid": N_("No es JSON bien escrito, o no está en UTF-8."),
}
SAID_OF_ANY_FIELD = N_("Este dato no tiene la forma esperada.")


def field_problems(errors: Iterable[Mapping[str, Any]]) -> tuple[FieldProblem, ...]:
    """pydantic's errors as field problems in our words. What was sent is never repeated: it may be anything."""
    return tuple(_field_problem(error) for error in errors)


def _field_problem(error: Mapping[str, Any]) -> FieldProblem:
    kind = str(error["type"])
    kind = "date" if kind.startswith("date_") else kind
    path = ".".join(str(part)[:40] for part in error["loc"] if part != "body")
    return FieldProblem(path or "body", SAID_OF_A_FIELD.get(kind, SAID_OF_ANY_FIELD), error.get("ctx"))
