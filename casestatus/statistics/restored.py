"""What a lost database may have counted in months that are public: sent again, it is noted, and not counted again."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from casestatus.statistics.counting import mark_of
from casestatus.statistics.models import CountedOnce, FrozenMonth
from casestatus.statistics.periods import first_day, month_after


def was_perhaps_counted(session: Session, occurred_on: date) -> bool:
    """Whether it occurred before the end of the months that were taken up from published files (adopting.py)."""
    adopted = select(func.max(FrozenMonth.month)).where(FrozenMonth.edition == 1, FrozenMonth.input_digest.is_(None))
    newest: str | None = session.scalar(adopted)
    return newest is not None and occurred_on < first_day(month_after(newest))


def note_as_counted(session: Session, rows: list[dict[str, Any]]) -> None:
    """Leave the marks of these rows of `statistics_event`, and nothing else."""
    if rows:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        marks = [{"mark": mark_of(row["lineage_key"], row["kind"], row["stage"])} for row in rows]
        session.execute(dialect.insert(CountedOnce).on_conflict_do_nothing(), marks)
