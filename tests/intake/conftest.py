"""A world for intake."""

import pytest

from casestatus.crypto import KeyRing
from casestatus.database import Database
from tests.factories import World, make_world


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def world(database: Database, keys: KeyRing) -> World:
    return make_world(database, keys)
