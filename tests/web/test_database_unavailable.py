"""While the database can't be reached, everybody is told to come back, and systems know that they may send again."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from casestatus.app import build_app
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.settings import Settings

PUBLIC_URL = "https://consulta.example"


@pytest.fixture
def web(tmp_path: Path, keys: KeyRing) -> TestClient:
    """A web process whose database is gone."""
    database = Database(f"sqlite:///{tmp_path}/gone/casestatus.db")
    app = build_app(Settings(public_url=PUBLIC_URL), database, keys)
    return TestClient(app, base_url=PUBLIC_URL, raise_server_exceptions=False)


def test_a_system_is_answered_503_and_when_to_send_again(web: TestClient) -> None:
    answer = web.get("/api/v1/case", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["type"]) == (503, "database-unavailable")
    assert int(answer.headers["retry-after"]) > 0


def test_a_person_is_shown_a_page_and_its_exit(web: TestClient) -> None:
    answer = web.get("/entrar")
    assert answer.status_code == 503
    assert "/salir-ya" in answer.text


def test_operators_see_that_it_is_alive_but_not_ready(web: TestClient) -> None:
    assert web.get("/healthz").status_code == 200
    assert (web.get("/readyz").status_code, web.get("/readyz").json()["database"]) == (503, "unreachable")
