"""Moments of the chain of releases: whole seconds, each later than the one before, whatever the clock says."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casestatus.statistics.models import ReleaseMade


def next_moment(session: Session, now: datetime) -> datetime:
    """`now`, or the second after the newest cut or withdrawal: clocks go back, and two commands may share a second."""
    newest = session.execute(select(func.max(ReleaseMade.cut_at), func.max(ReleaseMade.withdrawn_at))).one()
    earliest: list[datetime] = [moment + timedelta(seconds=1) for moment in newest if moment is not None]
    return max([now.replace(microsecond=0), *earliest])
