"""A case as an office with lines of it sees those: hidden events too, which victims and the public don't know of."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.events import events_of
from casestatus.cases.line_numbers import number_for
from casestatus.cases.line_offices import office_of, offices_of_line
from casestatus.cases.models import Case, CaseNumber, Proceeding, TimelineEvent
from casestatus.cases.stages import Model
from casestatus.crypto import KeyRing
from casestatus.offices.models import Office


class OfficeEvent(BaseModel):
    """One event. `source_id` is the sender's own; `shown_at` is None while victims may not see it."""

    model_config = ConfigDict(frozen=True)

    event_id: UUID
    source_id: str
    kind: str
    stage: str
    details: dict[str, Any]
    occurred_on: date
    received_at: datetime
    shown_at: datetime | None
    formal_notice_on: date | None
    flags: list[str]
    supersedes: UUID | None
    reveals: UUID | None


class OfficeProceeding(BaseModel):
    """One line: where it stands, and where victims see it stand. `joined_into` is the case that it goes on in.

    `office` has it, and `moving_to` has yet to accept it.
    """

    model_config = ConfigDict(frozen=True)

    ordinal: int
    crime: str
    stage: str
    stage_since: date
    shown_stage: str | None
    shown_since: date | None
    version: int
    joined_into: UUID | None
    office: str
    moving_to: str | None
    timeline: list[OfficeEvent]


class OfficeCase(BaseModel):
    """A case and the office's own lines of it, or those on their way to it: another office's stand nowhere.

    Nor who its victims are. `moving_to` is the office that has yet to accept a line of it.
    """

    model_config = ConfigDict(frozen=True)

    case_id: UUID
    case_numbers: list[str]
    model: Model
    office: str
    moving_to: str | None
    opened_on: date
    closed_on: date | None
    proceedings: list[OfficeProceeding]


def office_case(session: Session, case: Case, offices: Collection[UUID], *, keys: KeyRing) -> OfficeCase:
    """All that was recorded of the case's lines that one of these offices has or is to accept."""
    numbers = session.scalars(select(CaseNumber).where(CaseNumber.case_id == case.id).order_by(CaseNumber.id))
    of_case = select(Proceeding).where(Proceeding.case_id == case.id).order_by(Proceeding.id)
    lines = [line for line in session.scalars(of_case) if offices_of_line(case, line) & set(offices)]
    lines.sort(key=lambda line: number_for(case, line, offices))
    return OfficeCase(
        case_id=case.id,
        case_numbers=[keys.unseal(one.display, table="case_number", column="display", id=one.id) for one in numbers],
        model=case.model,
        office=_code(session, case.office_id),
        moving_to=_code(session, case.moved_to_office_id) if case.moved_to_office_id else None,
        opened_on=case.opened_on,
        closed_on=case.closed_on,
        proceedings=[_proceeding(session, case, line, offices, keys) for line in lines],
    )


def _code(session: Session, office_id: UUID) -> str:
    return session.get_one(Office, office_id).code


def _proceeding(
    session: Session, case: Case, line: Proceeding, offices: Collection[UUID], keys: KeyRing
) -> OfficeProceeding:
    return OfficeProceeding(
        ordinal=number_for(case, line, offices),
        crime=line.crime,
        stage=line.stage,
        stage_since=line.stage_since,
        shown_stage=line.shown_stage,
        shown_since=line.shown_since,
        version=line.version,
        joined_into=line.joined_into_id,
        office=_code(session, office_of(case, line)),
        moving_to=_code(session, line.moving_to_id) if line.moving_to_id else None,
        timeline=[_event(event, keys) for event in events_of(session, line.id)],
    )


def _event(event: TimelineEvent, keys: KeyRing) -> OfficeEvent:
    number = event.to_number and keys.unseal(event.to_number, table="timeline_event", column="to_number", id=event.id)
    return OfficeEvent(
        event_id=event.id,
        source_id=event.source_event,
        kind=event.kind,
        stage=event.stage,
        details=event.details | ({"to_number": number} if number else {}),
        occurred_on=event.occurred_on,
        received_at=event.received_at,
        shown_at=event.shown_at,
        formal_notice_on=event.formal_notice_on,
        flags=event.flags,
        supersedes=event.supersedes_id,
        reveals=event.reveals_id,
    )
