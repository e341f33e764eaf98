"""Which days a time limit counts: Mexico's holidays by law, an office's own, and weekends. Pure rules."""

from collections.abc import Set
from datetime import date, timedelta
from functools import cache

SATURDAY = 5
ONE_DAY = timedelta(days=1)
NEW_YEAR, LABOUR, INDEPENDENCE, CHRISTMAS = (1, 1), (5, 1), (9, 16), (12, 25)
MOVED_TO_MONDAY = ((2, 1), (3, 3), (11, 3))  # month, and which Monday of it
OCTOBER_SINCE = 2024  # a new president took office on 1 December before


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """The obligatory days of rest of a year since 2006 (Ley Federal del Trabajo, art. 74). Holy Week is none of them.

    A test holds it against the `holidays` library, which loads every country of the world (13 MB) to tell one's days.
    """
    fixed = {date(year, month, day) for month, day in (NEW_YEAR, LABOUR, INDEPENDENCE, CHRISTMAS)}
    moved = {_monday(year, month, which) for month, which in MOVED_TO_MONDAY}
    handover = {date(year, 10 if year >= OCTOBER_SINCE else 12, 1)} if year % 6 == 2 else set()
    return frozenset(fixed | moved | handover)


def _monday(year: int, month: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7 + 7 * (which - 1))


def is_business_day(day: date, own_days: Set[date]) -> bool:
    """Whether `day` counts (CNPP 94): no weekend, no holiday by law, none of the office's own days."""
    return day.weekday() < SATURDAY and day not in own_days and day not in federal_holidays(day.year)


def business_days_after(day: date, count: int, own_days: Set[date]) -> date:
    """The `count`-th business day after `day`, which itself never counts."""
    for _ in range(count):
        day += ONE_DAY
        while not is_business_day(day, own_days):
            day += ONE_DAY
    return day
