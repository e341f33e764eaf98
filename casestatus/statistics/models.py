"""What may be counted, set aside event by event; the protected draws that come from it; and what they cost."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casestatus.database import Base, new_id


class CountKind(StrEnum):
    """A new case, the first entry into a statistical stage, or the first exit from one."""

    NEW = "new"
    ENTRY = "entry"
    EXIT = "exit"


class StatisticsEvent(Base):
    """One count of one lineage, in the month (its first day) of receipt. The keyed hash outlives the case."""

    __tablename__ = "statistics_event"
    __table_args__ = (
        UniqueConstraint("lineage_key", "kind", "stage"),
        Index("ix_statistics_event_month", "month", "kind"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    lineage_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    kind: Mapped[CountKind]
    stage: Mapped[str] = mapped_column(String(30))
    month: Mapped[date]
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    crime: Mapped[str] = mapped_column(String(120))
    outcome: Mapped[str | None] = mapped_column(String(40))
    duration_bin: Mapped[str | None] = mapped_column(String(10))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("timeline_event.id"), index=True)


class CountCorrection(Base):
    """How edition 2 of a month counts what edition 1 counted wrong: not at all, or with what stands here in the place
    of what was counted (correcting.py). Its office said `taken_back`, by a correction; the officers `left_out`.
    """

    __tablename__ = "count_correction"
    count_id: Mapped[UUID] = mapped_column(ForeignKey("statistics_event.id", ondelete="CASCADE"), primary_key=True)
    left_out: Mapped[bool]
    taken_back: Mapped[bool]
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"))
    outcome: Mapped[str | None] = mapped_column(String(40))
    duration_bin: Mapped[str | None] = mapped_column(String(10))


class Recount(Base):
    """That officers had something of a month counted otherwise, and why; deleted with the counts (retaining.py).

    `office_id`: all of that office was wrong; None: updates that a file named. `into_id`: where it counts; None:
    nowhere.
    """

    __tablename__ = "recount"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    month: Mapped[str] = mapped_column(String(7))
    institution_id: Mapped[UUID] = mapped_column(ForeignKey("institution.id"))
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"))
    into_id: Mapped[UUID | None] = mapped_column(ForeignKey("office.id"))
    reason: Mapped[str] = mapped_column(String(500))
    decided_at: Mapped[datetime]
    signed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))


class CountedOnce(Base):
    """That a lineage never counts there (again): what is left of a `statistics_event` that was deleted, and what a
    historical load told. A hash over its already keyed lineage: it tells nobody of what, when or where.
    """

    __tablename__ = "counted_once"
    mark: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class NumberLineage(Base):
    """The lineage that a number belongs to, by a keyed hash of the number, for as long as statistics are kept: the case
    itself may be gone. `told_by` is the event that told a case to go on under it; None for a case's own number.
    """

    __tablename__ = "number_lineage"
    mark: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    lineage: Mapped[UUID]
    told_by: Mapped[UUID | None] = mapped_column(index=True)


class OfficeMerge(Base):
    """A small office is published under another from the next closed month on; decided on public numbers only."""

    __tablename__ = "office_merge"
    __table_args__ = (CheckConstraint("office_id <> into_id", name="into_another"),)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"), primary_key=True)
    into_id: Mapped[UUID] = mapped_column(ForeignKey("office.id"))
    reason: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime]
    signed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))


class CodeListVersion(Base):
    """The code lists of one or more months as they were published, by the digest of their text."""

    __tablename__ = "code_list"
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class ReleaseMade(Base):
    """A release: what was cut, when, by whom; and that it was withdrawn. `number` is its place in the chain."""

    __tablename__ = "release"
    __table_args__ = (CheckConstraint("(withdrawn_at IS NULL) = (reason IS NULL)", name="withdrawn_with_reason"),)
    name: Mapped[str] = mapped_column(String(12), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    cut_at: Mapped[datetime]
    cut_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    withdrawal_confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    reason: Mapped[str | None] = mapped_column(String(500))


class FrozenMonth(Base):
    """A month whose input was frozen for an edition. `input_digest` is keyed and never leaves this table: it would
    confirm guesses. It is None for what was taken up again from published files.
    """

    __tablename__ = "frozen_month"
    __table_args__ = (CheckConstraint("edition IN (1, 2)", name="edition_known"),)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    release_name: Mapped[str] = mapped_column(ForeignKey("release.name"))
    code_list: Mapped[bytes] = mapped_column(ForeignKey("code_list.digest"))
    input_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    frozen_at: Mapped[datetime]


class StoredDraw(Base):
    """All cells of a (table, period, edition), drawn once, in the order of the table's domain: one row, so that half a
    draw can't be. `coverage` is in tenths by office, in the order of the code list; None where the table has no office.
    """

    __tablename__ = "release_draw"
    __table_args__ = (
        CheckConstraint("edition IN (1, 2)", name="edition_known"),
        Index("ix_release_draw_release_name", "release_name"),
    )
    table: Mapped[str] = mapped_column("table_name", String(3), primary_key=True)
    period: Mapped[str] = mapped_column(String(7), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    release_name: Mapped[str] = mapped_column(ForeignKey("release.name"))
    code_list: Mapped[bytes] = mapped_column(ForeignKey("code_list.digest"))
    sigma: Mapped[int]
    measured: Mapped[list[int]] = mapped_column(JSON)
    counts: Mapped[list[int]] = mapped_column(JSON)
    coverage: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))


class LedgerEntry(Base):
    """What a draw cost: rho = events / (2 sigma²). Stored with the draw, never changed or deleted."""

    __tablename__ = "privacy_ledger"
    __table_args__ = (CheckConstraint("events > 0 AND sigma > 0", name="costs_something"),)
    table: Mapped[str] = mapped_column("table_name", String(3), primary_key=True)
    period: Mapped[str] = mapped_column(String(7), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    events: Mapped[int]
    sigma: Mapped[int]
    spent_at: Mapped[datetime]
