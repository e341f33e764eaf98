"""Where a victim's lines stand: one select of what she may see, and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import cast
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from casestatus.cases.crimes import RiskTier
from casestatus.cases.events import ToldNumber, numbers_told, shown_entries, unsealed
from casestatus.cases.finding import find_number, is_free
from casestatus.cases.formal_notices import formal_notices, notices_of_latest
from casestatus.cases.models import Case, CaseNumber, NumberKind, Proceeding, TimelineEvent
from casestatus.cases.numbers import Form, readings
from casestatus.cases.timeline import Entry, in_order, steps
from casestatus.crypto import KeyRing
from casestatus.database.prepared import Prepared, Row
from casestatus.offices.listing import office_with_code
from casestatus.offices.models import Heartbeat, Institution, Office
from casestatus.victims.models import Victim, VictimProceeding

LineCase = aliased(Case)
NewOffice = aliased(Office)  # has yet to accept a line's case
TargetCase = aliased(Case)  # where a line goes on that was joined

LAST_SIGNAL = select(func.max(Heartbeat.seen_on)).where(Heartbeat.office_id == Office.id).scalar_subquery()
OFFICE = (
    Office.name.label("office_name"),
    Office.public_phone,
    Office.public_hours,
    Office.time_zone,
    Office.region,
    Office.stale_after_days,
    LAST_SIGNAL.label("information_as_of"),
)
FIRST_OFFICIAL_NUMBER = (
    select(CaseNumber.id)
    .where(CaseNumber.case_id == Case.id, CaseNumber.kind == NumberKind.OFFICIAL)
    .order_by(CaseNumber.id)
    .limit(1)
    .correlate(Case)
    .scalar_subquery()
)
LINE_OFFICE = func.coalesce(Proceeding.office_id, LineCase.office_id)
TYPED_NUMBER = bindparam("number_id", type_=Uuid())

STATUS = Prepared(
    select(
        Victim.id.label("victim_id"),
        Victim.folio,
        Victim.risk_tier,
        Institution.name.label("institution_name"),
        Case.office_id.label("case_office_id"),
        *OFFICE,
        CaseNumber.id.label("number_id"),
        CaseNumber.display,
        Proceeding.id.label("proceeding_id"),
        Proceeding.ordinal,
        Proceeding.shown_since,
        Proceeding.first_shown_at,
        VictimProceeding.linked_at,
        LineCase.model,
        LineCase.id.label("case_id"),
        LINE_OFFICE.label("line_office_id"),
        func.coalesce(TargetCase.office_id, LINE_OFFICE).label("office_id"),
        NewOffice.name.label("moving_to"),
        (LineCase.id == Victim.case_id).label("is_her_case"),
        TargetCase.id.is_not(None).label("is_joined"),
        TimelineEvent.id,
        TimelineEvent.sequence,
        TimelineEvent.kind,
        TimelineEvent.stage,
        TimelineEvent.details,
        TimelineEvent.to_number,
        TimelineEvent.occurred_on,
        TimelineEvent.received_at,
        TimelineEvent.shown_on,
        TimelineEvent.shown_at,
        TimelineEvent.formal_notice_on,
        TimelineEvent.flags,
        TimelineEvent.supersedes_id,
        TimelineEvent.reveals_id,
    )
    .select_from(Victim)
    .join(Case, Case.id == Victim.case_id)
    .join(Office, Office.id == Case.office_id)
    .join(Institution, Institution.id == Office.institution_id)
    .outerjoin(CaseNumber, CaseNumber.id == func.coalesce(TYPED_NUMBER, FIRST_OFFICIAL_NUMBER))
    .outerjoin(VictimProceeding, VictimProceeding.victim_id == Victim.id)
    .outerjoin(Proceeding, and_(Proceeding.id == VictimProceeding.proceeding_id, Proceeding.shown_stage.is_not(None)))
    .outerjoin(LineCase, LineCase.id == Proceeding.case_id)
    .outerjoin(NewOffice, NewOffice.id == Proceeding.moving_to_id)
    .outerjoin(TargetCase, TargetCase.id == Proceeding.joined_into_id)
    .outerjoin(TimelineEvent, and_(TimelineEvent.proceeding_id == Proceeding.id, TimelineEvent.shown_at.is_not(None)))
    .where(Victim.id == bindparam("victim_id", type_=Uuid()))
    .order_by(TimelineEvent.sequence)
)


OF_OFFICES = select(Office.id, *OFFICE).where(Office.id.in_(bindparam("offices", expanding=True)))


@dataclass(frozen=True)
class ActingOffice:
    """An office that acts on lines. `information_as_of` is the day of its last scheduled signal.

    `stale_after_days` is its own limit of silence, if it has one; `region` INEGI's code of its state, empty where it
    told none.
    """

    name: str
    public_phone: str
    public_hours: str
    time_zone: str
    region: str
    stale_after_days: int | None
    information_as_of: date | None


@dataclass(frozen=True)
class Line:
    """A line that she sees. `number` is its place in the order in which lines first became visible to her.

    `entries` are the visible ones, oldest first; `formal_notices` are days by event. `office` acts on the line:
    it has it, or the case that it was joined into; `moving_to` is the name of one that has yet to accept it.
    `elsewhere`: it goes on, or always did, in another case than hers.
    """

    number: int
    proceeding_id: UUID
    office_id: UUID
    since: date
    entries: Sequence[Entry]
    formal_notices: Mapping[UUID, Sequence[date]]
    office: ActingOffice
    moving_to: str | None = None
    elsewhere: bool = False

    @cached_property
    def steps(self) -> Sequence[Entry]:
        """The entries that moved the line, oldest first."""
        return steps(self.entries)

    @property
    def current(self) -> Entry:
        """The entry at which the line stands."""
        return self.steps[-1]

    @property
    def notified_on(self) -> Sequence[date]:
        """The days of the formal notices of what was told last, the earliest first: an older decision has its own."""
        return notices_of_latest(self.steps, self.formal_notices)


@dataclass(frozen=True)
class Status:
    """What a victim may know of her case.

    `office` has the first line of her case that she sees. No line but hers decides that, so that nobody else's move
    changes her page; before she sees any it is the case's.
    """

    case_number: str
    folio: str
    institution_name: str
    office: ActingOffice
    risk_tier: RiskTier
    lines: Sequence[Line]


def status_of(session: Session, victim_id: UUID, number_id: UUID | None, *, keys: KeyRing) -> Status:
    """Her status; `number_id` is the number that she signed in with, None for a folio."""
    rows = STATUS.rows(session, {"victim_id": victim_id, "number_id": number_id})
    first = rows[0]
    offices = _offices(session, rows)
    lines = _in_her_order(rows)
    of_her_case = next((line[0].line_office_id for line in lines if line[0].is_her_case), first.case_office_id)
    return Status(
        case_number=_unsealed_number(first, keys),
        folio=keys.unseal(first.folio, table="victim", column="folio", id=victim_id),
        institution_name=first.institution_name,
        office=offices[of_her_case],
        risk_tier=first.risk_tier,
        lines=[_line(session, number, line, offices, keys) for number, line in enumerate(lines, start=1)],
    )


def institution_to_name(session: Session, victim_id: UUID) -> str | None:
    """The institution that may stand on her pages; None in a high tier, where it would tell what the case is about."""
    named = (
        select(Institution.name)
        .join(Case, Case.institution_id == Institution.id)
        .join(Victim, Victim.case_id == Case.id)
        .where(Victim.id == victim_id, Victim.risk_tier == RiskTier.ORDINARY)
    )
    return session.scalar(named)


def _unsealed_number(row: Row, keys: KeyRing) -> str:
    """The number as the office writes it; empty for a case that has none of its own yet."""
    if row.display is None:
        return ""
    return keys.unseal(row.display, table="case_number", column="display", id=row.number_id)


def _offices(session: Session, rows: Sequence[Row]) -> dict[UUID, ActingOffice]:
    """The case's office, which every row has, and the others that act on her lines: mostly there are none."""
    known = {rows[0].case_office_id: _office(rows[0])}
    others = {office for row in rows for office in (row.office_id, row.line_office_id) if office} - known.keys()
    found = session.execute(OF_OFFICES, {"offices": list(others)}) if others else ()
    return known | {row.id: _office(row) for row in found}


