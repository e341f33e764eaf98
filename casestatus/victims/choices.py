"""What a victim chose to be told of, beside what the office publishes."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casestatus.victims.models import Victim


def wants_stall_alerts(session: Session, victim_id: UUID) -> bool:
    """Whether she wants a notice when a line of hers stands still."""
    return session.scalars(select(Victim.stall_alerts).where(Victim.id == victim_id)).one()


def choose_stall_alerts(session: Session, victim_id: UUID, *, wanted: bool) -> None:
    """Keep her choice."""
    session.execute(update(Victim).where(Victim.id == victim_id).values(stall_alerts=wanted))
