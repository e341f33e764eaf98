"""Staff members: created with a password and a time-based code's secret, which is shown once."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from passlib.totp import TOTP
from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.access.passwords import hash_password
from casestatus.crypto import KeyRing
from casestatus.database import new_id
from casestatus.errors import N_, Conflict
from casestatus.offices.models import Office, Role, StaffMember


class StaffKnown(Conflict):
    """409: there is a staff member with this address."""

    type = "staff-known"
    detail = N_("Ya hay una persona con ese correo.")


@dataclass(frozen=True)
class NewStaffMember:
    """A staff member, and the secret for her code application (base32), shown once."""

    id: UUID
    totp_secret: str = field(repr=False)
    totp_uri: str = field(repr=False)


def add_staff_member(
    session: Session,
    keys: KeyRing,
    *,
    email: str,
    password: str,
    role: Role,
    office: Office | None,
    issuer: str,
    now: datetime,
) -> NewStaffMember:
    """A new staff member, of one office or (admin, transparency) of none. Raises StaffKnown, PasswordWeak.

    `issuer` is the service's name in her code application (RFC 6238 codes: SHA-1, 6 digits, 30 s, as all of them read).
    """
    address = email.strip().lower()
    password_hash = hash_password(password, email=address)
    if session.scalar(select(StaffMember.id).where(StaffMember.email == address)) is not None:
        raise StaffKnown
    staff_id, totp = new_id(), TOTP.new()
    session.add(
        StaffMember(
            id=staff_id,
            institution_id=office.institution_id if office else None,
            office_id=office.id if office else None,
            email=address,
            role=role,
            password_hash=password_hash,
            totp=keys.seal(totp.base32_key, table="staff_member", column="totp", id=staff_id),
            created_at=now,
        )
    )
    session.flush()
    return NewStaffMember(staff_id, totp.base32_key, totp.to_uri(label=address, issuer=issuer))
