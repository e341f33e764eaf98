"""When sessions were last used: noted in memory while pages are read, written by a thread of its own.

A GET never takes a write lock; docs/decisions/0007-last-seen.md says why this is safe.
"""

import threading
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.exc import SQLAlchemyError

from casestatus.access.models import VictimSession
from casestatus.database import Database
from casestatus.telemetry import Log

WRITTEN_EVERY = 15.0  # seconds; at most so much sooner may a session seem unused to another process

LATER = (
    update(VictimSession)
    .where(VictimSession.token_hash == bindparam("key"), VictimSession.last_seen_at < bindparam("at"))
    .values(last_seen_at=bindparam("at"))
)

log = Log()


class LastSeen:
    """The latest uses that this process saw and the database doesn't know yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[bytes, datetime] = {}

    def note(self, key: bytes, now: datetime) -> None:
        """The session with this token hash was used."""
        with self._lock:
            self._seen[key] = max(now, self._seen.get(key, now))

    def latest(self, key: bytes, written: datetime) -> datetime:
        """The last use that anybody knows of; `written` is what the database says."""
        return max(written, self._seen.get(key, written))

    def write(self, database: Database) -> None:
        """Writes what was noted, in one short transaction; only forward, so that processes don't undo each other."""
        with self._lock:
            noted = dict(self._seen)
        if not noted:
            return
        with database.writing() as session:
            session.connection().execute(LATER, [{"key": key, "at": at} for key, at in sorted(noted.items())])
        self._forget(noted)

    def _forget(self, written: dict[bytes, datetime]) -> None:
        with self._lock:
            self._seen = {key: at for key, at in self._seen.items() if written.get(key) != at}


def keep_writing(last_seen: LastSeen, database: Database, stop: threading.Event) -> None:
    """Writes every 15 seconds and once more when `stop` is set; for a thread beside the web process's requests."""
    while True:
        stopped = stop.wait(WRITTEN_EVERY)
        try:
            last_seen.write(database)
        except SQLAlchemyError as problem:
            log.warning("last_seen_unwritten", problem=type(problem).__name__)  # it stays noted, and is tried again
        if stopped:
            return
