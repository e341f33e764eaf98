"""What was counted goes 24 months after its month was closed, and what officers said of it; a mark stays, so that
nothing counts a second time.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casestatus.database.conflicts import insert_into
from casestatus.statistics.marks import mark_of
from casestatus.statistics.models import CountedOnce, FrozenMonth, Recount, StatisticsEvent
from casestatus.statistics.periods import KEPT_FOR, first_day

ROWS_AT_ONCE = 2_000


def are_old_counts(session: Session, *, now: datetime) -> bool:
    """Whether anything is due to be deleted."""
    months = _old_months(session, now=now)
    counts = select(StatisticsEvent.id).where(StatisticsEvent.month.in_(map(first_day, months))).limit(1)
    recounts = select(Recount.id).where(Recount.month.in_(months)).limit(1)
    return any(session.scalar(due) is not None for due in (counts, recounts))


def delete_old_counts(session: Session, *, now: datetime, limit: int = ROWS_AT_ONCE) -> int:
    """Delete up to `limit` rows of months closed at least 24 months ago, leaving their marks. Returns how many went."""
    months = _old_months(session, now=now)
    session.execute(delete(Recount).where(Recount.month.in_(months)))
    old = select(StatisticsEvent).where(StatisticsEvent.month.in_(map(first_day, months)))
    rows = session.scalars(old.limit(limit)).all()
    if not rows:
        return 0
    marks = [{"mark": mark_of(row.lineage_key, row.kind, row.stage)} for row in rows]
    session.execute(insert_into(session, CountedOnce).on_conflict_do_nothing(), marks)
    session.execute(delete(StatisticsEvent).where(StatisticsEvent.id.in_([row.id for row in rows])))
    return len(rows)


def _old_months(session: Session, *, now: datetime) -> Sequence[str]:
    """The months that were closed so long ago."""
    closed = select(FrozenMonth.month).where(FrozenMonth.edition == 1, FrozenMonth.frozen_at <= now - KEPT_FOR)
    return session.scalars(closed).all()
