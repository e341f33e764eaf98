import pytest

from casestatus.crypto import KeyRing
from casestatus.database import Database
from tests.statistics.crowd import Crowd, make_crowd


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def crowd(database: Database, keys: KeyRing) -> Crowd:
    return make_crowd(database, keys)
