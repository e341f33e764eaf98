"""Closing a victim's access: from then on its PIN, key and folio answer like any wrong ones."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.access.victim_sessions import end_sessions
from casestatus.errors import NotFound
from casestatus.victims.models import Victim


def close_access(session: Session, victim: Victim, *, now: datetime) -> None:
    """Closes the access at once and ends its sessions; one that is closed stays closed since then."""
    victim.closed_at = victim.closed_at or now
    end_sessions(session, victim.id)


def end_representation(session: Session, victim_id: UUID, other_id: UUID, *, now: datetime) -> None:
    """She ends the access of somebody who represents her. Raises NotFound for anybody else's."""
    other = session.scalars(select(Victim).where(Victim.id == other_id).with_for_update(key_share=True)).one_or_none()
    if other is None or other.represents_id != victim_id or other.closed_at is not None:
        raise NotFound
    close_access(session, other, now=now)
