"""Once a day and office: the lines on which a right ends in a few days remind whom they concern, each last day once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from casestatus.cases.deadlines import OfficeCalendar
from casestatus.cases.events import events_of, shown_entries
from casestatus.cases.formal_notices import formal_notices, notices_of_latest
from casestatus.cases.line_offices import acted_on_by
from casestatus.cases.models import Case, Proceeding, TimelineEvent
from casestatus.cases.office_calendars import read_calendar
from casestatus.cases.rights import back_from, came_from, decided_by, rights_at
from casestatus.cases.stages import is_over
from casestatus.cases.timeline import in_order, steps
from casestatus.database import Database
from casestatus.notices.owing_reminders import owe_reminders
from casestatus.offices.models import Office
from casestatus.settings import Limits

LONGEST_LIMIT = timedelta(days=90)  # from a formal notice to the last day of a right, with every day of rest between
LINES_AT_ONCE = 100
LOOK_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class LastDay:
    """The nearest day on which a right of a line ends, and the event from whose formal notice it counts."""

    on: date
    event_id: UUID


class Reminders:
    """One worker's share; any number may run on one database. It remembers only how far it came today."""

    def __init__(self, database: Database, limits: Limits, *, lines_at_once: int = LINES_AT_ONCE) -> None:
        self._database = database
        self._ahead = limits.remind_days
        self._lines_at_once = lines_at_once
        self._came_to: dict[UUID, tuple[date, UUID | None]] = {}
        self._look_at = datetime.min.replace(tzinfo=UTC)

    def once(self) -> bool:
        """One step: some lines of an office that has any left today; whether another step should follow."""
        now = self._database.now()
        if now < self._look_at:
            return False
        for office_id, today in self._offices(now):
            if self._step(office_id, today, now):
                return True
        self._look_at = now + LOOK_EVERY
        return False

    def _offices(self, now: datetime) -> Iterator[tuple[UUID, date]]:
        """Offices with lines that haven't been looked at on this day of their own calendar."""
        with self._database.reading() as session:
            zones = session.execute(select(Office.id, Office.time_zone).order_by(Office.id)).all()
        for office_id, zone in zones:
            today = now.astimezone(ZoneInfo(zone)).date()
            seen_on, came_to = self._came_to.get(office_id, (today, UUID(int=0)))
            if seen_on != today or came_to is not None:
                yield office_id, today

    def _step(self, office_id: UUID, today: date, now: datetime) -> bool:
        """Whether the office had lines left. Those that nobody is to be reminded of take no write lock."""
        seen_on, came_to = self._came_to.get(office_id, (today, None))
        after = came_to if seen_on == today and came_to is not None else UUID(int=0)
        with self._database.reading() as session:
            lines = session.scalars(_lines(office_id, today=today, after=after).limit(self._lines_at_once)).all()
            calendar = read_calendar(session, office_id)
            due = [line.id for line in lines if last_day_ahead(session, line, calendar, today, self._ahead)]
        self._came_to[office_id] = today, lines[-1].id if lines else None
        if due:
            with self._database.writing() as session:
                remind(session, due, calendar, today=today, ahead=self._ahead, now=now)
        return bool(lines)


def remind(
    session: Session, line_ids: Sequence[UUID], calendar: OfficeCalendar, *, today: date, ahead: int, now: datetime
) -> None:
    """Owe the reminders of these lines, as they stand now, with their cases held: nothing moves them meanwhile."""
    of_lines = select(Proceeding).where(Proceeding.id.in_(line_ids)).order_by(Proceeding.id)
    held = of_lines.join(Case, Case.id == Proceeding.case_id).with_for_update(of=Case, key_share=True)
    for line in session.scalars(held).all():
        if found := last_day_ahead(session, line, calendar, today, ahead):
            owe_reminders(session, line, found.event_id, found.on, now=now)


def last_day_ahead(
    session: Session, line: Proceeding, calendar: OfficeCalendar, today: date, ahead: int
) -> LastDay | None:
    """The nearest last day of a right from tomorrow to `ahead` days from now, by what a victim sees of the line."""
    shown = [event for event in events_of(session, line.id) if event.shown_at is not None]
    entries = in_order(shown_entries(session.get_one(Case, line.case_id).model, shown))
    if not entries:
        return None
    stood = steps(entries)
    current = stood[-1]
    rights = rights_at(
        current.stage,
        notified_on=notices_of_latest(stood, formal_notices(shown)),
        calendar=calendar,
        today=today,
        came_from=came_from(entries, current.stage),
        back_from=back_from(stood),
        decided=decided_by(stood),
        past=is_over(current.details, zone=calendar.zone, today=today),
    )
    last_days = [right.deadline.on for right in rights if right.deadline]
    near = [day for day in last_days if timedelta(0) < day - today <= timedelta(days=ahead)]
    return LastDay(min(near), current.event_id) if near else None


def _lines(office_id: UUID, *, today: date, after: UUID) -> Select[Proceeding]:
    """The office's lines with a formal notice young enough to count from, in their order."""
    notified = select(TimelineEvent.proceeding_id).where(
        TimelineEvent.formal_notice_on > today - LONGEST_LIMIT, TimelineEvent.shown_at.is_not(None)
    )
    lines = select(Proceeding).join(Case, Case.id == Proceeding.case_id)
    return lines.where(acted_on_by(office_id), Proceeding.id.in_(notified), Proceeding.id > after).order_by(
        Proceeding.id
    )
