"""A room with few places for Argon2id, so that a flood of sign-ins leaves the status pages alive."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from casestatus.errors import Unavailable

Result = TypeVar("Result")

RETRY_AFTER = 2  # seconds; a full queue of 16 is through in a quarter of a second


class HashingBusy(Unavailable):
    """503: more people are signing in at once than this process can verify."""

    type = "busy"


class HashingRoom:
    """`places` runs at once, a short queue before them, half of which only backup keys may use.

    The work is done by as many threads of its own: the C library keeps Argon2id's 19 MiB for each thread that ever ran
    it (asking for them anew costs half of a run), and any of forty threads may serve a request (docs/performance.md).
    """

    def __init__(self, *, places: int, queue: int) -> None:
        self._free = places
        self._queue = queue
        self._waiting = {True: 0, False: 0}  # by "has a backup key"
        self._changed = threading.Condition()
        self._threads = ThreadPoolExecutor(max(places, 1), thread_name_prefix="argon2id")

    @property
    def waiting(self) -> int:
        """How many wait for a place now."""
        return sum(self._waiting.values())

    def run(self, work: Callable[[], Result], *, backup_key: bool) -> Result:
        """What `work` returns, done in a place of this room. Raises HashingBusy at once if the queue is full."""
        with self._place(backup_key=backup_key):
            return self._threads.submit(work).result()

    @contextmanager
    def _place(self, *, backup_key: bool) -> Iterator[None]:
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
