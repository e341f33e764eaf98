"""Her contacts: which there are, the code that confirms one, and of what she wants to be told there."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from casestatus.access.confirming import CodeWrong, confirm_contact
from casestatus.access.own_pin import confirm_own_pin
from casestatus.errors import CaseStatusProblem, NotFound
from casestatus.victims.choices import choose_stall_alerts, wants_stall_alerts
from casestatus.web.dependencies import address_of, service_of
from casestatus.web.forms import require_own_form
from casestatus.web.pages import Found
from casestatus.web.victims.answering import Visit, her_page, to_the_door, visit_of
from casestatus.web.victims.reading import contacts_of

router = APIRouter(prefix="/caso/contactos")


@router.get("")
def contacts_page(request: Request, confirmado: str = "", guardado: str = "") -> Response:
    """The list, what still waits for a code, and her choice of alerts."""

    def context(visit: Visit) -> Mapping[str, Any]:
        chosen = wants_stall_alerts(visit.session, visit.current.victim_id)
        return _shown(visit, stall_alerts=chosen) | {"confirmed": confirmado == "si", "saved": guardado == "si"}

    return her_page(request, "victims/contacts.html", context)


@router.post("/alertas")
def choose_alerts(
    request: Request,
    csrf_token: Annotated[str, Form()] = "",
    stall_alerts: Annotated[str, Form()] = "",
    pin: Annotated[str, Form()] = "",
) -> Response:
    """Keeps whether she wants to be told when nothing moves, once her PIN says that it is she."""
    require_own_form(request, csrf_token)
    service, wanted = service_of(request), stall_alerts == "yes"
    with service.database.reading() as session:
        visit = visit_of(request, session, now=service.database.now())
    if visit is None:
        return to_the_door(request)
    her = visit.current.victim_id
    refused = confirm_own_pin(service.door, her, pin, address=address_of(request), now=visit.now)
    if refused is not None:
        return _refused(request, refused, stall_alerts=wanted)
    with service.database.writing() as session:
        choose_stall_alerts(session, her, wanted=wanted)
    return RedirectResponse("/caso/contactos?guardado=si", 303)


@router.get("/{contact_id:uuid}")
def code_page(request: Request, contact_id: UUID) -> Response:
    """The form for the code, for a contact of hers that wants one."""
    return _code_form(request, contact_id, wrong=False)


@router.post("/{contact_id:uuid}")
def confirm(
    request: Request, contact_id: UUID, csrf_token: Annotated[str, Form()] = "", code: Annotated[str, Form()] = ""
) -> Response:
    """Confirms the contact, or says that the code doesn't do; a wrong try is counted either way."""
    require_own_form(request, csrf_token)
    service = service_of(request)
    with service.database.writing() as session:
        visit = visit_of(request, session, now=service.database.now())
        if visit is None:
            return to_the_door(request)
        confirmed = confirm_contact(
            session,
            visit.current.victim_id,
            contact_id,
            code,
            keys=service.keys,
            limits=service.settings.limits,
            now=visit.now,
        )
    if confirmed:
        return RedirectResponse("/caso/contactos?confirmado=si", 303)
    return _code_form(request, contact_id, wrong=True)


def _shown(visit: Visit, *, stall_alerts: bool) -> dict[str, Any]:
    shown = contacts_of(visit.session, visit.current, now=visit.now)
    return {"contacts": shown, "confirmed": False, "saved": False, "found": (), "stall_alerts": stall_alerts}


def _refused(request: Request, problem: CaseStatusProblem, *, stall_alerts: bool) -> Response:
    """Her page again with what to check: the PIN is never sent back, her choice is."""
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise problem

    def context(visit: Visit) -> Mapping[str, Any]:
        return _shown(visit, stall_alerts=stall_alerts) | {"found": [Found(visit.words.gettext(problem.detail), "pin")]}

    answer = her_page(request, "victims/contacts.html", context, status=problem.status)
    if problem.retry_after:
        answer.headers["Retry-After"] = str(problem.retry_after)
    return answer


def _code_form(request: Request, contact_id: UUID, *, wrong: bool) -> Response:
    def context(visit: Visit) -> Mapping[str, Any]:
        shown = contacts_of(visit.session, visit.current, now=visit.now)
        if not any(contact.id == contact_id and contact.wants_code for contact in shown):
            raise NotFound
        said = " ".join(visit.words.gettext(text) for text in (CodeWrong.title, CodeWrong.detail))
        return {"found": [Found(said, "code")] if wrong else []}

    return her_page(request, "victims/confirm_contact.html", context, status=422 if wrong else 200)
