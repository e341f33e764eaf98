"""How many updates a client may send in one second to one web process."""

import threading
from uuid import UUID


class Pace:
    """Counts calls per client and second. `second` is any clock's whole seconds; a new one forgets the last."""

    def __init__(self, per_second: int) -> None:
        self._limit = per_second
        self._lock = threading.Lock()
        self._second = 0
        self._calls: dict[UUID, int] = {}

    def allows(self, client_id: UUID, second: int) -> bool:
        """Whether this call is still within the limit; it counts."""
        with self._lock:
            if second != self._second:
                self._second, self._calls = second, {}
            self._calls[client_id] = self._calls.get(client_id, 0) + 1
            return self._calls[client_id] <= self._limit
