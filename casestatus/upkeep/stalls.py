"""The stall watch: once a day and office, each line that passed a threshold alerts whom it concerns, once for ever.

The office is told at once. The victims who asked for it are told when it can be said that nothing changed: while the
office's feed lives, and not by a historical load.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true, update
from sqlalchemy.orm import Session

from casestatus.cases.line_offices import acted_on_by
from casestatus.cases.models import Case, Proceeding, Stall, TimelineEvent
from casestatus.cases.stages import stage_of_code
from casestatus.cases.stalling import may_stand_still, thresholds_passed
from casestatus.cases.stalls import ask_about_stall, thresholds_of_office
from casestatus.database import Database, new_id
from casestatus.notices.owing_stalls import owe_stall
from casestatus.offices.freshness import Freshness
from casestatus.offices.heartbeats import feed_of
from casestatus.offices.models import Office
from casestatus.settings import Limits

Thresholds = Mapping[str, Sequence[int]]

LINES_AT_ONCE = 100  # of one transaction, so that deliveries and intake never wait long
LOOK_EVERY = timedelta(minutes=5)
LOOK_AGAIN = timedelta(seconds=5)  # when somebody else held what was due: intake never holds a case for long


class Step(Enum):
    """How one step at an office went.

    Lines were worked on, none is due any more, all that are due are held, or victims are to be told once the office's
    feed gives its next signal.
    """

    GOES_ON = auto()
    DONE = auto()
    HELD = auto()
    SILENT = auto()


class StallWatch:
    """One worker's share of the watch; any number may run on one database.

    It remembers only which offices it has done today. A run that was killed, or that another worker shares, goes on
    with the lines that are left: what was raised stands in the database.
    """

    def __init__(self, database: Database, limits: Limits, *, lines_at_once: int = LINES_AT_ONCE) -> None:
        self._database = database
        self._silence = limits.stale_after_days
        self._lines_at_once = lines_at_once
        self._done: dict[UUID, date] = {}
        self._look_at = datetime.min.replace(tzinfo=UTC)

    def once(self) -> bool:
        """One step: some lines of the first office that has any to alert today; whether another step should follow."""
        now = self._database.now()
        if now < self._look_at:
            return False
        wait = LOOK_EVERY
        for office_id, today in self._waiting_offices(now):
            match self._step(office_id, today, now):
                case Step.GOES_ON:
                    return True
                case Step.DONE:
                    self._done[office_id] = today
                case Step.HELD:
                    wait = LOOK_AGAIN
                case Step.SILENT:
                    pass  # its signal may come today
        self._look_at = now + wait
        return False

    def _waiting_offices(self, now: datetime) -> Iterator[tuple[UUID, date]]:
        """Offices whose day, on their own calendar, hasn't been looked at yet."""
        with self._database.reading() as session:
            zones = session.execute(select(Office.id, Office.time_zone).order_by(Office.id)).all()
        for office_id, zone in zones:
            today = now.astimezone(ZoneInfo(zone)).date()
            if self._done.get(office_id) != today:
                yield office_id, today

    def _step(self, office_id: UUID, today: date, now: datetime) -> Step:
        with self._database.reading() as session:  # seldom is anything due, and a look takes no write lock
            thresholds = thresholds_of_office(session, office_id)
            to_raise = session.scalars(_lines_due(office_id, thresholds, today=today).limit(1)).all()
            to_tell = session.scalars(_lines_to_tell(office_id, today=today).limit(1)).all()
            lives = feed_of(session, office_id, today=today, usual=self._silence) is Freshness.UP_TO_DATE
        if not to_raise and not (to_tell and lives):
            return Step.SILENT if to_tell else Step.DONE
        act = raise_stalls if to_raise else tell_victims
        with self._database.writing() as session:
            held = act(session, office_id, at_most=self._lines_at_once, today=today, now=now)
            return Step.GOES_ON if held else Step.HELD


def raise_stalls(session: Session, office_id: UUID, *, at_most: int, today: date, now: datetime) -> int:
    """Raise what is due of some of the office's lines; how many were held for it, 0 when all are held by others.

    A line that another worker raised a moment ago is held and left as it is. The office is held as well: its
    thresholds don't change between reading them and raising what they ask for.
    """
    session.execute(select(Office.id).where(Office.id == office_id).with_for_update(read=True))
    thresholds = thresholds_of_office(session, office_id)
    lines = _held(session, _lines_due(office_id, thresholds, today=today).limit(at_most))
    raised: dict[UUID, list[tuple[str, date, int]]] = {}
    for stall in session.scalars(select(Stall).where(Stall.proceeding_id.in_([line.id for line in lines]))):
        raised.setdefault(stall.proceeding_id, []).append((stall.shown_stage, stall.shown_since, stall.days))
    for line in lines:
        stalls = _new_stalls(line, thresholds, raised.get(line.id, ()), today=today, now=now)
        if stalls:
            session.add_all(stalls)
            session.flush()
            newest = stalls[-1]
            if not _was_alerted_of_longer(newest, raised.get(line.id, ())):
                last = thresholds[newest.shown_stage][-1]
                _alert(session, newest, line, office_id=office_id, last=last, today=today, now=now)
    return len(lines)


