"""A world for intake."""

import pytest

from casestatus.crypto import KeyRing
from casestatus.database import Database
from tests.factories import World, make_world
from tests.light import light_pins  # noqa: F401 - for every test of this room


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def world(database: Database, keys: KeyRing) -> World:
    return make_world(database, keys)
