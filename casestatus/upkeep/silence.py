"""An office whose feed is silent beyond its limit is asked to look at it: once a silence, until its next signal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from casestatus.cases.models import Case, Proceeding
from casestatus.database import Database
from casestatus.offices.freshness import Freshness, freshness
from casestatus.offices.models import Heartbeat, Office, OfficeTask, TaskKind
from casestatus.offices.tasks import Caused, open_task
from casestatus.settings import Limits

LOOK_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Silence:
    """An office whose feed was last seen alive on a day; None: never, though it has had cases for long enough."""

    office_id: UUID
    last_signal_on: date | None


class SilenceWatch:
    """One worker's share of the watch; any number may run on one database."""

    def __init__(self, database: Database, limits: Limits) -> None:
        self._database = database
        self._usual = limits.stale_after_days
        self._look_at = datetime.min.replace(tzinfo=UTC)

    def once(self) -> bool:
        """A look at every office; never is another step due at once."""
        now = self._database.now()
        if now < self._look_at:
            return False
        with self._database.reading() as session:  # seldom is one silent, and a look takes no write lock
            silences = list(_silences(session, usual=self._usual, now=now))
        if silences:
            with self._database.writing() as session:
                for silence in silences:
                    about = Caused(silence.office_id, by=str(silence.last_signal_on))
                    open_task(session, TaskKind.FEED_SILENT, about, office_id=silence.office_id, now=now)
        self._look_at = now + LOOK_EVERY
        return False


def _silences(session: Session, *, usual: int, now: datetime) -> Iterator[Silence]:
    """The silent offices that aren't asked yet. Without any signal, silence counts since their first line's case."""
    last = select(func.max(Heartbeat.seen_on)).where(Heartbeat.office_id == Office.id).scalar_subquery()
    has_line = func.coalesce(Proceeding.office_id, Case.office_id) == Office.id
    cases = select(func.min(Case.created_at)).join(Proceeding, Proceeding.case_id == Case.id)
    first_case = cases.where(has_line).scalar_subquery()
    asked = exists().where(
        OfficeTask.office_id == Office.id, OfficeTask.kind == TaskKind.FEED_SILENT, OfficeTask.resolved_at.is_(None)
    )
    offices = select(Office.id, Office.time_zone, Office.stale_after_days, last, first_case)
    for office_id, zone, own_limit, seen_on, case_at in session.execute(offices.where(~asked, first_case.is_not(None))):
        today = now.astimezone(ZoneInfo(zone)).date()
        lived_on = _lived_on(seen_on, case_at, zone)
        if freshness(lived_on, today=today, limit=own_limit or usual) is not Freshness.UP_TO_DATE:
            yield Silence(office_id, seen_on)


def _lived_on(last_signal_on: date | None, first_case_at: datetime, zone: str) -> date:
    return first_case_at.astimezone(ZoneInfo(zone)).date() if last_signal_on is None else last_signal_on
