"""What may be counted, set aside event by event; the protected draws come from it and nothing else does."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
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
