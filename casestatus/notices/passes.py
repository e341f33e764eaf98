"""The sign of life of workers: each writes down now and then that it completed a pass in which nothing failed."""

from collections.abc import Collection
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from casestatus.database import Database, new_id
from casestatus.notices.models import WorkerPass

NOTED_EVERY = timedelta(seconds=5)
ALIVE = timedelta(minutes=1)  # a pass may last as long as a provider's time-out, and longer on a busy host
FORGOTTEN_AFTER = timedelta(days=1)


class SignOfLife:
    """One worker's, under an id of its own that tells nothing of its host. It lives while each of its loops goes on."""

    def __init__(self, database: Database, loops: Collection[str]) -> None:
        self._database = database
        self._worker_id = new_id()
        self._noted_at: datetime | None = None
        self._loops = frozenset(loops)
        self._passed: set[str] = set()
        self._one_at_a_time = Lock()

    def note(self, loop: str) -> None:
        """This loop completed a pass just now."""
        with self._one_at_a_time:
            self._passed.add(loop)
            now = self._database.now()
            lately = self._noted_at is not None and self._noted_at <= now < self._noted_at + NOTED_EVERY
            if lately or self._passed != self._loops:
                return
            with self._database.writing() as session:
                self._write(session, now)
            self._noted_at = now
            self._passed.clear()

    def _write(self, session: Session, now: datetime) -> None:
        known = update(WorkerPass).where(WorkerPass.worker_id == self._worker_id).values(at=now)
        if session.scalar(known.returning(WorkerPass.worker_id)) is None:
            session.execute(delete(WorkerPass).where(WorkerPass.at < now - FORGOTTEN_AFTER))
            session.add(WorkerPass(worker_id=self._worker_id, at=now))


def last_pass(session: Session) -> datetime | None:
    """When any worker last completed a pass; None when none ever did."""
    return session.scalar(select(func.max(WorkerPass.at)))


def workers_alive(session: Session, now: datetime) -> int:
    """How many workers completed a pass in the last minute."""
    return session.scalars(select(func.count()).select_from(WorkerPass).where(WorkerPass.at > now - ALIVE)).one()
