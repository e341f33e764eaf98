"""Her contacts: which there are, and the code that confirms one."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from casestatus.access.confirming import CodeWrong, confirm_contact
from casestatus.errors import NotFound
from casestatus.web.dependencies import service_of
from casestatus.web.forms import require_own_form
from casestatus.web.pages import Found
from casestatus.web.victims.answering import Visit, her_page, to_the_door, visit_of
from casestatus.web.victims.reading import contacts_of

router = APIRouter(prefix="/caso/contactos")


@router.get("")
def contacts_page(request: Request, confirmado: str = "") -> Response:
    """The list, and what still waits for a code."""

    def context(visit: Visit) -> Mapping[str, Any]:
        shown = contacts_of(visit.session, visit.current, now=visit.now)
        return {"contacts": shown, "confirmed": confirmado == "si"}

    return her_page(request, "victims/contacts.html", context)


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


def _code_form(request: Request, contact_id: UUID, *, wrong: bool) -> Response:
    def context(visit: Visit) -> Mapping[str, Any]:
        shown = contacts_of(visit.session, visit.current, now=visit.now)
        if not any(contact.id == contact_id and contact.wants_code for contact in shown):
            raise NotFound
        said = " ".join(visit.words.gettext(text) for text in (CodeWrong.title, CodeWrong.detail))
        return {"found": [Found(said, "code")] if wrong else []}

    return her_page(request, "victims/confirm_contact.html", context, status=422 if wrong else 200)
