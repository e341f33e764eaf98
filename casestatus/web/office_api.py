"""Offices' systems: updates, accesses for victims, and the daily signal. JSON with a bearer token."""

import time
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict

from casestatus.access.clients import Caller, TokenWrong, caller_of
from casestatus.access.scopes import Scope
from casestatus.cases.models import Case
from casestatus.cases.office_view import OfficeCase, office_case
from casestatus.database.again import again_when_given_up
from casestatus.errors import N_, NotFound, Throttled
from casestatus.intake.admitting import admit, dismiss, find_case
from casestatus.intake.linking import FurtherLines, LinkedLines, link_further
from casestatus.intake.receiving import receive
from casestatus.intake.registration import GivenAccess, Registration
from casestatus.intake.sender import Sender, may_see, sender_for_client
from casestatus.intake.update import Receipt, Text, Update
from casestatus.offices.heartbeats import note_heartbeat
from casestatus.web.dependencies import Service, service_of
from casestatus.web.json_bodies import JsonRoute

router = APIRouter(prefix="/api/v1/office", tags=["offices"], route_class=JsonRoute)
Parts = Annotated[Service, Depends(service_of)]


class WantedCase(BaseModel):
    """A number or folio, in a body: a URL would be logged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case_number: Text


class TooManyUpdates(Throttled):
    """429: more updates in a second than one client may send."""

    type = "too-many-updates"
    detail = N_("Son demasiados cambios en un segundo. Manda el mismo otra vez en un momento.")


def calling(scope: Scope) -> Callable[[Request], Caller]:
    """A dependency: the client that calls, if it has this scope now. Raises TokenWrong, ScopeMissing."""

    def caller(request: Request) -> Caller:
        parts = service_of(request)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise TokenWrong
        with parts.database.reading() as session:
            found = caller_of(session, parts.keys, token.strip(), now=parts.database.now())
        found.require(scope)
        return found

    return caller


Updating = Annotated[Caller, Depends(calling(Scope.UPDATES_WRITE))]
Reading = Annotated[Caller, Depends(calling(Scope.CASES_READ))]
Admitting = Annotated[Caller, Depends(calling(Scope.VICTIMS_WRITE))]


@router.post("/updates", status_code=201, response_model=Receipt, responses={200: {"model": Receipt}})
def push_update(parts: Parts, caller: Updating, update: Update) -> Response:
    """One update. 201 the first time, 200 with the same receipt when it is sent again."""
    if not parts.pace.allows(caller.client_id, int(time.monotonic())):
        raise TooManyUpdates(retry_after=1)
    receipt, new = receive(parts.database, update, sender_of(parts, caller), keys=parts.keys, delay=parts.notice_delay)
    return JSONResponse(_told(parts, caller, receipt), 201 if new else 200)


@router.post("/victims", status_code=201)
def give_access(parts: Parts, caller: Admitting, registration: Registration) -> GivenAccess:
    """Access for one person. Folio, PIN and backup key are in this answer only."""
    sender = sender_of(parts, caller)
    return admit(
        parts.database,
        registration,
        sender,
        keys=parts.keys,
        pin_digits=parts.settings.pin_digits,
        safe_days=parts.settings.limits.contact_safe_days,
    )


@router.delete("/victims/{victim_id}", status_code=204, response_class=Response)
@again_when_given_up
def close_her_access(parts: Parts, caller: Admitting, victim_id: UUID) -> None:
    """Close an access of the client's offices: from now on it answers as if it had never been."""
    sender, now = sender_of(parts, caller), parts.database.now()
    with parts.database.writing() as session:
        dismiss(session, victim_id, sender, now=now)


@router.post("/victims/{victim_id}/proceedings")
@again_when_given_up
def link_further_lines(parts: Parts, caller: Admitting, victim_id: UUID, wanted: FurtherLines) -> LinkedLines:
    """Let her see further lines of her case, or of one that hers was joined into. Repeating it changes nothing."""
    sender, now = sender_of(parts, caller), parts.database.now()
    with parts.database.writing() as session:
        return link_further(session, victim_id, wanted, sender, keys=parts.keys, now=now)


@router.post("/cases/search")
def search_case(parts: Parts, caller: Reading, wanted: WantedCase) -> OfficeCase:
    """The case with exactly this number or folio, and the own lines of it. Another office's is as unknown: 404."""
    sender = sender_of(parts, caller)
    with parts.database.reading() as session:
        case = find_case(session, wanted.case_number, sender, keys=parts.keys)
        if case is None:
            raise NotFound
        return office_case(session, case, sender.office_ids, keys=parts.keys)


@router.get("/cases/{case_id}")
def read_case(parts: Parts, caller: Reading, case_id: UUID) -> OfficeCase:
    """A case of the client's offices, and the own lines of it, by its id as receipts give it."""
    sender = sender_of(parts, caller)
    with parts.database.reading() as session:
        case = session.get(Case, case_id)
        if case is None or not may_see(session, sender, case):
            raise NotFound
        return office_case(session, case, sender.office_ids, keys=parts.keys)


@router.post("/heartbeat", status_code=204, response_class=Response)
@again_when_given_up
def heartbeat(parts: Parts, caller: Updating) -> None:
    """The scheduled signal of the client's offices: their feed lives today."""
    now = parts.database.now()
    sender = sender_of(parts, caller)
    with parts.database.writing() as session:
        for office in sender.offices.values():
            note_heartbeat(session, office.id, now=now)


def sender_of(parts: Service, caller: Caller) -> Sender:
    """The client as a sender, with the offices that it serves at this moment."""
    with parts.database.reading() as session:
        history = Scope.HISTORY_WRITE in caller.scopes
        return sender_for_client(session, caller.client_id, may_load_history=history)


def _told(parts: Service, caller: Caller, receipt: Receipt) -> dict[str, Any]:
    """How many notices an update caused is for those who know the victims, and for the demo."""
    knows_victims = Scope.VICTIMS_WRITE in caller.scopes or parts.settings.in_demo
    return receipt.model_dump(mode="json", exclude=set() if knows_victims else {"notices_queued"})
