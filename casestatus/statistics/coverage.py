"""How complete an office's feed was: days on which its scheduled heartbeat was seen, by days of the period.

It says nothing of any case: a heartbeat is sent every day alike and never moved by an update.
"""

import calendar
from collections import Counter
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casestatus.offices.models import Heartbeat
from casestatus.statistics.periods import first_day, months_of
from casestatus.statistics.rows import Code


def coverage_in_tenths(session: Session, period: str, offices: Sequence[Code], own_codes: dict[UUID, str]) -> list[int]:
    """The share for each published office, in tenths, rounded down: ten means every day. Merged ones share theirs."""
    seen: Counter[str] = Counter()
    days = 0
    for month in months_of(period):
        first, length = first_day(month), _days(month)
        days += length
        for office_id, count in _days_seen(session, first, first.replace(day=length)):
            seen[own_codes[office_id]] += count
    return [_tenths(seen, [office.code, *office.includes], days) for office in offices]


def _days_seen(session: Session, first: date, last: date) -> Sequence[tuple[UUID, int]]:
    within = Heartbeat.seen_on.between(first, last)
    counted = select(Heartbeat.office_id, func.count()).where(within).group_by(Heartbeat.office_id)
    return [(office_id, count) for office_id, count in session.execute(counted)]


def _days(month: str) -> int:
    year, number = map(int, month.split("-"))
    return calendar.monthrange(year, number)[1]


def _tenths(seen: Counter[str], parts: Sequence[str], days: int) -> int:
    return 10 * sum(seen[part] for part in parts) // (days * len(parts))
