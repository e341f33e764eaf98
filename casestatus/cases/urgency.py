"""What a victim may have asked to be told at any hour: the accused person goes free, or a hearing won't be when it was.

Pure. Which stages and codes set somebody free stands in the procedure files (`urgent`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from casestatus.cases.timeline import Entry, Position

SOON = timedelta(hours=24)  # a hearing further away is told in time in the hours of any day


def is_urgent(before: Position | None, after: Position | None, newly_shown: Sequence[Entry], *, now: datetime) -> bool:
    """Whether what can be seen now, and could not before, is of that kind. Both positions are what she sees."""
    return _sets_free(after, newly_shown) or _takes_a_hearing_away(before, after, now)


def _sets_free(after: Position | None, newly_shown: Sequence[Entry]) -> bool:
    """Only where the line stands by it now: what is told of its past doesn't wake anybody."""
    if after is None or after.entry not in newly_shown:
        return False
    urgent, details = after.stage.urgent, after.entry.details
    return urgent if isinstance(urgent, bool) else not urgent.isdisjoint({details.outcome, details.cause})


def _takes_a_hearing_away(before: Position | None, after: Position | None, now: datetime) -> bool:
    """One that was still to come, within a day: it was cancelled, or it is at another time."""
    was_at = before.entry.details.hearing_at if before else None
    if was_at is None or not now < was_at <= now + SOON:
        return False
    return after is None or after.entry.details.hearing_at != was_at
