"""A web process over a real database, asked over HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from casestatus.access.clients import NewClient, add_client
from casestatus.access.scopes import Scope
from casestatus.app import build_app
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.offices.models import Office
from casestatus.settings import Environment, Settings
from tests.factories import World, make_world
from tests.light import light_pins  # noqa: F401 - for every test of this room

PUBLIC_URL = "https://consulta.example"


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def world(database: Database, keys: KeyRing) -> World:
    return make_world(database, keys)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        environment=Environment.PRODUCTION, database_url=database_url, public_url=PUBLIC_URL, notice_delay_minutes=0
    )


@pytest.fixture
def web(settings: Settings, database: Database, keys: KeyRing) -> Iterator[TestClient]:
    """An HTTP client of the app; what fails inside comes back as an answer, as it would from a server."""
    app = build_app(settings, database, keys)
    with TestClient(
        app, base_url=PUBLIC_URL, raise_server_exceptions=False, follow_redirects=False, client=("203.0.113.9", 50000)
    ) as client:
        yield client


@dataclass(frozen=True)
class OfficeSystem:
    """An office's own system, with its credentials."""

    web: TestClient
    client: NewClient

    def token(self, **fields: str) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": str(self.client.client_id),
            "client_secret": self.client.client_secret,
        }
        answer = self.web.post("/oauth/token", data=form | fields)
        return str(answer.json()["access_token"])

    def post(self, path: str, content: Any) -> Any:
        return self.ask(path, method="POST", json=content)

    def ask(self, path: str, *, method: str = "GET", **content: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token()}"}
        return self.web.request(method, f"/api/v1/office{path}", headers=headers, **content)


@pytest.fixture
def office_system(web: TestClient, world: World, settings: Settings) -> OfficeSystem:
    """A client of the world's office with every scope."""
    return system_of(web, world, settings)


def system_of(web: TestClient, world: World, settings: Settings) -> OfficeSystem:
    with world.database.writing() as session:
        office = session.get_one(Office, world.office_id)
        now = world.database.now()
        client = add_client(session, [office], name="JusticiaNet", scopes=Scope, limits=settings.limits, now=now)
    return OfficeSystem(web, client)
