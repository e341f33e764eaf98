"""The periods of the statistics: months ("2026-10") and quarters ("2026-T3"), and the day from which one may close.

A month is named by its text everywhere but in the columns of `statistics_event`, which hold its first day. Pure.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

STATISTICAL_ZONE = ZoneInfo("America/Mexico_City")
FREEZING_DAY = 14  # of the next month: until then a superseded event may still be taken back
CLOSING_DAY = 15
KEPT_FOR = timedelta(days=730)  # what was counted, after its month was closed (retaining.py)


def month_of(moment: datetime) -> str:
    """The statistical month of a moment."""
    return f"{moment.astimezone(STATISTICAL_ZONE):%Y-%m}"


def first_day(month: str) -> date:
    """The first day of a month."""
    return date.fromisoformat(f"{month}-01")


def month_after(month: str) -> str:
    """The next month."""
    year, number = map(int, month.split("-"))
    return f"{year + 1}-01" if number == 12 else f"{year}-{number + 1:02d}"


def months_between(first: str, last: str) -> Iterator[str]:
    """The months from `first` to `last`, both included; none when `last` is earlier."""
    while first <= last:
        yield first
        first = month_after(first)


def quarter_of(month: str) -> str:
    """The quarter that a month lies in."""
    year, number = month.split("-")
    return f"{year}-T{(int(number) + 2) // 3}"


def ends_quarter(month: str) -> bool:
    """Whether a month is the last of its quarter."""
    return int(month[-2:]) % 3 == 0


def months_of(period: str) -> tuple[str, ...]:
    """The months of a period: itself, or the three of a quarter."""
    year, part = period.split("-")
    if not part.startswith("T"):
        return (period,)
    last = 3 * int(part[1:])
    return tuple(f"{year}-{number:02d}" for number in (last - 2, last - 1, last))


def may_close(month: str, now: datetime) -> bool:
    """Whether a month may close: from the 15th of the next one, in Mexico City."""
    today = now.astimezone(STATISTICAL_ZONE).date()
    return today >= closes_on(month)


def closes_on(month: str) -> date:
    """The first day on which a month may close."""
    return first_day(month_after(month)).replace(day=CLOSING_DAY)


def oldest_open_month(now: datetime) -> str:
    """The oldest month whose input may still change. A day before it may close it may no more, so that whoever writes
    and whoever counts never meet.
    """
    today = now.astimezone(STATISTICAL_ZONE).date()
    this_month = f"{today:%Y-%m}"
    return this_month if today.day >= FREEZING_DAY else month_before(this_month)


def month_before(month: str) -> str:
    """The month before."""
    year, number = map(int, month.split("-"))
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"
