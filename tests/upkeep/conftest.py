"""A world whose clock stands at a fixed moment, and the watch that several workers share."""

from datetime import UTC, datetime, timedelta

import pytest

from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from tests.factories import World, make_world


class StoppedClock(Clock):
    """It goes on only when a test moves it, so that a page read twice is the same page."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def clock() -> Clock:
    return StoppedClock(datetime(2026, 3, 2, 18, 0, 30, tzinfo=UTC))


@pytest.fixture
def world(database: Database, keys: KeyRing) -> World:
    return make_world(database, keys)
