"""The stall watch: once a day and office, each line that passed a threshold alerts whom it concerns, once for ever."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from casestatus.cases.models import Case, Proceeding, Stall
from casestatus.cases.stalling import thresholds_passed
from casestatus.cases.stalls import thresholds_of_office
from casestatus.database import Database, new_id
from casestatus.notices.owing_stalls import owe_stall
from casestatus.offices.models import Office, TaskKind
from casestatus.offices.tasks import open_task

Thresholds = Mapping[str, Sequence[int]]

LINES_AT_ONCE = 100  # of one transaction, so that deliveries and intake never wait long
LOOK_EVERY = timedelta(minutes=5)


class StallWatch:
    """One worker's share of the watch; any number may run on one database.

    It remembers only which offices it has done today. A run that was killed, or that another worker shares, goes on
    with the lines that are left: what was raised stands in the database.
    """

    def __init__(self, database: Database, *, lines_at_once: int = LINES_AT_ONCE) -> None:
        self._database = database
        self._lines_at_once = lines_at_once
        self._done: dict[UUID, date] = {}
        self._look_at = datetime.min.replace(tzinfo=UTC)

    def once(self) -> bool:
        """One step: some lines of the first office that has any to alert today; whether another step should follow."""
        now = self._database.now()
        if now < self._look_at:
            return False
        for office_id, today in self._waiting_offices(now):
            if raised := self._step(office_id, today, now):
                return True
            if raised is not None:
                self._done[office_id] = today
        self._look_at = now + LOOK_EVERY
        return False

    def _waiting_offices(self, now: datetime) -> Iterator[tuple[UUID, date]]:
        """Offices whose day, on their own calendar, hasn't been looked at yet."""
        with self._database.reading() as session:
            zones = session.execute(select(Office.id, Office.time_zone).order_by(Office.id)).all()
        for office_id, zone in zones:
            today = now.astimezone(ZoneInfo(zone)).date()
            if self._done.get(office_id) != today:
                yield office_id, today

    def _step(self, office_id: UUID, today: date, now: datetime) -> int | None:
        """How many lines alerted; 0 when none is left, None when all that are left are held by somebody else."""
        with self._database.reading() as session:
            thresholds = thresholds_of_office(session, office_id)
            due = lines_due(session, office_id, thresholds, today=today, at_most=self._lines_at_once)
        if not due:
            return 0
        with self._database.writing() as session:
            return raise_stalls(session, due, thresholds, office_id=office_id, today=today, now=now) or None


def lines_due(
    session: Session, office_id: UUID, thresholds: Thresholds, *, today: date, at_most: int
) -> Sequence[UUID]:
    """Lines of the office that passed a threshold and haven't alerted of it."""
    passed = [
        and_(passed_by(code, days, today=today), ~_raised(days)) for code, each in thresholds.items() for days in each
    ]
    lines = select(Proceeding.id).join(Case, Case.id == Proceeding.case_id)
    return session.scalars(
        lines.where(Case.office_id == office_id, or_(false(), *passed)).order_by(Proceeding.id).limit(at_most)
    ).all()


def passed_by(code: str, days: int, *, today: date) -> ColumnElement[bool]:
    """`thresholds_passed` for one stage and threshold, as the database asks it: by the shown columns alone."""
    return and_(Proceeding.shown_stage == code, Proceeding.shown_since <= today - timedelta(days=days))


def _raised(days: int) -> ColumnElement[bool]:
    same_place = (Stall.shown_stage == Proceeding.shown_stage, Stall.shown_since == Proceeding.shown_since)
    return exists().where(Stall.proceeding_id == Proceeding.id, *same_place, Stall.days == days)


def raise_stalls(
    session: Session,
    line_ids: Sequence[UUID],
    thresholds: Thresholds,
    *,
    office_id: UUID,
    today: date,
    now: datetime,
) -> int:
    """Raise what is due of these lines; how many lines alerted. Cases that somebody else holds are left for later."""
    lines = _held(session, line_ids)
    raised: dict[UUID, list[tuple[str, date, int]]] = {}
    for stall in session.scalars(select(Stall).where(Stall.proceeding_id.in_([line.id for line in lines]))):
        raised.setdefault(stall.proceeding_id, []).append((stall.shown_stage, stall.shown_since, stall.days))
    alerted = 0
    for line in lines:
        stalls = _new_stalls(line, thresholds, raised.get(line.id, ()), today=today, now=now)
        if stalls:
            session.add_all(stalls)
            session.flush()
            _alert(session, stalls[-1], line, office_id=office_id, now=now)
            alerted += 1
    return alerted


def _held(session: Session, line_ids: Sequence[UUID]) -> Sequence[Proceeding]:
    """The lines as they stand now, with their cases held as intake holds them: nothing moves them meanwhile."""
    of_lines = select(Proceeding.case_id).where(Proceeding.id.in_(line_ids))
    cases = select(Case.id).where(Case.id.in_(of_lines)).order_by(Case.id).with_for_update(skip_locked=True)
    held = session.scalars(cases).all()
    lines = select(Proceeding).where(Proceeding.id.in_(line_ids), Proceeding.case_id.in_(held))
    return session.scalars(lines.order_by(Proceeding.id)).all()


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


def _alert(session: Session, stall: Stall, line: Proceeding, *, office_id: UUID, now: datetime) -> None:
    """Of thresholds passed at once (a line told late, a worker that rested) only the longest alerts."""
    open_task(session, TaskKind.STALLED, stall.id, office_id=office_id, case_id=line.case_id, now=now)
    owe_stall(session, stall, now=now)
