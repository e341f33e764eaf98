"""Issuing PINs and backup keys, and finding the victim that one of them belongs to."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, SQLColumnExpression, Uuid, bindparam, or_, select
from sqlalchemy.orm import Session

from casestatus.access.entries import Entry, draw_backup_key, draw_pin
from casestatus.crypto import KeyRing
from casestatus.settings import Limits
from casestatus.victims.models import Victim


@dataclass(frozen=True)
class CaseSecret:
    """What a PIN is stretched with: the case's id and salt, or stand-ins for a case that doesn't exist."""

    case_id: UUID
    salt: bytes = field(repr=False)


@dataclass(frozen=True)
class DrawnAccess:
    """A PIN and a backup key, to be shown once, and what is kept of them."""

    pin: str = field(repr=False)
    backup_key: str = field(repr=False)
    pin_stretched: str = field(repr=False)
    backup_stretched: str = field(repr=False)
    pepper_id: str


@dataclass(frozen=True)
class FoundVictim:
    """Whose PIN or backup key it is. The first use of either means that the letter has arrived."""

    id: UUID
    is_first_use: bool


def draw_access(
    keys: KeyRing, case: CaseSecret, *, pin_digits: int, randbelow: Callable[[int], int] = secrets.randbelow
) -> DrawnAccess:
    """A new PIN and backup key for a victim of `case`: two Argon2id runs, so call it with no transaction open."""
    pin, backup_key = draw_pin(pin_digits, randbelow), draw_backup_key(randbelow)
    pin_stretched, backup_stretched = (keys.stretch_pin(each, case.case_id, case.salt) for each in (pin, backup_key))
    return DrawnAccess(pin, backup_key, pin_stretched, backup_stretched, keys.pepper_id)


def issue_access(
    session: Session,
    keys: KeyRing,
    victim: Victim,
    drawn: DrawnAccess,
    *,
    draw_again: Callable[[], DrawnAccess],
    now: datetime,
) -> DrawnAccess:
    """Gives `drawn` to the victim, replacing what she had, and returns what to show her.

    Another victim of the case has the same one in about 10⁸ issues: then `draw_again` is asked, inside the transaction.
    """
    while _is_taken(session, keys, victim, drawn):
        drawn = draw_again()
    victim.pin_tag = keys.pin_tag(victim.case_id, drawn.pin_stretched)
    victim.backup_tag = keys.pin_tag(victim.case_id, drawn.backup_stretched)
    victim.pin_sealed = keys.seal(drawn.pin_stretched, table="victim", column="pin_sealed", id=victim.id)
    victim.backup_sealed = keys.seal(drawn.backup_stretched, table="victim", column="backup_sealed", id=victim.id)
    victim.pepper_id, victim.seal_key_id = drawn.pepper_id, keys.seal_key_id
    victim.pin_issued_at, victim.pin_first_used_at = now, None
    return drawn


Times = datetime | None


def _with_tag(tag: SQLColumnExpression[bytes | None]) -> Select[UUID, Times, Times, Times]:
    columns = select(Victim.id, Victim.closed_at, Victim.pin_issued_at, Victim.pin_first_used_at)
    of_case = Victim.case_id == bindparam("case_id", type_=Uuid())  # a foreign key's type is not known yet at import
    return columns.where(of_case, tag.in_(bindparam("tags", expanding=True)))


WITH_PIN, WITH_BACKUP_KEY = _with_tag(Victim.pin_tag), _with_tag(Victim.backup_tag)


def victim_with(
    session: Session, entry: Entry, case_id: UUID, tags: list[bytes], limits: Limits, *, now: datetime
) -> FoundVictim | None:
    """The victim of the case whose PIN or backup key has one of `tags`: one indexed read for any number of victims.

    None as well for a closed access, and for a PIN that nobody used within `pin_unused_days`.
    """
    of_case = WITH_BACKUP_KEY if entry.is_backup_key else WITH_PIN
    row = session.connection().execute(of_case, {"case_id": case_id, "tags": tags}).one_or_none()
    if row is None or (row.closed_at is not None and row.closed_at <= now):
        return None
    unused_since = row.pin_issued_at if row.pin_first_used_at is None and not entry.is_backup_key else None
    if unused_since is not None and now >= unused_since + timedelta(days=limits.pin_unused_days):
        return None
    return FoundVictim(row.id, is_first_use=row.pin_first_used_at is None)


def _is_taken(session: Session, keys: KeyRing, victim: Victim, drawn: DrawnAccess) -> bool:
    tags = [keys.pin_tag(victim.case_id, text) for text in (drawn.pin_stretched, drawn.backup_stretched)]
    same = or_(Victim.pin_tag == tags[0], Victim.backup_tag == tags[1])
    others = select(Victim.id).where(Victim.case_id == victim.case_id, same)
    return session.scalar(others.limit(1)) is not None
