"""Offices' systems: what became of their notices, one by one and in figures, and the paper that proves it."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from casestatus.access.scopes import Scope
from casestatus.access.turns import take_turn
from casestatus.cases.models import Case
from casestatus.errors import N_, FieldProblem, NotFound, Unprocessable
from casestatus.intake.sender import Sender, has_line, has_line_of_hers
from casestatus.notices.constancias import issue
from casestatus.notices.office_figures import OfficeFigures, office_figures
from casestatus.notices.office_ledger import CaseNotices, notices_of_case
from casestatus.notices.office_words import TOLD
from casestatus.victims.models import Victim
from casestatus.web.dependencies import language_of
from casestatus.web.json_bodies import JsonRoute
from casestatus.web.office_api import Parts, Reading, sender_of
from casestatus.wording import Wording, negotiate

router = APIRouter(prefix="/api/v1/office", tags=["offices"], route_class=JsonRoute)

A_DAY = timedelta(hours=24)
USUAL_DAYS, MOST_DAYS = 30, 366
BEFORE_ALL = date(2000, 1, 1)
PDF = {"content": {"application/pdf": {}}, "description": "documento.pdf"}


class PeriodUnreadable(Unprocessable):
    """422: the period ends before it begins, or is longer than a year."""

    type = "period-unreadable"
    title = N_("Ese periodo no se puede usar.")


class Figures(BaseModel):
    """The figures of each office that the client serves; both days count, each on its office's clock."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    offices: list[OfficeFigures]


@router.get("/cases/{case_id}/notices")
def read_notices(
    request: Request,
    parts: Parts,
    caller: Reading,
    case_id: UUID,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> CaseNotices:
    """What was owed for the own lines of a case and what became of it, the newest first, `limit` at once."""
    sender, words = sender_of(parts, caller), Wording.of(language_of(request))
    with parts.database.reading() as session:
        case = session.get(Case, case_id)
        if case is None or not has_line(session, sender, case):
            raise NotFound
        return notices_of_case(session, case_id, sender.office_ids, before=before, limit=limit, words=words)


@router.get("/figures")
def read_figures(
    parts: Parts,
    caller: Reading,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
) -> Figures:
    """Figures of notices of these days (the last 30 unless told otherwise), and of how contacts and tasks stand now."""
    sender, now = sender_of(parts, caller), parts.database.now()
    begins, ends, tells = *_period(first, last, sender, now), Scope.VICTIMS_WRITE in caller.scopes
    with parts.database.reading() as session:
        offices = [
            office_figures(
                session, office.id, office.code, office.zone, first=begins, last=ends, tells_victims=tells, now=now
            )
            for office in sorted(sender.offices.values(), key=lambda office: office.code)
        ]
    return Figures.model_validate({"from": begins, "to": ends, "offices": offices})


@router.post("/victims/{victim_id}/constancia", response_class=Response, responses={200: PDF})
def make_constancia(parts: Parts, caller: Reading, victim_id: UUID) -> Response:
    """A document (PDF) that proves which notices of own lines left for a victim, to be printed for her."""
    sender, now = sender_of(parts, caller), parts.database.now()
    with parts.database.writing() as session:
        victim = session.get(Victim, victim_id)
        if victim is None or not has_line_of_hers(session, sender, victim):
            raise NotFound
        subject = parts.keys.lookup("throttle", "constancia", str(victim_id), str(caller.client_id))
        take_turn(session, subject, most=parts.settings.limits.constancias_per_day, within=A_DAY, now=now)
        language = negotiate(victim.language, None)
    offices = sender.office_ids
    pdf = issue(parts.database, victim_id, TOLD, offices=offices, language=language, keys=parts.keys, now=now)
    headers = {"Content-Disposition": 'attachment; filename="documento.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _period(first: date | None, last: date | None, sender: Sender, now: datetime) -> tuple[date, date]:
    """Raises PeriodUnreadable, which names the field."""
    today = max((now.astimezone(office.zone).date() for office in sender.offices.values()), default=now.date())
    ends = last or today
    if not BEFORE_ALL <= ends <= today:
        raise PeriodUnreadable(fields=(FieldProblem("to", N_("Usa un día que ya llegó.")),))
    begins = first or ends - timedelta(days=USUAL_DAYS - 1)
    if not 0 <= (ends - begins).days < MOST_DAYS:
        detail = N_("Usa un primer día que no pase del último, y un año cuando más.")
        raise PeriodUnreadable(fields=(FieldProblem("from", detail),))
    return begins, ends
