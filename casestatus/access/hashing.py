"""A room with few places for Argon2id, so that a flood of sign-ins leaves the status pages alive."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from casestatus.errors import Unavailable

RETRY_AFTER = 2  # seconds; a full queue of 16 is through in a quarter of a second


class HashingBusy(Unavailable):
    """503: more people are signing in at once than this process can verify."""

    type = "busy"


class HashingRoom:
    """`places` runs at once, a short queue before them, half of which only backup keys may use.

    libargon2 lets go of the GIL, so the threads that serve requests do the work themselves; this only decides who may.
    """

    def __init__(self, *, places: int, queue: int) -> None:
        self._free = places
        self._queue = queue
        self._waiting = {True: 0, False: 0}  # by "has a backup key"
        self._changed = threading.Condition()

    @property
    def waiting(self) -> int:
        """How many wait for a place now."""
        return sum(self._waiting.values())

    @contextmanager
    def place(self, *, backup_key: bool) -> Iterator[None]:
        """Holds a place while the block runs. Raises HashingBusy at once if the queue is full."""
        with self._changed:
            self._wait(backup_key)
            self._free -= 1
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()

    def _wait(self, backup_key: bool) -> None:
        if self._free and not self.waiting:
            return
        if self._is_full(backup_key):
            raise HashingBusy(retry_after=RETRY_AFTER)
        self._waiting[backup_key] += 1
        try:
            self._changed.wait_for(lambda: self._free and (backup_key or not self._waiting[True]))
        finally:
            self._waiting[backup_key] -= 1
            self._changed.notify_all()  # whoever let this one go first looks again

    def _is_full(self, backup_key: bool) -> bool:
        open_to_all = self._queue - self._queue // 2
        return self.waiting >= self._queue if backup_key else self._waiting[False] >= open_to_all
