"""When a line that nothing moves counts as stalled: days on its office's calendar, since its stage is shown. Pure."""

from collections.abc import Sequence
from datetime import date

from casestatus.cases.procedure_model import Stage

SHORTEST, LONGEST = 7, 3650  # days; below a week, a line can't be said to stand still


def thresholds_passed(thresholds: Sequence[int], *, since: date, today: date) -> tuple[int, ...]:
    """Those of `thresholds` (days, ascending) that a line shown in its stage since that day has reached by `today`."""
    return tuple(days for days in thresholds if (today - since).days >= days)


def may_stand_still(stage: Stage, *, waits_for_office: bool) -> bool:
    """Nothing more comes of a line that went elsewhere, but while an office of this service has yet to accept it."""
    return waits_for_office or not stage.moved


def are_thresholds(days: Sequence[int]) -> bool:
    """Whether these are days to be alerted at: ascending, each once, from a week to ten years."""
    in_range = all(SHORTEST <= day <= LONGEST for day in days)
    return in_range and list(days) == sorted(set(days))
