"""Tables of notices owed, the attempts to deliver them, and the demo's outbox."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from casestatus.database import Base, new_id
from casestatus.victims.models import Channel


class NoticeKind(StrEnum):
    """Which words it carries (pages.md §5)."""

    CONFIRM = "confirm"
    NOTICE = "notice"
    CORRECTION = "correction"
    REMINDER = "reminder"
    STALL = "stall"
    CONTACT_CHANGED = "contact_changed"
    STOP = "stop"
    HELP = "help"


# They concern one contact: nobody else is written to instead.
TO_ONE_CONTACT = frozenset({NoticeKind.CONFIRM, NoticeKind.CONTACT_CHANGED, NoticeKind.STOP, NoticeKind.HELP})


# They tell of one line of her case, which she must still be able to see when they leave.
OF_A_LINE = frozenset({NoticeKind.NOTICE, NoticeKind.CORRECTION, NoticeKind.REMINDER, NoticeKind.STALL})


class NoticeState(StrEnum):
    """Where a notice stands; follows from its attempts."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    PROVED = "proved"
    HANDED_OVER = "handed_over"
    NO_CONTACT = "no_contact"
    NOT_WANTED = "not_wanted"
    FOR_THE_OFFICE = "for_the_office"


class AttemptState(StrEnum):
    """Where one hand-over stands. All but the first four are final and never change."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNPROVEN = "unproven"


FINAL = frozenset(AttemptState) - {
    AttemptState.PENDING,
    AttemptState.SENDING,
    AttemptState.SENT,
    AttemptState.UNCERTAIN,
}


# The code of an attempt that was cancelled though she hadn't asked for silence: its contact may not be written to, or
# nothing is left to tell.
UNCONFIRMED, NOT_NEEDED = "contact", "news"

HANDED_OVER = frozenset({AttemptState.SENT, AttemptState.DELIVERED, AttemptState.UNPROVEN})

# Handed over, and neither proved nor given up for the next rung; in these very words the partial index is used.
TO_CLIMB = "climbed_at IS NULL AND state IN ('sent', 'unproven')"


class Notice(Base):
    """A message owed to one victim. `payload` (a one-time code) is sealed, and erased when the notice ends."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_victim_id", "victim_id", "created_at"),
        Index("ix_notice_joining", "proceeding_id", "victim_id", "state"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    victim_id: Mapped[UUID] = mapped_column(ForeignKey("victim.id"))
    proceeding_id: Mapped[UUID | None] = mapped_column(ForeignKey("proceeding.id"))
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    stall_id: Mapped[UUID | None] = mapped_column(ForeignKey("stall.id"))
    kind: Mapped[NoticeKind]
    by_law: Mapped[bool]
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    state: Mapped[NoticeState]
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]


class NoticeEvent(Base):
    """A timeline event that a notice tells of; `urgent` when somebody may have asked to be told of it at any hour."""

    __tablename__ = "notice_event"
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(ForeignKey("timeline_event.id"), primary_key=True)
    urgent: Mapped[bool] = mapped_column(default=False, server_default=false())


class DeliveryAttempt(Base):
    """One hand-over of a notice to one contact on one rung of the ladder; the queue itself."""

    __tablename__ = "delivery_attempt"
    __table_args__ = (
        UniqueConstraint("notice_id", "rung"),
        Index("ix_delivery_attempt_due", "state", "channel", "due_at"),
        Index("ix_delivery_attempt_follow_up", "provider", "follow_up_at"),
        Index("ix_delivery_attempt_to_climb", "sent_at", sqlite_where=text(TO_CLIMB), postgresql_where=text(TO_CLIMB)),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), index=True)
    channel: Mapped[Channel]
    rung: Mapped[int]
    state: Mapped[AttemptState]
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    looks: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[UUID | None]
    reference: Mapped[str] = mapped_column(String(3))
    provider: Mapped[str | None] = mapped_column(String(20))
    provider_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    callback_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True, index=True)
    unsubscribe_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True, index=True)
    code: Mapped[str | None] = mapped_column(String(10))
    created_at: Mapped[datetime]
    first_try_at: Mapped[datetime | None]
    uncertain_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    follow_up_at: Mapped[datetime | None]
    climbed_at: Mapped[datetime | None]  # when the next rung was begun, or the notice left to the office


class ProviderRate(Base):
    """An account's tokens (tokens.py), one row for the whole fleet."""

    __tablename__ = "provider_rate"
    provider: Mapped[str] = mapped_column(String(20), primary_key=True)
    taken: Mapped[list[list[str | int | float]]] = mapped_column(JSON)
    held_until: Mapped[datetime | None]


class SenderBreaker(Base):
    """How one sender of an account stands (breaker.py), one row for the whole fleet."""

    __tablename__ = "sender_breaker"
    sender: Mapped[str] = mapped_column(String(20), primary_key=True)
    failures: Mapped[list[float]] = mapped_column(JSON)
    openings: Mapped[int]
    open_until: Mapped[datetime | None]
    probe_until: Mapped[datetime | None]


class WorkerPass(Base):
    """When a worker, under an id that it drew at its start, last completed a pass."""

    __tablename__ = "worker_pass"
    worker_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class ProviderReceipt(Base):
    """What a provider told us, each thing once. It names a message of theirs, never whom it concerns."""

    __tablename__ = "provider_receipt"
    __table_args__ = (
        UniqueConstraint("provider", "provider_id", "status"),
        Index("ix_provider_receipt_forget_at", "forget_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    attempt_id: Mapped[UUID | None] = mapped_column(ForeignKey("delivery_attempt.id"), index=True)
    provider: Mapped[str] = mapped_column(String(20))
    provider_id: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[datetime]
    forget_at: Mapped[datetime | None]  # when the provider is to be told (again) to delete what it received


class Constancia(Base):
    """A document that was issued: what its code and its bytes are known by, and the day. Whose it is stands nowhere."""

    __tablename__ = "constancia"
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    issued_on: Mapped[date]
    signature: Mapped[str] = mapped_column(String(400))


class OutboxMessage(Base):
    """A message of the demo, which goes to a local page and nowhere else."""

    __tablename__ = "outbox_message"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(10))
    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
