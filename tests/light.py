"""Argon2id at its least, for rooms whose tests only need somebody to have a PIN: the real cost stays in all others."""

from collections.abc import Iterator

import pytest

from casestatus.crypto import pin

LIGHT = pin.argon2id().using(memory_cost=8, time_cost=1)


@pytest.fixture(scope="module", autouse=True)
def light_pins() -> Iterator[None]:
    """For this file's tests. No other process reads the PINs that they issue."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pin, "argon2id", lambda: LIGHT)
        yield
