"""A staff member proves who she is: her address, her password and the code of her application, all at once.

Each try is counted under her address and committed before it is verified; each code opens once.
"""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

from passlib.exc import TokenError
from passlib.totp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.access.throttles import count_proof, keep_moment, last_moment, take_back_proof
from casestatus.crypto import KeyRing
from casestatus.crypto.pin import argon2id
from casestatus.errors import N_, Unauthorized
from casestatus.offices.models import Role, StaffMember
from casestatus.settings import Limits

DRIFT = 30  # seconds that her telephone's clock may be off


class NotProven(Unauthorized):
    """401: one of the three is wrong, or she has another role; which, nobody is told."""

    type = "not-proven"
    detail = N_("El correo, la contraseña o el código no corresponden a una persona con esa función.")


def active_members(session: Session, role: Role) -> Sequence[StaffMember]:
    """Everybody who has a role now."""
    return session.scalars(select(StaffMember).where(StaffMember.role == role, StaffMember.disabled_at.is_(None))).all()


def count_proof_try(session: Session, keys: KeyRing, email: str, limits: Limits, *, now: datetime) -> None:
    """Counts a try under this address, a member's or nobody's. Commit it before `proven`. Raises SignInThrottled."""
    count_proof(session, _subject(keys, email), limits, now=now)


def proven(
    session: Session, keys: KeyRing, *, email: str, password: str, code: str, role: Role, now: datetime
) -> StaffMember:
    """The active staff member of this role whom all three belong to, in a writing transaction: her code is used up.
    Raises NotProven.
    """
    address = _address(email)
    member = next((each for each in active_members(session, role) if each.email == address), None)
    if member is None:
        raise NotProven
    right_password = argon2id().verify(unicodedata.normalize("NFKC", password), member.password_hash)
    if not (right_password and _is_unused_code(session, keys, member, code, now)):
        raise NotProven
    take_back_proof(session, _subject(keys, email), tried_at=now)
    return member


def _address(email: str) -> str:
    return email.strip().lower()


def _subject(keys: KeyRing, email: str) -> bytes:
    return keys.lookup("throttle", "staff", _address(email))


def _is_unused_code(session: Session, keys: KeyRing, member: StaffMember, code: str, now: datetime) -> bool:
    """Whether it is a code of now, and later than the last that she used (RFC 6238 §5.2)."""
    secret = keys.unseal(member.totp, table="staff_member", column="totp", id=member.id)
    used = keys.lookup("throttle", "totp", str(member.id))
    before, totp = last_moment(session, used, now=now), TOTP(key=secret)
    last_counter = int(before.timestamp()) // totp.period if before else None
    try:
        match = totp.match(code, time=now, window=DRIFT, last_counter=last_counter)
    except TokenError:
        return False
    keep_moment(session, used, datetime.fromtimestamp(match.counter * totp.period, UTC))
    return True
