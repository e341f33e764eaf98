"""Which days a time limit counts: Mexico's holidays by law, an office's own, and weekends. Pure rules."""

from collections.abc import Set
from datetime import date, timedelta
from functools import cache

SATURDAY = 5
ONE_DAY = timedelta(days=1)


@cache
def federal_holidays(year: int) -> frozenset[date]:
    """The obligatory days of rest of a year (Ley Federal del Trabajo, art. 74). Holy Week is none of them."""
    from holidays import country_holidays  # 6 MB, held by those processes only that count days

    return frozenset(country_holidays("MX", years=year))


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
