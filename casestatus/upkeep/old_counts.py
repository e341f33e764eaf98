"""What was counted for the statistics goes 24 months after its month was closed, some rows at a time."""

from datetime import UTC, datetime, timedelta

from casestatus.database import Database
from casestatus.statistics.retaining import ROWS_AT_ONCE, are_old_counts, delete_old_counts

LOOK_EVERY = timedelta(hours=6)


class OldCounts:
    """One worker's share; any number may run on one database. What one of them leaves, the next look finds."""

    def __init__(self, database: Database, *, rows_at_once: int = ROWS_AT_ONCE) -> None:
        self._database = database
        self._rows_at_once = rows_at_once
        self._look_at = datetime.min.replace(tzinfo=UTC)

    def once(self) -> bool:
        """Delete some of what is due; whether another step should follow."""
        now = self._database.now()
        if now < self._look_at:
            return False
        with self._database.reading() as session:  # seldom is anything due, and a look takes no write lock
            due = are_old_counts(session, now=now)
        if due:
            with self._database.writing() as session:
                delete_old_counts(session, now=now, limit=self._rows_at_once)
            return True
        self._look_at = now + LOOK_EVERY
        return False
