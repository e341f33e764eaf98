"""Victims' sessions: an opaque token in her hand, its SHA-256 in the database, short and revocable."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, or_, select
from sqlalchemy.orm import Session

from casestatus.access.last_seen import LastSeen
from casestatus.access.models import VictimSession
from casestatus.crypto import new_token, token_hash
from casestatus.database.prepared import Prepared
from casestatus.settings import Limits
from casestatus.victims.models import Victim


@dataclass(frozen=True)
class OpenedSession:
    """A new session: the token is told once, to her alone."""

    token: str = field(repr=False)
    ends_at: datetime


@dataclass(frozen=True)
class CurrentSession:
    """Who is signed in, and the number that she typed (None for a folio)."""

    victim_id: UUID
    number_id: UUID | None
    shared_device: bool
    key: bytes = field(repr=False)
    idle_ends_at: datetime
    ends_at: datetime


INSERT = insert(VictimSession)
OPEN = Prepared(
    select(
        VictimSession.victim_id,
        VictimSession.number_id,
        VictimSession.shared_device,
        VictimSession.last_seen_at,
        VictimSession.ends_at,
    )
    .join(Victim, Victim.id == VictimSession.victim_id)
    .where(
        VictimSession.token_hash == bindparam("key"),
        VictimSession.ends_at > bindparam("now"),
        or_(Victim.closed_at.is_(None), Victim.closed_at > bindparam("now")),
    )
)


def open_session(
    session: Session, victim_id: UUID, number_id: UUID | None, *, shared_device: bool, limits: Limits, now: datetime
) -> OpenedSession:
    """A new session, `session_longest` seconds long at most."""
    token, ends_at = new_token(), now + timedelta(seconds=limits.session_longest)
    opened = {
        "token_hash": token_hash(token),
        "victim_id": victim_id,
        "number_id": number_id,
        "shared_device": shared_device,
        "created_at": now,
        "last_seen_at": now,
        "ends_at": ends_at,
    }
    session.connection().execute(INSERT, opened)
    return OpenedSession(token, ends_at)


def current_session(
    session: Session, token: str, last_seen: LastSeen, limits: Limits, *, now: datetime
) -> CurrentSession | None:
    """The session that a token opens at `now`, and notes that it was used; None when it ended, however it did."""
    key = token_hash(token)
    open_ones = OPEN.rows(session, {"key": key, "now": now})
    if not open_ones:
        return None
    row = open_ones[0]
    idle = timedelta(seconds=limits.session_idle_shared if row.shared_device else limits.session_idle)
    if now >= last_seen.latest(key, row.last_seen_at) + idle:
        return None
    last_seen.note(key, now)
    return CurrentSession(row.victim_id, row.number_id, row.shared_device, key, now + idle, row.ends_at)


def end_session(session: Session, token: str) -> None:
    """Signs out; nothing happens when the session is gone already."""
    session.execute(delete(VictimSession).where(VictimSession.token_hash == token_hash(token)))


def end_sessions(session: Session, victim_id: UUID) -> None:
    """Signs a victim out everywhere."""
    session.execute(delete(VictimSession).where(VictimSession.victim_id == victim_id))
