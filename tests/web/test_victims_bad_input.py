"""What comes to the victims' door by mistake or in bad faith."""

import pytest
from fastapi.testclient import TestClient

from tests.factories import NUMBER, World
from tests.web.visiting import enter, form_token

HOSTILE = [
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "\x00",
    "á" * 3000,
    "١٢٣٤٥٦٧٨٩٠",
    "\u202e2026",
    "../../etc/passwd",
    "{{ 70007*3 }}",
    "%(name)s %",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_gets_a_calm_answer(web: TestClient, world: World, typed: str) -> None:
    for number, pin in [(typed, "0000000000000000"), (NUMBER, typed), (typed, typed)]:
        answer = enter(web, pin, number)
        assert answer.status_code in {401, 422}
        assert "<script>alert" not in answer.text
        assert "210021" not in answer.text


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_a_program_sends_is_a_problem_with_a_name(web: TestClient, world: World, typed: str) -> None:
    answer = web.post("/api/v1/sessions", json={"case_number": typed, "pin": "0000000000000000", "institution": typed})
    assert answer.status_code in {401, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert typed not in answer.text


@pytest.mark.parametrize(
    ("content", "status"),
    [(b'{"case_number": "\xff"}', 422), (b"{", 422), (b"", 422), (b"[" * 5000, 422), (b"x" * 1_000_000, 413)],
)
def test_bodies_that_aren_t_json_are_refused(web: TestClient, content: bytes, status: int) -> None:
    answer = web.post("/api/v1/sessions", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_form_that_is_too_large_is_refused(web: TestClient) -> None:
    token = form_token(web.get("/entrar").text)
    answer = web.post("/entrar", data={"csrf_token": token, "case_number": "1" * 100_000, "pin": "1"})
    assert answer.status_code == 413


def test_a_file_in_a_field_s_place_is_refused(web: TestClient) -> None:
    token = form_token(web.get("/entrar").text)
    answer = web.post("/entrar", data={"csrf_token": token, "case_number": "1"}, files={"pin": ("pin.txt", b"1")})
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("name", ["__Host-sesion", "__Host-formulario", "idioma"])
@pytest.mark.parametrize("value", ["", "x", "%00", "a" * 4000])
def test_a_spoilt_cookie_opens_and_breaks_nothing(web: TestClient, name: str, value: str) -> None:
    headers = {"Cookie": f"{name}={value}"}
    assert web.get("/", headers=headers).status_code == 200
    assert web.get("/caso", headers=headers).status_code == 303


@pytest.mark.parametrize("contact", ["x", "0", "00000000-0000-0000-0000-000000000000"])
def test_a_contact_that_doesn_t_exist_is_no_page(web: TestClient, world: World, contact: str) -> None:
    world.push("u1", "CI01")
    enter(web, world.admit().pin)
    assert web.get(f"/caso/contactos/{contact}").status_code == 404
