"""While no sender of a channel works nothing is tried; what waited as long as we try climbs to its next rung."""

from datetime import datetime, timedelta

from casestatus.database import Database
from casestatus.notices.gate import Gate
from casestatus.notices.models import AttemptState
from casestatus.notices.providers import Providers
from casestatus.notices.queue import earliest_due, never_tried_since
from casestatus.notices.settling import Settlement
from casestatus.settings import Settings
from casestatus.victims.models import Channel

AT_ONCE = 100


class Expiring:
    """Watches what waits for a sender; several may run on one database, in any number of processes."""

    def __init__(self, database: Database, settings: Settings, providers: Providers) -> None:
        self._database = database
        self._gate = Gate(settings.limits)
        self._settings = settings
        self._providers = providers

    def once(self) -> bool:
        """One pass; whether it found anything, so that another may follow at once."""
        now = self._database.now()
        before = now - timedelta(seconds=self._settings.limits.retry_longest)
        with self._database.reading() as session:
            earliest = earliest_due(session)
            waiting = [
                channel
                for channel, ways in self._providers.items()
                if earliest.get((AttemptState.PENDING, channel), now) <= before
                and not self._gate.works(session, ways, now)
            ]
        return sum(self._expire(channel, before, now) for channel in waiting) > 0

    def _expire(self, channel: Channel, before: datetime, now: datetime) -> int:
        """How many."""
        with self._database.writing() as session:
            waited = never_tried_since(session, channel, before, limit=AT_ONCE)
            settlement = Settlement(session, now=now, settings=self._settings)
            settlement.load_notices(waited)
            for attempt in waited:
                settlement.expire(attempt)
        return len(waited)
