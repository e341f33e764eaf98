"""An office's scheduled signal: to the day, alike for all its cases, never moved by an update."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casestatus.database.conflicts import insert_into
from casestatus.offices.freshness import Freshness, freshness
from casestatus.offices.models import Heartbeat, Office, TaskKind
from casestatus.offices.tasks import resolve_about


def note_heartbeat(session: Session, office_id: UUID, *, now: datetime) -> None:
    """The office's feed lives today, by its own calendar: later signals of the day add nothing. A silence ends."""
    zone = ZoneInfo(session.get_one(Office, office_id).time_zone)
    seen = insert_into(session, Heartbeat).values(office_id=office_id, seen_on=now.astimezone(zone).date(), seen_at=now)
    session.execute(seen.on_conflict_do_nothing())
    resolve_about(session, [TaskKind.FEED_SILENT], office_id, now=now)


def feed_of(session: Session, office_id: UUID, *, today: date, usual: int) -> Freshness:
    """How fresh the office's feed is on `today`, by its own limit of silence or the `usual` one."""
    last = session.scalar(select(func.max(Heartbeat.seen_on)).where(Heartbeat.office_id == office_id))
    limit = session.get_one(Office, office_id).stale_after_days or usual
    return freshness(last, today=today, limit=limit)
