"""A victim at her door, with a browser or with a program."""

import re
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from tests.factories import NUMBER


def form_token(page: str) -> str:
    """The token in the first form of a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "the page has no form of ours"
    return found.group(1)


def enter(web: TestClient, pin: str, number: str = NUMBER, **fields: str) -> Response:
    """Fills in the sign-in page and sends it."""
    token = form_token(web.get("/entrar").text)
    return web.post("/entrar", data={"csrf_token": token, "case_number": number, "pin": pin} | fields)


def open_session(web: TestClient, pin: str, number: str = NUMBER) -> Response:
    return web.post("/api/v1/sessions", json={"case_number": number, "pin": pin})


@dataclass(frozen=True)
class Program:
    """A program that holds her token."""

    web: TestClient
    token: str

    def ask(self, method: str, path: str, *, language: str = "es", **content: Any) -> Response:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": language}
        return self.web.request(method, f"/api/v1{path}", headers=headers, **content)
