"""The small country's open data: its newest closed months, cut and published as an officer would."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from importlib.util import find_spec

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.offices.models import Heartbeat, Office
from casestatus.settings import Settings
from casestatus.statistics.cutting import cut_months
from casestatus.statistics.periods import first_day, may_close, month_before, month_of
from casestatus.statistics.publishing.publish import publish, publisher_of

MONTHS = 6  # at least one whole quarter; each further month keeps whoever waits for the demo for half a second
MONTHS_OF_FEW_CASES = 3
FEW = 1000  # cases, below which more months would be noise only
AT_NOON = time(18, tzinfo=UTC)


def began(now: datetime, *, cases: int) -> datetime:
    """When the offices joined the service: the oldest of the months that are published begins."""
    month = month_before(month_of(now))
    if not may_close(month, now):
        month = month_before(month)
    for _ in range((MONTHS if cases >= FEW else MONTHS_OF_FEW_CASES) - 1):
        month = month_before(month)
    return datetime.combine(first_day(month), AT_NOON)


def give_signs_of_life(session: Session, since: date, *, now: datetime) -> None:
    """The heartbeats of all days since then, before today. Some offices' systems rest at times, as in life."""
    offices = session.scalars(select(Office.id).order_by(Office.code)).all()
    seen = [
        {"office_id": office_id, "seen_on": day, "seen_at": datetime.combine(day, AT_NOON)}
        for number, office_id in enumerate(offices)
        for day in _days_seen(number, since, now.date())
    ]
    session.execute(insert(Heartbeat), seen)


def _days_seen(number: int, first: date, today: date) -> Iterator[date]:
    """Every third office misses some days."""
    for after in range((today - first).days):
        if number % 3 != 2 or (after + number) % 11:
            yield first + timedelta(days=after)


def cut_country(session: Session, keys: KeyRing, *, now: datetime) -> None:
    """Draw every closed month in one release, where what draws is installed (the extra `opendata`)."""
    if find_spec("opendp") is not None:
        cut_months(session, keys=keys, now=now)


def publish_country(database: Database, keys: KeyRing, settings: Settings) -> Sequence[str]:
    """Write the files of what was cut and isn't in the folder yet."""
    if find_spec("altair") is None:
        return []
    with database.reading() as session:
        return publish(settings.releases, session, keys, publisher_of(settings))
