"""The victims' door for programs: the same as their pages, as JSON, by the token that a sign-in gives."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from casestatus.access.sign_in import Knock, Next, Refused
from casestatus.access.victim_sessions import end_session, end_sessions
from casestatus.database.again import again_when_given_up
from casestatus.victims.reports import Reason, report_wrong
from casestatus.web import choices_api, contacts_api
from casestatus.web.bearer import Line, current_of, require_session, token_of
from casestatus.web.dependencies import address_of, language_of, service_of
from casestatus.web.json_bodies import JsonRoute
from casestatus.web.victims.letting_in import let_in
from casestatus.web.victims.reading import case_of
from casestatus.web.views import CaseView
from casestatus.wording import Wording

router = APIRouter(prefix="/api/v1", tags=["victims"], route_class=JsonRoute)
router.include_router(contacts_api.router)
router.include_router(choices_api.router)


class Credentials(BaseModel):
    """A number or folio, and a PIN or backup key. `institution` is a code that narrows the number.

    `brake` belongs to the contract; nothing asks for it yet, and nothing reads it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    case_number: Line
    pin: Line
    institution: Line | None = None
    brake: Line | None = None


class OpenedSession(BaseModel):
    """The token, told once. `next` says what to do first; `confirm_contact` blocks nothing."""

    model_config = ConfigDict(frozen=True)

    token: str
    expires_at: datetime
    next: Next | None


class Report(BaseModel):
    """One of five reasons; `proceeding` is a line's `ordinal` in her case, null the case as a whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Reason
    proceeding: Annotated[int, Field(strict=True, ge=1)] | None = None


@router.post("/sessions", status_code=201)
def open_session(request: Request, credentials: Credentials) -> OpenedSession:
    """401 for whatever is wrong, 422 `pin-mistyped` for a typing mistake, 429 while it has to wait."""
    service = service_of(request)
    knock = Knock(credentials.case_number, credentials.pin, address_of(request), credentials.institution)
    outcome = let_in(service, knock)
    if isinstance(outcome, Refused):
        raise outcome.problem
    return OpenedSession(token=outcome.token, expires_at=outcome.ends_at, next=outcome.next)


@router.delete("/sessions/current", status_code=204)
@again_when_given_up
def close_session(request: Request) -> None:
    """Signs out."""
    token = token_of(request)
    with service_of(request).database.writing() as session:
        end_session(session, token)


@router.delete("/sessions", status_code=204)
@again_when_given_up
def close_every_session(request: Request) -> None:
    """Signs out everywhere."""
    database = service_of(request).database
    with database.writing() as session:
        end_sessions(session, current_of(request, session, now=database.now()).victim_id)


@router.get("/case", response_model=CaseView)
def case(request: Request) -> Response:
    """Her case, in the language of Accept-Language."""
    service = service_of(request)
    now = service.database.now()
    with service.database.reading() as session:
        current = current_of(request, session, now=now)
        view = case_of(service, session, current, Wording.of(language_of(request)), now=now)
    return Response(view.model_dump_json(), media_type="application/json")


@router.post("/reports", status_code=201, dependencies=[Depends(require_session)])
@again_when_given_up
def report(request: Request, given: Report) -> Report:
    """Tells the office that something is wrong; told again while it lies there, it is answered alike."""
    service = service_of(request)
    now, limits = service.database.now(), service.settings.limits
    with service.database.writing() as session:
        victim_id = current_of(request, session, now=now).victim_id
        report_wrong(
            session, victim_id, given.reason, number=given.proceeding, keys=service.keys, limits=limits, now=now
        )
    return given
