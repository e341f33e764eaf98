"""Tables of victims' accesses and their contacts. No name, no birth date, no address, no narrative, ever."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from casestatus.cases.crimes import RiskTier
from casestatus.database import Base, new_id


class ContactPolicy(StrEnum):
    """What she wants: to be told, nothing for a while, or never to be contacted."""

    NOTIFY = "notify"
    PAUSED = "paused"
    DO_NOT_CONTACT = "do_not_contact"


class Channel(StrEnum):
    """How a contact is written to."""

    SMS = "sms"
    EMAIL = "email"


class Wording(StrEnum):
    """Messages that name nobody, or, when she asked for it, the institution, or that look like somebody else's."""

    NEUTRAL = "neutral"
    RECOGNISABLE = "recognisable"
    ACCOUNT = "account"
    INBOX = "inbox"
    RECORD = "record"


class Victim(Base):
    """One person's access to one case. The tags find it after one Argon2id, the sealed texts let keys be changed."""

    __tablename__ = "victim"
    __table_args__ = (
        UniqueConstraint("case_id", "pin_tag"),
        UniqueConstraint("case_id", "backup_tag"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    folio: Mapped[bytes] = mapped_column(LargeBinary)
    folio_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    language: Mapped[str] = mapped_column(String(2))
    risk_tier: Mapped[RiskTier]
    pin_tag: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    pin_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    backup_tag: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    backup_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    pepper_id: Mapped[str | None] = mapped_column(String(40))
    seal_key_id: Mapped[str | None] = mapped_column(String(40))
    pin_issued_at: Mapped[datetime | None]
    pin_first_used_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]
    contact_policy: Mapped[ContactPolicy] = mapped_column(default=ContactPolicy.NOTIFY)
    message_wording: Mapped[Wording] = mapped_column(default=Wording.NEUTRAL)
    stall_alerts: Mapped[bool] = mapped_column(default=False, server_default=false())
    urgent_alerts: Mapped[bool] = mapped_column(default=False, server_default=false())
    represents_id: Mapped[UUID | None] = mapped_column(ForeignKey("victim.id"))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class VictimProceeding(Base):
    """A line of status that a victim may see."""

    __tablename__ = "victim_proceeding"
    __table_args__ = (Index("ix_victim_proceeding_proceeding_id", "proceeding_id"),)
    victim_id: Mapped[UUID] = mapped_column(ForeignKey("victim.id"), primary_key=True)
    proceeding_id: Mapped[UUID] = mapped_column(ForeignKey("proceeding.id"), primary_key=True)
    linked_at: Mapped[datetime]


class Contact(Base):
    """A channel that the victim said is safe. Written to only once confirmed by a code."""

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("victim_id", "address_key"),
        CheckConstraint("NOT confirmed_in_person OR confirmed_at IS NOT NULL", name="in_person_is_confirmed"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    victim_id: Mapped[UUID] = mapped_column(ForeignKey("victim.id"), index=True)
    channel: Mapped[Channel]
    address: Mapped[bytes] = mapped_column(LargeBinary)
    address_key: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    ending: Mapped[str] = mapped_column(String(2))
    safe: Mapped[bool]
    hours: Mapped[str | None] = mapped_column(String(11))
    time_zone: Mapped[str] = mapped_column(String(64))
    code_word: Mapped[bytes | None] = mapped_column(LargeBinary)
    confirmed_at: Mapped[datetime | None]
    confirmed_in_person: Mapped[bool]
    usable_from: Mapped[datetime | None]  # notices wait until then, should somebody else have asked for the change
    reconfirm_by: Mapped[date | None]
    stopped_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
