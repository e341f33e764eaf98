"""Tables of institutions, offices, the people and systems that work for them, and what they have to do."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casestatus.database import Base, new_id

IS_OPEN = text("resolved_at IS NULL")


class Role(StrEnum):
    """What a staff member may do (design.md §2)."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    TRANSPARENCY = "transparency"
    ADMIN = "admin"


class SourceKind(StrEnum):
    """Where updates come from: an office's own system, or files that a person imports."""

    CLIENT = "client"
    IMPORT = "import"


class TaskKind(StrEnum):
    """What only a person at the office can do."""

    UNREACHABLE = "unreachable"
    UNPROVEN = "unproven"
    CRIME_UNKNOWN = "crime_unknown"
    NUMBER_TAKEN = "number_taken"
    MOVE_WAITING = "move_waiting"
    REPORTED = "reported"
    STALLED = "stalled"
    CONTACT_UNSAFE = "contact_unsafe"
    CONTACT_REPLACED = "contact_replaced"
    FORMAL_NOTICE_UNSAID = "formal_notice_unsaid"
    FEED_SILENT = "feed_silent"


class Institution(Base):
    """A Fiscalía or Procuraduría; case numbers are unique inside one."""

    __tablename__ = "institution"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]


class Office(Base):
    """A unit of an institution that owns cases."""

    __tablename__ = "office"
    __table_args__ = (
        UniqueConstraint("institution_id", "code"),
        CheckConstraint("stale_after_days BETWEEN 1 AND 365", name="stale_after_days_in_range"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(64))
    region: Mapped[str] = mapped_column(String(10), default="")
    public_phone: Mapped[str] = mapped_column(String(40), default="")
    public_hours: Mapped[str] = mapped_column(String(200), default="")
    stale_after_days: Mapped[int | None]
    created_at: Mapped[datetime]


class Heartbeat(Base):
    """A day on which an office's scheduled signal was seen. Never moved by an update."""

    __tablename__ = "heartbeat"
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    seen_on: Mapped[date] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


class StaffMember(Base):
    """A person who works for an institution; `totp` is sealed."""

    __tablename__ = "staff_member"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    institution_id: Mapped[UUID | None] = mapped_column(ForeignKey("institution.id"))
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    role: Mapped[Role]
    password_hash: Mapped[str] = mapped_column(String(200))
    totp: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Client(Base):
    """An office's own computer system. Two secrets may be valid at once, so that one can be replaced without a gap."""

    __tablename__ = "client"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    name: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[str] = mapped_column(String(200))
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    secret_expires_at: Mapped[datetime]
    next_secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    next_secret_expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class ClientOffice(Base):
    """An office that a client serves."""

    __tablename__ = "client_office"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), primary_key=True)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)


class Source(Base):
    """Where updates come from; a `source_id` is unique inside one."""

    __tablename__ = "source"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    kind: Mapped[SourceKind]
    client_id: Mapped[UUID | None] = mapped_column(ForeignKey("client.id"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]


class OfficeTask(Base):
    """Something a person at the office must do; the subjects are ids only.

    One of a `subject` lies open at a time, and one of a `dedupe_key` (the subject and what caused it) ever did.
    """

    __tablename__ = "office_task"
    __table_args__ = (
        Index("ix_office_task_open", "office_id", "kind", "resolved_at"),
        Index("ix_office_task_victim_id", "victim_id", "kind"),
        Index("uq_office_task_open_subject", "subject", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        CheckConstraint("resolved_at IS NULL OR resolved_at >= created_at", name="resolved_after_created"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[TaskKind]
    subject: Mapped[str | None] = mapped_column(String(120))
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"))
    victim_id: Mapped[UUID | None] = mapped_column(ForeignKey("victim.id"))
    notice_id: Mapped[UUID | None] = mapped_column(ForeignKey("notice.id"))
    proceeding_id: Mapped[UUID | None] = mapped_column(ForeignKey("proceeding.id"))
    reason: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


class OfficeHoliday(Base):
    """A day on which an office rests beside weekends and the days of rest by law: no time limit counts it."""

    __tablename__ = "office_holiday"
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))


class RightCheck(Base):
    """A lawyer of the office checked the time limit of a right. `rule` is how it read then: a new one is unchecked."""

    __tablename__ = "right_check"
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    right: Mapped[str] = mapped_column(String(60), primary_key=True)
    rule: Mapped[str] = mapped_column(String(120))
    checked_on: Mapped[date]