def _was_alerted_of_longer(stall: Stall, raised: Sequence[tuple[str, date, int]]) -> bool:
    """A shorter threshold that an office sets later is no news."""
    here = (stall.shown_stage, stall.shown_since)
    return any((stage, since) == here and days > stall.days for stage, since, days in raised)


def tell_victims(session: Session, office_id: UUID, *, at_most: int, today: date, now: datetime) -> int:
    """Owe the notices of stalls that wait for them; of how many lines, 0 when all are held by others."""
    lines = _held(session, _lines_to_tell(office_id, today=today).limit(at_most))
    waiting = select(Stall).where(Stall.proceeding_id.in_([line.id for line in lines]), _is_to_be_told(today))
    for stall in session.scalars(waiting.order_by(Stall.days)):
        stall.tell_on = None
        owe_stall(session, stall, now=now)
    return len(lines)


def _lines_to_tell(office_id: UUID, *, today: date) -> Select[UUID]:
    """Lines of the office with a stall that victims are to be told of by now."""
    to_tell = exists().where(Stall.proceeding_id == Proceeding.id, _is_to_be_told(today))
    lines = select(Proceeding.id).join(Case, Case.id == Proceeding.case_id)
    return lines.where(acted_on_by(office_id), to_tell).order_by(Proceeding.id)


def _is_to_be_told(today: date) -> ColumnElement[bool]:
    return and_(Stall.tell_on <= today, Stall.resolved_at.is_(None))


def _lines_due(office_id: UUID, thresholds: Thresholds, *, today: date) -> Select[UUID]:
    """Lines of the office that passed a threshold and haven't alerted of it."""
    passed = [
        and_(passed_by(code, days, today=today), ~_raised(days)) for code, each in thresholds.items() for days in each
    ]
    lines = select(Proceeding.id).join(Case, Case.id == Proceeding.case_id)
    return lines.where(acted_on_by(office_id), or_(false(), *passed)).order_by(Proceeding.id)


def passed_by(code: str, days: int, *, today: date) -> ColumnElement[bool]:
    """`thresholds_passed` for one stage and threshold, as the database asks it: by the shown columns alone.

    A moved line counts while an office has yet to accept it (`may_stand_still`).
    """
    anyhow = may_stand_still(stage_of_code(code), waits_for_office=False)
    stands_still = true() if anyhow else Proceeding.moving_to_id.is_not(None)
    return and_(Proceeding.shown_stage == code, Proceeding.shown_since <= today - timedelta(days=days), stands_still)


def _raised(days: int) -> ColumnElement[bool]:
    same_place = (Stall.shown_stage == Proceeding.shown_stage, Stall.shown_since == Proceeding.shown_since)
    return exists().where(Stall.proceeding_id == Proceeding.id, *same_place, Stall.days == days)


def _held(session: Session, due: Select[UUID]) -> Sequence[Proceeding]:
    """Lines that are due, as they stand now, with their cases held as intake holds them: nothing moves them meanwhile.

    Those of cases that somebody else holds are passed over for the next ones.
    """
    held = session.scalars(due.with_for_update(of=Case, key_share=True, skip_locked=True)).all()
    return session.scalars(select(Proceeding).where(Proceeding.id.in_(held)).order_by(Proceeding.id)).all()


def _new_stalls(
    line: Proceeding,
    thresholds: Thresholds,
    raised: Sequence[tuple[str, date, int]],
    *,
    today: date,
    now: datetime,
) -> list[Stall]:
    if line.shown_stage is None or line.shown_since is None:
        return []
    stage, since = line.shown_stage, line.shown_since
    passed = thresholds_passed(thresholds.get(stage, ()), since=since, today=today)
    return [
        Stall(id=new_id(), proceeding_id=line.id, shown_stage=stage, shown_since=since, days=days, raised_at=now)
        for days in passed
        if (stage, since, days) not in raised
    ]


def _alert(
    session: Session, stall: Stall, line: Proceeding, *, office_id: UUID, last: int, today: date, now: datetime
) -> None:
    """Of thresholds passed at once (a line told late, a worker that rested) only the longest alerts.

    It takes the place of what victims weren't told of yet. A load tells nobody anything: what had passed before it
    is for the office alone, and her page shows it. From the next threshold on she is told as of any line; of the
    `last` one once it has passed again since the load.
    """
    ask_about_stall(session, stall, line, office_id=office_id, now=now)
    if not _came_with_load(session, stall, line, office_id):
        stall.tell_on = today
    elif stall.days == last:
        stall.tell_on = today + timedelta(days=last)
    shorter = update(Stall).where(Stall.proceeding_id == line.id, Stall.id != stall.id)
    session.execute(shorter.values(tell_on=None))


def _came_with_load(session: Session, stall: Stall, line: Proceeding, office_id: UUID) -> bool:
    """Whether the line was loaded where it stands when it had stood there for so long already."""
    received, zone = line.shown_received_at, ZoneInfo(session.get_one(Office, office_id).time_zone)
    passed_on = stall.shown_since + timedelta(days=stall.days)
    if received is None or received.astimezone(zone).date() < passed_on:
        return False
    loaded = exists().where(
        TimelineEvent.proceeding_id == line.id,
        TimelineEvent.historical,
        TimelineEvent.stage == stall.shown_stage,
        TimelineEvent.received_at == received,
    )
    return bool(session.scalar(select(loaded)))
