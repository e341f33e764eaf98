"""Stretching PINs and backup keys: Argon2id through passlib, with the pepper mixed in by HMAC beforehand."""

import base64
import threading
from functools import cache
from typing import Any
from uuid import UUID

from casestatus.crypto.macs import mac

# OWASP's and our own measured choice: about 30 ms and 19 MiB a run; libargon2 lets go of the GIL meanwhile.
COST = {"type": "ID", "memory_cost": 19_456, "time_cost": 2, "parallelism": 1}


_loading = threading.Lock()


def argon2id() -> Any:
    """Passlib's hash at this cost, imported where secrets are stretched: a worker does no such thing.

    By one thread at a time: `passlib.hash` finds its hashes when they are asked for, and two at once get half of one.
    """
    with _loading:
        return _loaded()


@cache
def _loaded() -> Any:
    from passlib.hash import argon2

    return argon2.using(**COST)  # type: ignore[no-untyped-call]  # stubs


class PinStretcher:
    """Runs Argon2id and knows how often: what a sign-in costs is watched in production and promised in tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs = 0

    @property
    def runs(self) -> int:
        """How many Argon2id runs this process has made for PINs and backup keys."""
        return self._runs

    def stretch(self, secret: str, case_id: UUID, *, pepper: bytes, salt: bytes) -> str:
        """Argon2id(HMAC(pepper, case id ‖ secret), salt of the case), as passlib's text.

        Neither passlib nor libpass knows Argon2's own secret parameter, hence the HMAC before it. The salt belongs to
        the case and not to the person, so that one run serves all victims of the case (security.md, "PIN").
        """
        with self._lock:
            self._runs += 1
        peppered = base64.b64encode(mac(pepper, "pin", case_id.bytes, secret))
        return str(argon2id().using(salt=salt).hash(peppered))
