"""An address says which methods it knows."""

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/", "GET, HEAD"),
        ("PUT", "/entrar", "GET, HEAD, POST"),
        ("OPTIONS", "/api/v1/sessions", "POST, DELETE"),
        ("GET", "/oauth/token", "POST"),
        ("POST", "/salir-ya", "GET"),
        ("POST", "/datos/v1/T1/latest.csv", "GET, HEAD, OPTIONS"),
        ("PATCH", "/healthz", "GET, HEAD"),
    ],
)
def test_a_method_that_isn_t_used_here_is_answered_by_those_that_are(
    web: TestClient, method: str, path: str, allowed: str
) -> None:
    answer = web.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["/", "/entrar", "/healthz", "/readyz", "/openapi.json"])
def test_what_may_be_read_without_signing_in_may_be_asked_for_by_its_head(web: TestClient, path: str) -> None:
    assert web.head(path).status_code == web.get(path).status_code == 200
