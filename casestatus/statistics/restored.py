"""What a lost database may have counted in months that are public: sent again, it is noted, and not counted again."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casestatus.statistics.models import FrozenMonth
from casestatus.statistics.periods import first_day, month_after


def was_perhaps_counted(session: Session, occurred_on: date) -> bool:
    """Whether it occurred before the end of the months that were taken up from published files (adopting.py)."""
    adopted = select(func.max(FrozenMonth.month)).where(FrozenMonth.edition == 1, FrozenMonth.input_digest.is_(None))
    newest: str | None = session.scalar(adopted)
    return newest is not None and occurred_on < first_day(month_after(newest))
