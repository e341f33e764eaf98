"""Tables of tries, sessions and one-time codes."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from casestatus.database import Base, new_id


class CodePurpose(StrEnum):
    """A one-time code serves one purpose only."""

    CONFIRM_CONTACT = "confirm_contact"


class Throttle(Base):
    """The tries under one keyed subject (a number, a case), or the lock of an address. Decays with time only."""

    __tablename__ = "throttle"
    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    tries: Mapped[list[int]] = mapped_column(JSON)  # moments, microseconds since 1970, oldest first
    last_try_at: Mapped[datetime]


class LoginTry(Base):
    """A sign-in that failed, or may yet, under keyed hashes only; kept for the address's counters."""

    __tablename__ = "login_try"
    __table_args__ = (
        Index("ix_login_try_address", "address_key", "tried_at"),
        Index("ix_login_try_network", "network_key", "tried_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    address_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    network_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    number_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    tried_at: Mapped[datetime]
    failed: Mapped[bool]  # False while it is verified


class VictimSession(Base):
    """A victim's open session; only the SHA-256 of its token is kept."""

    __tablename__ = "victim_session"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    victim_id: Mapped[UUID] = mapped_column(ForeignKey("victim.id"), index=True)
    number_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_number.id"))
    shared_device: Mapped[bool]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class OneTimeCode(Base):
    """A code sent to a contact; only its keyed hash is kept."""

    __tablename__ = "one_time_code"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    victim_id: Mapped[UUID] = mapped_column(ForeignKey("victim.id"), index=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    purpose: Mapped[CodePurpose]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    tries: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
