"""Tables of cases, their numbers, proceedings and append-only timelines."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casestatus.cases.numbers import Form
from casestatus.cases.stages import Model
from casestatus.database import Base, new_id

IS_EXACT = text("form = 'exact'")


class NumberKind(StrEnum):
    """Whose number it is. A victim's own folio stands in `victim.folio_key`.

    `told`: by a move, and not yet used by the office that it is said to be of. Its id is that of the event telling it.
    """

    OFFICIAL = "official"
    TOLD = "told"
    JUDICIAL = "judicial"
    REPORT = "report"


class EventKind(StrEnum):
    """`stage` moves the proceeding; `reveal` only shows what was hidden; `formal_notice` records a legal date."""

    STAGE = "stage"
    REVEAL = "reveal"
    FORMAL_NOTICE = "formal_notice"


class Case(Base):
    """One file. `lineage` is shared by all that was once one case (report, transfer, duplicate).

    `office_id` has it, but for the lines that another office has; it changes once all of them are there.
    `moved_to_office_id` is the office that it waits for, because a line of it does.
    """

    __tablename__ = "case_file"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), index=True)
    model: Mapped[Model]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    pin_salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    moved_to_office_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"))
    lineage: Mapped[UUID] = mapped_column(index=True)
    created_at: Mapped[datetime]


class CaseNumber(Base):
    """A number that finds a case, as the office writes it, sealed."""

    __tablename__ = "case_number"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[NumberKind]
    display: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class CaseNumberKey(Base):
    """One lookup form of a number: HMAC(institution ‖ form ‖ segments). `exact` is unique, the others may collide."""

    __tablename__ = "case_number_key"
    __table_args__ = (
        Index("ix_case_number_key_key", "key"),
        Index("uq_case_number_key_exact", "key", unique=True, sqlite_where=IS_EXACT, postgresql_where=IS_EXACT),
    )
    number_id: Mapped[UUID] = mapped_column(ForeignKey("case_number.id"), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    form: Mapped[Form] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)


class Proceeding(Base):
    """One line of status: one accused × one crime. The shown columns are all that a victim may observe.

    `joined_into_id` is the case that the line goes on in, `moving_to_id` the office that has yet to accept it: both
    from what is shown. `office_id` has the line where that isn't its case's office. `ordinal` is the number that the
    office which opened it counts it by, `ordinal_elsewhere` that of an office which had a line of that number when it
    was moved there (`line_numbers.py`).
    """

    __tablename__ = "proceeding"
    __table_args__ = (
        UniqueConstraint("case_id", "opened_by_id", "ordinal"),
        CheckConstraint("ordinal BETWEEN 1 AND 999", name="ordinal_in_range"),
        CheckConstraint("(shown_stage IS NULL) = (shown_since IS NULL)", name="shown_together"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"))
    opened_by_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    ordinal: Mapped[int]
    ordinal_elsewhere: Mapped[int | None]
    crime: Mapped[str] = mapped_column(String(120))
    stage: Mapped[str] = mapped_column(String(4))
    stage_since: Mapped[date]
    shown_stage: Mapped[str | None] = mapped_column(String(4))
    shown_since: Mapped[date | None]
    shown_received_at: Mapped[datetime | None]
    first_shown_at: Mapped[datetime | None]
    joined_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    moving_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"))
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class StallThreshold(Base):
    """An office's own days for one stage, instead of the model's. The stage's code begins with its model."""

    __tablename__ = "stall_threshold"
    __table_args__ = (CheckConstraint("days BETWEEN 7 AND 3650", name="days_in_range"),)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(4), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Stall(Base):
    """A line that stood so many days where it is shown: raised once for ever, resolved when the shown line moves.

    From `tell_on` on, and while the office's feed lives, the victims who asked for it are to be told; None once they
    were, or where they aren't to be.
    """

    __tablename__ = "stall"
    __table_args__ = (
        UniqueConstraint("proceeding_id", "shown_stage", "shown_since", "days"),
        Index("ix_stall_tell_on", "tell_on"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    proceeding_id: Mapped[UUID] = mapped_column(ForeignKey("proceeding.id"))
    shown_stage: Mapped[str] = mapped_column(String(4))
    shown_since: Mapped[date]
    days: Mapped[int]
    raised_at: Mapped[datetime]
    tell_on: Mapped[date | None]
    resolved_at: Mapped[datetime | None]


class TimelineEvent(Base):
    """What we recorded of one update. Append-only, but that a reveal fills `shown_at` and `shown_on`, once."""

    __tablename__ = "timeline_event"
    __table_args__ = (
        UniqueConstraint("source_id", "source_event"),
        UniqueConstraint("proceeding_id", "sequence"),
        CheckConstraint("(shown_at IS NULL) = (shown_on IS NULL)", name="shown_together"),
        Index("ix_timeline_event_formal_notice_on", "formal_notice_on"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    proceeding_id: Mapped[UUID] = mapped_column(ForeignKey("proceeding.id"))
    sequence: Mapped[int]
    kind: Mapped[EventKind]
    stage: Mapped[str] = mapped_column(String(4))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    to_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    occurred_on: Mapped[date]
    received_at: Mapped[datetime]
    shown_on: Mapped[date | None]
    shown_at: Mapped[datetime | None]
    formal_notice_on: Mapped[date | None]
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source.id"))
    source_event: Mapped[str] = mapped_column(String(120))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    flags: Mapped[list[str]] = mapped_column(JSON)
    historical: Mapped[bool]
    created_case: Mapped[bool]
    notices_queued: Mapped[int]
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("timeline_event.id"), unique=True)
    reveals_id: Mapped[UUID | None] = mapped_column(ForeignKey("timeline_event.id"), unique=True)
