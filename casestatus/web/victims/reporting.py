"""The form by which she tells her office that something on her page is wrong."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from casestatus.database.again import again_when_given_up
from casestatus.errors import N_, NotFound, Throttled
from casestatus.victims.reports import LineUnknown, Reason, report_wrong
from casestatus.web.dependencies import service_of
from casestatus.web.forms import require_own_form
from casestatus.web.pages import Found
from casestatus.web.victims.answering import Visit, her_page, to_the_door, visit_of
from casestatus.web.victims.reading import case_of

router = APIRouter(prefix="/caso/reporte")

REASONS = {
    Reason.DATE: N_("La fecha no es correcta"),
    Reason.NOT_MINE: N_("No es mi caso"),
    Reason.STAGE: N_("La etapa no es correcta"),
    Reason.MISSING: N_("Falta algo"),
    Reason.NOT_UNDERSTOOD: N_("No entiendo"),
}
CHOOSE = N_("Elige una opción.")


@router.get("")
def report_page(request: Request, linea: int | None = None, avisado: str = "") -> Response:
    """The five reasons; after sending it says thank you."""
    return _form(request, linea, told=avisado == "si")


@router.post("")
@again_when_given_up
def tell_office(
    request: Request,
    csrf_token: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    line: Annotated[int | None, Form()] = None,
) -> Response:
    """Makes it a task of the office, once while it lies there."""
    require_own_form(request, csrf_token)
    if reason not in set(Reason):
        return _form(request, line, wrong=CHOOSE)
    service = service_of(request)
    try:
        with service.database.writing() as session:
            visit = visit_of(request, session, now=service.database.now())
            if visit is None:
                return to_the_door(request)
            report_wrong(
                session,
                visit.current.victim_id,
                Reason(reason),
                number=line,
                keys=service.keys,
                limits=service.settings.limits,
                now=visit.now,
            )
    except LineUnknown:
        raise NotFound from None
    except Throttled as problem:
        return _form(request, line, wrong=problem.detail, status=problem.status)
    return RedirectResponse("/caso/reporte?avisado=si", 303)


def _form(request: Request, line: int | None, *, told: bool = False, wrong: str = "", status: int = 422) -> Response:
    def context(visit: Visit) -> Mapping[str, Any]:
        found = [Found(visit.words.gettext(wrong), "reason")] if wrong else []
        view = case_of(visit.service, visit.session, visit.current, visit.words, now=visit.now)
        return {"view": view, "reasons": REASONS, "line": line, "told": told, "found": found}

    return her_page(request, "victims/report.html", context, status=status if wrong else 200)