def _office(row: Row) -> ActingOffice:
    return ActingOffice(
        name=row.office_name,
        public_phone=row.public_phone,
        public_hours=row.public_hours,
        time_zone=row.time_zone,
        region=row.region,
        stale_after_days=row.stale_after_days,
        information_as_of=row.information_as_of,
    )


def _in_her_order(rows: Sequence[Row]) -> list[list[Row]]:
    """The events of each line that she sees."""
    events: dict[UUID, list[Row]] = {}
    for row in rows:
        if row.proceeding_id is not None and row.id is not None:
            events.setdefault(row.proceeding_id, []).append(row)
    return sorted(events.values(), key=lambda line: _first_visible(line[0]))


def _first_visible(row: Row) -> tuple[datetime, int, UUID]:
    return max(row.first_shown_at, row.linked_at), row.ordinal, row.proceeding_id


def _line(
    session: Session, number: int, events: Sequence[Row], offices: Mapping[UUID, ActingOffice], keys: KeyRing
) -> Line:
    as_events = cast("Sequence[TimelineEvent]", events)  # the rows carry what is read of an event, by the same names
    told = events[0].is_her_case  # where the case goes on that hers was joined into is another family's number
    numbers = numbers_told(as_events) if told else {}
    entries = in_order(shown_entries(events[0].model, as_events))
    return Line(
        number=number,
        proceeding_id=events[0].proceeding_id,
        office_id=events[0].office_id,
        since=events[0].shown_since,
        entries=[_with_number(session, entry, numbers, events[0].case_id, keys) for entry in entries],
        formal_notices=formal_notices(as_events),
        office=offices[events[0].office_id],
        moving_to=events[0].moving_to,
        elsewhere=not events[0].is_her_case or events[0].is_joined,
    )


def _with_number(
    session: Session, entry: Entry, numbers: Mapping[UUID, ToldNumber], case_id: UUID, keys: KeyRing
) -> Entry:
    """The entry with the number under which a moved case goes on. The case that hers was joined into is another's.

    Of an office of this service it is shown while it opens her case. An office that isn't is an authority elsewhere.
    Whether it has become another family's since it was told is asked each time: the few who moved pay for it.
    """
    if entry.event_id not in numbers or not entry.stage.moved:
        return entry
    told, case = numbers[entry.event_id], session.get_one(Case, case_id)
    number = unsealed(told, keys)
    to_office, shown = entry.details.to_office, is_free(session, keys, number, but=case_id)
    if office_with_code(session, case.institution_id, to_office) is None:
        to_office = None
    elif shown:
        hit = find_number(session, keys, [case.institution_id], readings(number)[:1], forms=[Form.EXACT])
        shown = hit is not None and hit.case_id == case_id
    known = {"to_number": number if shown else None, "to_office": to_office}
    return replace(entry, details=entry.details.model_copy(update=known))
