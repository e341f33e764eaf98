"""One contact of hers: added, confirmed by its code, changed, removed, or called unsafe."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from casestatus.access.confirming import CodeWrong, confirm_contact
from casestatus.access.own_contacts import (
    add_own_contact,
    call_still_safe,
    call_unsafe,
    change_hours,
    remove_contact,
    resume_email,
)
from casestatus.database.again import again_when_given_up
from casestatus.errors import N_, CaseStatusProblem, NotFound
from casestatus.offices.time_zones import time_zones
from casestatus.victims.contacts import zone_of_office
from casestatus.victims.new_contacts import read_address
from casestatus.victims.safe_hours import ZONES, read_safe_hours
from casestatus.web.dependencies import Service, service_of
from casestatus.web.forms import require_own_form
from casestatus.web.pages import Found
from casestatus.web.victims.answering import Visit, her_page, to_the_door, visit_of
from casestatus.web.victims.own_pin import her_by_pin
from casestatus.web.victims.reading import contacts_of
from casestatus.web.views import ContactView

router = APIRouter(prefix="/caso/contactos")

Text = Annotated[str, Form()]
NOT_SAFE = N_("Si otra persona lo ve, mejor no lo agregues. Tu oficina te dice otra forma.")
CHOOSE = N_("Elige una opción.")


@router.get("/nuevo")
def new_page(request: Request) -> Response:
    """The form for a contact of hers."""
    return _new_form(request, {}, [])


@router.post("/nuevo")
def add(
    request: Request,
    csrf_token: Text = "",
    address: Text = "",
    safe: Text = "",
    opens: Text = "",
    closes: Text = "",
    time_zone: Text = "",
    pin: Text = "",
) -> Response:
    """A code on its way, if it can be; what isn't safe is neither kept nor written to."""
    require_own_form(request, csrf_token)
    typed = {"address": address, "opens": opens, "closes": closes, "time_zone": time_zone, "safe": safe}
    if safe != "yes":
        said = [(NOT_SAFE if safe == "no" else CHOOSE, "safe")]
        return _new_form(request, typed | {"address": "" if safe == "no" else address}, said, status=422)
    try:
        given, when = read_address(address), read_safe_hours(opens, closes, time_zone)
    except CaseStatusProblem as problem:
        return _new_form(request, typed, _said(problem), status=problem.status)
    her = her_by_pin(request, csrf_token, pin)
    if her is None:
        return to_the_door(request)
    if isinstance(her, CaseStatusProblem):
        return _kept_back(_new_form(request, typed, [(her.detail, "pin")], status=her.status), her)
    service = service_of(request)
    now = service.database.now()

    @again_when_given_up
    def added() -> str:
        with service.database.writing() as session:
            contact = add_own_contact(session, her, given, when, keys=service.keys, settings=service.settings, now=now)
            return "/caso/contactos" if contact.confirmed_at else f"/caso/contactos/{contact.id}"

    try:
        path = added()
    except CaseStatusProblem as problem:
        return _new_form(request, typed, [(problem.detail, "address")], status=problem.status)
    return RedirectResponse(path, 303)


@router.get("/{contact_id:uuid}")
def code_page(request: Request, contact_id: UUID) -> Response:
    """The form for the code, for a contact of hers that wants one."""
    return _code_form(request, contact_id, wrong=False)


@router.post("/{contact_id:uuid}")
@again_when_given_up
def confirm(request: Request, contact_id: UUID, csrf_token: Text = "", code: Text = "") -> Response:
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
        return RedirectResponse("/caso/contactos?hecho=confirmado", 303)
    return _code_form(request, contact_id, wrong=True)


@router.get("/{contact_id:uuid}/cambiar")
def change_page(request: Request, contact_id: UUID) -> Response:
    """Its hours, whether it is still safe, and how it ends."""
    return _change_form(request, contact_id, {}, [])


