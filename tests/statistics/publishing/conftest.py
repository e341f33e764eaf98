import os
from pathlib import Path

import pytest

from casestatus.crypto import KeyRing
from casestatus.statistics.publishing.catalogue import Publisher
from casestatus.statistics.publishing.publish import publish_from
from tests.statistics.publishing.synthetic import Plain

MONTHS = 24 if os.environ.get("ENDURANCE") else 3
PUBLISHER = Publisher(name="Fiscalía de prueba", contact="datos@fiscalia.example", url="https://datos.example/estado")


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


def content_of(folder: Path) -> dict[str, bytes]:
    """Every file by its path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, keys: KeyRing) -> Path:
    """The months cut one by one; nobody writes into it."""
    folder = tmp_path_factory.mktemp("releases")
    for months in range(1, MONTHS + 1):
        publish_from(Plain(months), folder, keys, PUBLISHER)
    return folder
