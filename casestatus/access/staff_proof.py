"""A staff member proves who she is: her address, her password and the code of her application, all at once."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from passlib.exc import TokenError
from passlib.totp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.crypto.pin import ARGON2ID
from casestatus.errors import N_, Unauthorized
from casestatus.offices.models import Role, StaffMember

DRIFT = 30  # seconds that her telephone's clock may be off


class NotProven(Unauthorized):
    """401: one of the three is wrong, or she has another role; which, nobody is told."""

    type = "not-proven"
    detail = N_("El correo, la contraseña o el código no corresponden a una persona con esa función.")


def active_members(session: Session, role: Role) -> Sequence[StaffMember]:
    """Everybody who has a role now."""
    return session.scalars(select(StaffMember).where(StaffMember.role == role, StaffMember.disabled_at.is_(None))).all()


def proven(
    session: Session, keys: KeyRing, *, email: str, password: str, code: str, role: Role, now: datetime
) -> StaffMember:
    """The active staff member of this role whom all three belong to. Raises NotProven."""
    address = email.strip().lower()
    member = next((each for each in active_members(session, role) if each.email == address), None)
    if member is None:
        raise NotProven
    right_password = ARGON2ID.verify(unicodedata.normalize("NFKC", password), member.password_hash)
    if not (right_password and _is_code(keys, member, code, now)):
        raise NotProven
    return member


def _is_code(keys: KeyRing, member: StaffMember, code: str, now: datetime) -> bool:
    secret = keys.unseal(member.totp, table="staff_member", column="totp", id=member.id)
    try:
        TOTP(key=secret).match(code, time=now, window=DRIFT)
    except TokenError:
        return False
    return True
