"""What was counted goes 24 months after its month was closed; a mark stays, so that nothing counts a second time."""

from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from casestatus.statistics.counting import mark_of
from casestatus.statistics.cutting import KEPT_FOR
from casestatus.statistics.models import CountedOnce, FrozenMonth, StatisticsEvent
from casestatus.statistics.periods import first_day

ROWS_AT_ONCE = 2_000


def are_old_counts(session: Session, *, now: datetime) -> bool:
    """Whether anything is due to be deleted."""
    return session.scalar(_old(session, now=now).with_only_columns(StatisticsEvent.id).limit(1)) is not None


def delete_old_counts(session: Session, *, now: datetime, limit: int = ROWS_AT_ONCE) -> int:
    """Delete up to `limit` rows of months closed at least 24 months ago, leaving their marks. Returns how many went."""
    rows = session.scalars(_old(session, now=now).limit(limit)).all()
    if not rows:
        return 0
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    marks = [{"mark": mark_of(row.lineage_key, row.kind, row.stage)} for row in rows]
    session.execute(dialect.insert(CountedOnce).on_conflict_do_nothing(), marks)
    session.execute(delete(StatisticsEvent).where(StatisticsEvent.id.in_([row.id for row in rows])))
    return len(rows)


def _old(session: Session, *, now: datetime) -> Select[StatisticsEvent]:
    """What was counted in months that were closed so long ago."""
    closed = select(FrozenMonth.month).where(FrozenMonth.edition == 1, FrozenMonth.frozen_at <= now - KEPT_FOR)
    months = [first_day(month) for month in session.scalars(closed)]
    return select(StatisticsEvent).where(StatisticsEvent.month.in_(months))
