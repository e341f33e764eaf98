"""Closing a victim's access: from then on its PIN, key and folio answer like any wrong ones."""

from datetime import datetime

from sqlalchemy.orm import Session

from casestatus.access.victim_sessions import end_sessions
from casestatus.victims.models import Victim


def close_access(session: Session, victim: Victim, *, now: datetime) -> None:
    """Closes the access at once and ends its sessions; one that is closed stays closed since then."""
    victim.closed_at = victim.closed_at or now
    end_sessions(session, victim.id)