@router.post("/{contact_id:uuid}/cambiar")
def change(
    request: Request,
    contact_id: UUID,
    csrf_token: Text = "",
    act: Text = "",
    opens: Text = "",
    closes: Text = "",
    time_zone: Text = "",
    pin: Text = "",
) -> Response:
    """One of its changes, after her PIN."""
    typed = {"opens": opens, "closes": closes, "time_zone": time_zone}
    her = her_by_pin(request, csrf_token, pin)
    if her is None:
        return to_the_door(request)
    if isinstance(her, CaseStatusProblem):
        return _kept_back(_change_form(request, contact_id, typed, [(her.detail, "pin")], status=her.status), her)
    service = service_of(request)

    @again_when_given_up
    def keep() -> None:
        with service.database.writing() as session:
            _act(session, service, act, her, contact_id, typed)

    try:
        keep()
    except NotFound:
        raise
    except CaseStatusProblem as problem:
        return _change_form(request, contact_id, typed, _said(problem), status=problem.status)
    if act == "resume":
        return RedirectResponse(f"/caso/contactos/{contact_id}", 303)
    done = "quitado" if act in {"unsafe", "remove"} else "guardado"
    return RedirectResponse(f"/caso/contactos?hecho={done}", 303)


def _act(session: Session, service: Service, act: str, her: UUID, contact_id: UUID, typed: Mapping[str, str]) -> None:
    now = service.database.now()
    match act:
        case "hours":
            when = read_safe_hours(typed["opens"], typed["closes"], typed["time_zone"])
            change_hours(session, her, contact_id, when, keys=service.keys, now=now)
        case "safe":
            safe_days = service.settings.limits.contact_safe_days
            call_still_safe(session, her, contact_id, safe_days=safe_days, now=now)
        case "unsafe":
            call_unsafe(session, her, contact_id, now=now)
        case "remove":
            remove_contact(session, her, contact_id, keys=service.keys, now=now)
        case "resume":
            resume_email(session, her, contact_id, keys=service.keys, settings=service.settings, now=now)
        case _:
            raise NotFound


def _said(problem: CaseStatusProblem) -> list[tuple[str, str]]:
    """Its words, each at its field of the form."""
    at = {"hours": "opens"}
    return [(each.detail, at.get(each.field, each.field)) for each in problem.fields] or [(problem.detail, "pin")]


def _kept_back(answer: Response, problem: CaseStatusProblem) -> Response:
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise problem
    if problem.retry_after:
        answer.headers["Retry-After"] = str(problem.retry_after)
    return answer


def _new_form(
    request: Request, typed: Mapping[str, str], found: list[tuple[str, str]], *, status: int = 200
) -> Response:
    def context(visit: Visit) -> Mapping[str, Any]:
        zone = typed.get("time_zone") or zone_of_office(visit.session, visit.current.victim_id)
        empty = {"address": "", "opens": "", "closes": "", "safe": ""}
        return {**empty, **typed, "time_zone": zone, "zones": _zones(zone), "found": _found(visit, found)}

    return her_page(request, "victims/new_contact.html", context, status=status)


def _change_form(
    request: Request, contact_id: UUID, typed: Mapping[str, str], found: list[tuple[str, str]], *, status: int = 200
) -> Response:
    def context(visit: Visit) -> Mapping[str, Any]:
        contact = _contact(visit, contact_id)
        opens, _, closes = (contact.hours or "").partition("-")
        now = {"opens": opens, "closes": closes, "time_zone": contact.time_zone}
        shown = {**now, **typed}
        zones = _zones(shown["time_zone"])
        return {**shown, "contact": contact, "zones": zones, "found": _found(visit, found)}

    return her_page(request, "victims/change_contact.html", context, status=status)


def _code_form(request: Request, contact_id: UUID, *, wrong: bool) -> Response:
    def context(visit: Visit) -> Mapping[str, Any]:
        if not _contact(visit, contact_id).wants_code:
            raise NotFound
        said = " ".join(visit.words.gettext(text) for text in (CodeWrong.title, CodeWrong.detail))
        return {"found": [Found(said, "code")] if wrong else []}

    return her_page(request, "victims/confirm_contact.html", context, status=422 if wrong else 200)


def _contact(visit: Visit, contact_id: UUID) -> ContactView:
    hers = contacts_of(visit.session, visit.current, now=visit.now)
    found = next((contact for contact in hers if contact.id == contact_id), None)
    if found is None:
        raise NotFound
    return found


def _zones(chosen: str) -> Mapping[str, str]:
    """The clocks to choose from; a true one that isn't among them stays, by its own name."""
    return ZONES if chosen in ZONES or chosen not in time_zones() else {**ZONES, chosen: chosen}


def _found(visit: Visit, found: list[tuple[str, str]]) -> list[Found]:
    return [Found(visit.words.gettext(said), field) for said, field in found]
