"""An office's scheduled signal: to the day, alike for all its cases, never moved by an update."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from casestatus.offices.models import Heartbeat, Office


def note_heartbeat(session: Session, office_id: UUID, *, now: datetime) -> None:
    """The office's feed lives today, by its own calendar. Later signals of the day add nothing."""
    zone = ZoneInfo(session.get_one(Office, office_id).time_zone)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    seen = dialect.insert(Heartbeat).values(office_id=office_id, seen_on=now.astimezone(zone).date(), seen_at=now)
    session.execute(seen.on_conflict_do_nothing())
