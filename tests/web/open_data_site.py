"""A folder of made-up releases and the door that serves it, without a database of cases behind the numbers."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from fastapi.testclient import TestClient

from casestatus.app import build_app
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.settings import Environment, Settings
from casestatus.statistics.portal.apart import write_pages
from casestatus.statistics.publishing.catalogue import Publisher
from casestatus.statistics.publishing.folder import mirror
from casestatus.statistics.publishing.publish import publish_from
from casestatus.web.asset_files import assets
from tests.statistics.publishing.synthetic import Synthetic

URL = "https://consulta.example"
PUBLISHER = Publisher(name="Fiscalía de prueba", contact="datos@fiscalia.example", url=URL)


def publish(source: Synthetic, folder: Path, keys: KeyRing) -> None:
    """Writes what the folder lacks of these releases."""
    publish_from(source, folder, keys, PUBLISHER)


@cache
def sample_site(base: Path, *withdrawn: str) -> tuple[Path, KeyRing]:
    """Three months of releases under `base`, made once for all tests that only read them, and the keys of them."""
    folder, keys = base / "-".join(["open-data", *withdrawn]), KeyRing.generate()
    publish(Synthetic(3, withdrawn=withdrawn), folder, keys)
    return folder, keys


def stand_apart(folder: Path, site: Path) -> Path:
    """The whole site once more, with its pages, as `release cut --out` writes it."""
    mirror(folder, site)
    write_pages(site, PUBLISHER, "Consulta", assets())
    return site


@contextmanager
def open_door(folder: Path, keys: KeyRing, unused: Path) -> Iterator[TestClient]:
    """The app over this folder. Its database is empty and never asked: the file `unused` isn't even made."""
    settings = Settings(
        environment=Environment.PRODUCTION, public_url=URL, releases=folder, releases_publisher=PUBLISHER.name
    )
    database = Database(f"sqlite:///{unused}")
    with TestClient(build_app(settings, database, keys), base_url=URL, follow_redirects=False) as client:
        yield client
    database.close()
