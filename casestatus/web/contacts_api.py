"""A victim's contacts for programs: the same as her pages, and her PIN with each change."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool
from sqlalchemy.orm import Session

from casestatus.access.confirming import CodeWrong, confirm_contact
from casestatus.access.own_contacts import (
    add_own_contact,
    call_still_safe,
    call_unsafe,
    change_hours,
    own_contact,
    remove_contact,
)
from casestatus.access.own_pin import confirm_own_pin
from casestatus.access.victim_sessions import CurrentSession
from casestatus.database.again import again_when_given_up
from casestatus.errors import N_, FieldProblem, Unprocessable
from casestatus.victims.contacts import zone_of_office
from casestatus.victims.models import Channel, Contact
from casestatus.victims.new_contacts import SafeHours, read_address
from casestatus.victims.safe_hours import read_safe_hours
from casestatus.web.bearer import Line, current_of, require_session
from casestatus.web.dependencies import address_of, service_of
from casestatus.web.json_bodies import JsonRoute
from casestatus.web.victims.reading import contacts_of
from casestatus.web.views import ContactView

router = APIRouter(prefix="/contacts", route_class=JsonRoute, dependencies=[Depends(require_session)])

Hours = Annotated[str, Field(pattern=r"^\d\d:\d\d-\d\d:\d\d$")]


class NotSafe(Unprocessable):
    """422: nothing is kept and nothing is sent where somebody else may read it."""

    type = "contact-not-safe"
    title = N_("Si otra persona lo ve, mejor no lo agregues.")
    detail = N_("Si otra persona lo ve, mejor no lo agregues. Tu oficina te dice otra forma.")


class WithPin(BaseModel):
    """What only she may do carries her PIN or backup key (security.md, "Sessions")."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    pin: Annotated[str, Field(max_length=100)] = ""


class NewContact(WithPin):
    """A contact that she calls safe. Without `channel` the address says what it is."""

    address: Line
    safe: StrictBool
    channel: Annotated[Channel, Field(strict=False)] | None = None
    hours: Hours | None = None
    time_zone: Line | None = None


class ChangedContact(WithPin):
    """What is to be different; what is left out stays. `safe`: false ends it at once, true says that it still is."""

    safe: StrictBool | None = None
    hours: Hours | None = None
    time_zone: Line | None = None


class Code(BaseModel):
    """The code that was sent to a contact."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    code: Line


@router.get("")
def contacts(request: Request) -> list[ContactView]:
    """Her contacts; of an address only the last two signs."""
    database = service_of(request).database
    now = database.now()
    with database.reading() as session:
        return contacts_of(session, current_of(request, session, now=now), now=now)


@router.post("", status_code=201)
def add_contact(request: Request, given: NewContact) -> ContactView:
    """A new contact; a code goes there if it can be used and the hour is safe. The answer is the same if none does."""
    if not given.safe:
        raise NotSafe(fields=(FieldProblem("safe", NotSafe.detail),))
    address = read_address(given.address, given.channel)
    her = confirmed_her(request, given.pin)
    service = service_of(request)
    now = service.database.now()

    @again_when_given_up
    def kept() -> ContactView:
        with service.database.writing() as session:
            current = current_of(request, session, now=now)
            zone = given.time_zone or zone_of_office(session, her)
            when = read_safe_hours(*_ends(given.hours), zone)
            contact = add_own_contact(
                session, her, address, when, keys=service.keys, settings=service.settings, now=now
            )
            return _view(session, current, contact.id, now)

    return kept()


@router.patch("/{contact_id:uuid}")
def change_contact(request: Request, contact_id: UUID, given: ChangedContact) -> Response:
    """Other hours, still safe, or not any more: then it is gone, and the answer is 204."""
    her = confirmed_her(request, given.pin)
    service = service_of(request)
    now = service.database.now()

    @again_when_given_up
    def changed() -> ContactView | None:
        with service.database.writing() as session:
            current = current_of(request, session, now=now)
            contact = own_contact(session, her, contact_id)
            if given.safe is False:
                call_unsafe(session, her, contact_id, now=now)
                return None
            if given.safe:
                call_still_safe(session, her, contact_id, safe_days=service.settings.limits.contact_safe_days, now=now)
            if given.hours is not None or given.time_zone is not None:
                change_hours(session, her, contact_id, _changed(contact, given), keys=service.keys, now=now)
            return _view(session, current, contact_id, now)

    view = changed()
    if view is None:
        return Response(status_code=204)
    return Response(view.model_dump_json(), media_type="application/json")


@router.delete("/{contact_id:uuid}", status_code=204)
def delete_contact(request: Request, contact_id: UUID, given: WithPin) -> None:
    """Nothing more goes there but a last neutral message that something has changed."""
    her = confirmed_her(request, given.pin)
    service = service_of(request)
    now = service.database.now()

    @again_when_given_up
    def remove() -> None:
        with service.database.writing() as session:
            current_of(request, session, now=now)
            remove_contact(session, her, contact_id, keys=service.keys, now=now)

    remove()


@router.post("/{contact_id:uuid}/confirmation")
@again_when_given_up
def confirm(request: Request, contact_id: UUID, given: Code) -> ContactView:
    """Confirms a contact by the code that was sent to it; 422 `code-wrong` otherwise. A wrong try counts."""
    service = service_of(request)
    now, limits = service.database.now(), service.settings.limits
    with service.database.writing() as session:
        current = current_of(request, session, now=now)
        confirmed = confirm_contact(
            session, current.victim_id, contact_id, given.code, keys=service.keys, limits=limits, now=now
        )
        view = _view(session, current, contact_id, now) if confirmed else None
    if view is None:
        raise CodeWrong
    return view


def confirmed_her(request: Request, pin: str) -> UUID:
    """Who asks, once her PIN says that it is she. Raises what is wrong with it; the try stays counted."""
    service = service_of(request)
    now = service.database.now()
    with service.database.reading() as session:
        her = current_of(request, session, now=now).victim_id
    refused = confirm_own_pin(service.door, her, pin, address=address_of(request), now=now)
    if refused is not None:
        raise refused
    return her


def _view(session: Session, current: CurrentSession, contact_id: UUID, now: datetime) -> ContactView:
    session.flush()
    return next(contact for contact in contacts_of(session, current, now=now) if contact.id == contact_id)


def _ends(hours: str | None) -> tuple[str, str]:
    opens, _, closes = (hours or "").partition("-")
    return opens, closes


def _changed(contact: Contact, given: ChangedContact) -> SafeHours:
    hours = given.hours if given.hours is not None else contact.hours
    return read_safe_hours(*_ends(hours), given.time_zone or contact.time_zone)
