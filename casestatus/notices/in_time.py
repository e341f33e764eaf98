"""HTTP connections that give a request away only in time. Whoever froze on the way may have lost its lease meanwhile.

The deadline is looked at before each part is sent, the last one included: a request without its end is taken by nobody.
"""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

_of_thread = threading.local()


class TooLate(Exception):
    """The moment has passed; what was to be sent wasn't, or not to its end."""


@contextmanager
def sent_before(moment: float) -> Iterator[None]:
    """While open, this thread sends nothing after that moment of the monotonic clock."""
    _of_thread.moment = moment
    try:
        yield
    finally:
        _of_thread.moment = math.inf


class _InTime(HTTPConnection):
    def send(self, data: Any) -> None:
        """Connecting may take long, so it comes before the look at the clock."""
        if self.sock is None and self.auto_open:
            self.connect()
        if time.monotonic() > getattr(_of_thread, "moment", math.inf):
            raise TooLate
        super().send(data)


class _TlsInTime(_InTime, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _InTime


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsInTime


POOLS = {"http": _Pool, "https": _TlsPool}


class InTimeAdapter(HTTPAdapter):
    """For a session of `requests`; through a proxy as well."""

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        """As usual, with our connections."""
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """As usual, with our connections."""
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager
