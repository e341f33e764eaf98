"""Only our own host names are answered, but for the probes of a load balancer."""

import pytest
from fastapi.testclient import TestClient

from casestatus.app import build_app
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.settings import Settings

OTHERS = [
    "attacker.example",
    "127.0.0.1:8000",
    "[::1]:8000",
    "consulta.example.attacker.example",
    "",
    "a b",
    "@consulta.example",
]


@pytest.mark.parametrize("host", [*OTHERS, "10.0.0.7"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_load_balancer_may_ask_by_address(web: TestClient, host: str, path: str) -> None:
    assert web.get(path, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", OTHERS)
def test_another_host_is_refused_in_our_form(web: TestClient, host: str) -> None:
    for path, kind, said in [
        ("/", "text/html; charset=utf-8", "Esa dirección no es la nuestra."),
        ("/api/v1/case", "application/problem+json", "host-unknown"),
        ("/healthz/../api/v1/case", "application/problem+json", "host-unknown"),
    ]:
        answer = web.get(path, headers={"Host": host})
        assert (answer.status_code, answer.headers["content-type"]) == (400, kind)
        assert said in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-request-id"] in answer.text


@pytest.mark.parametrize("host", ["consulta.example", "CONSULTA.example:443"])
def test_our_own_host_is_answered_with_any_port(web: TestClient, host: str) -> None:
    assert web.get("/", headers={"Host": host}).status_code == 200


def test_a_whole_domain_may_be_trusted(settings: Settings, database: Database, keys: KeyRing) -> None:
    app = build_app(settings.with_changes(trusted_hosts=("*.consulta.example",)), database, keys)
    with TestClient(app, base_url="https://norte.consulta.example") as web:
        assert web.get("/").status_code == 200
        assert web.get("/", headers={"Host": "norteconsulta.example"}).status_code == 400
