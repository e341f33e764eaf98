"""A world whose clock stands at a fixed moment, and the watch that several workers share."""

from datetime import UTC, datetime

import pytest

from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from tests.clocks import StoppedClock
from tests.factories import World, feed_lives, make_world
from tests.light import light_pins  # noqa: F401 - for every test of this room


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def clock() -> Clock:
    return StoppedClock(datetime(2026, 3, 2, 18, 0, 30, tzinfo=UTC))


@pytest.fixture
def world(database: Database, keys: KeyRing) -> World:
    world = make_world(database, keys)
    feed_lives(world)
    return world
