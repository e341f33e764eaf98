"""Victims' pages over HTTP: the way in, what is shown, and the ways out."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from casestatus.access.closing import close_access
from casestatus.database import Clock
from casestatus.victims.models import Victim
from tests.factories import NUMBER, World
from tests.web.visiting import enter, form_token

UNKNOWN = "CI-FICUH/CUH-2/UI-2 C/D/99999/04-2026"


def test_a_number_and_a_pin_open_the_case(web: TestClient, world: World) -> None:
    world.push("u1", "CI06")
    answer = enter(web, world.admit().pin)
    assert (answer.status_code, answer.headers["location"]) == (303, "/caso")
    page = web.get("/caso")
    assert page.status_code == 200
    assert "En pausa por falta de datos" in page.text


@pytest.mark.parametrize("number", ["ci-ficuh/cuh-2/ui-2 c-d/00123/04-2026", "ficuh cuh–2 ui—2 123 04 2026"])
def test_the_number_may_be_typed_as_people_do(web: TestClient, world: World, number: str) -> None:
    world.push("u1", "CI01")
    assert enter(web, world.admit().pin, number).status_code == 303


def test_folio_and_backup_key_open_the_case_too(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    access = world.admit()
    assert enter(web, access.backup_key, access.folio).status_code == 303


def test_every_wrong_try_gets_one_and_the_same_answer(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    closed, other = world.admit(), world.admit(contacts=[])
    with world.database.writing() as session:
        close_access(session, session.get_one(Victim, closed.victim_id), now=world.database.now())
    answers = [
        enter(web, other.backup_key.replace(other.backup_key[0], "9" if other.backup_key[0] != "9" else "8")),
        enter(web, other.backup_key, UNKNOWN),
        enter(web, closed.backup_key),
    ]
    bodies = [answer.text.replace(UNKNOWN, NUMBER).replace(form_token(answer.text), "token") for answer in answers]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert len(set(bodies)) == 1
    assert len({tuple(sorted({*answer.headers} - {"x-request-id"})) for answer in answers}) == 1
    assert "No pudimos abrir con esos datos." in bodies[0]


def test_a_mistyped_pin_is_pointed_out_and_never_sent_back(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    answer = enter(web, "12345678900")
    assert answer.status_code == 422
    assert "<title>Revisa: Entrar</title>" in answer.text
    assert "este intento no cuenta" in answer.text
    assert "12345678900" not in answer.text
    assert NUMBER in answer.text


def test_empty_fields_are_asked_for(web: TestClient, world: World) -> None:
    answer = enter(web, " ", "")
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2


def test_too_many_tries_have_to_wait_and_the_backup_key_opens_all_the_same(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    access = world.admit()
    wrong = f"{(int(access.pin[:-1]) + 1) % 10**10:010d}"
    answers = [enter(web, wrong + digit).status_code for digit in "0123456789" for _ in range(6)]
    assert set(answers) == {401, 422, 429}
    waiting = enter(web, access.pin)
    assert waiting.status_code == 429
    assert 1 <= int(waiting.headers["retry-after"]) <= 30
    assert "Espera un poco" in waiting.text
    assert enter(web, access.backup_key).status_code == 303


def test_without_a_session_the_door_is_shown(web: TestClient) -> None:
    for path in ("/caso", "/caso/historia", "/caso/avisos", "/caso/contactos"):
        answer = web.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/entrar")


def test_a_session_that_was_not_used_ends_and_says_so(web: TestClient, world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    enter(web, world.admit().pin)
    clock.advance(timedelta(minutes=9))
    assert web.get("/caso").status_code == 200
    clock.advance(timedelta(minutes=9))
    assert web.get("/caso").status_code == 200
    clock.advance(timedelta(minutes=11))
    answer = web.get("/caso")
    assert answer.headers["location"] == "/entrar?sesion=terminada"
    assert "Tu sesión terminó" in web.get("/entrar?sesion=terminada").text


def test_on_a_shared_device_it_ends_after_five_minutes(web: TestClient, world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    enter(web, world.admit().pin, shared_device="yes")
    clock.advance(timedelta(minutes=6))
    assert web.get("/caso").status_code == 303


def test_signing_out_ends_the_session_for_good(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    enter(web, world.admit().pin)
    stolen = dict(web.cookies)
    answer = web.post("/salir", data={"csrf_token": form_token(web.get("/caso").text)})
    assert answer.headers["location"] == "/salir"
    assert answer.headers["clear-site-data"] == '"storage"'
    assert "Cerraste tu sesión" in web.get("/salir").text
    web.cookies.update(stolen)
    assert web.get("/caso").status_code == 303


def test_the_exit_ends_the_session_and_leads_to_the_weather(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    enter(web, world.admit().pin)
    stolen = dict(web.cookies)
    answer = web.get("/salir-ya")
    assert answer.status_code == 303
    assert "clima" in answer.headers["location"]
    assert answer.headers["clear-site-data"] == '"cookies", "storage"'
    web.cookies.update(stolen)
    assert web.get("/caso").status_code == 303


def test_a_new_sign_in_ends_the_one_before_in_this_browser(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    pin = world.admit().pin
    enter(web, pin)
    before = dict(web.cookies)
    enter(web, pin)
    assert web.get("/caso").status_code == 200
    web.cookies.clear()
    web.cookies.update(before)
    assert web.get("/caso").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_can_t_send_our_forms(web: TestClient, world: World, headers: dict[str, str]) -> None:
    world.push("u1", "CI01")
    token = form_token(web.get("/entrar").text)
    form = {"csrf_token": token, "case_number": NUMBER, "pin": world.admit().pin}
    answer = web.post("/entrar", data=form, headers=headers)
    assert answer.status_code == 403
    assert web.get("/caso").status_code == 303


def test_a_form_without_this_browser_s_token_is_refused(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    form = {"case_number": NUMBER, "pin": world.admit().pin}
    assert web.post("/entrar", data=form).status_code == 403
    web.get("/entrar")
    assert web.post("/entrar", data=form | {"csrf_token": "somebody-else-s"}).status_code == 403


def test_our_own_forms_come_from_here(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    token = form_token(web.get("/entrar").text)
    form = {"csrf_token": token, "case_number": NUMBER, "pin": world.admit().pin}
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "https://consulta.example"}
    assert web.post("/entrar", data=form, headers=own).status_code == 303


def test_cookies_are_bound_to_this_host_and_closed_to_scripts(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    for given in (web.get("/entrar").headers["set-cookie"], enter(web, world.admit().pin).headers["set-cookie"]):
        assert given.startswith("__Host-")
        for rule in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
            assert rule in given
        assert "expires" not in given.lower()


def test_the_language_that_she_chose_stays(web: TestClient) -> None:
    answer = web.get("/idioma/en?volver=/entrar")
    assert (answer.status_code, answer.headers["location"]) == (303, "/entrar")
    assert "Sign in with your number and PIN" in web.get("/entrar", headers={"Accept-Language": "es"}).text


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"]
)
def test_the_choice_of_language_leads_nowhere_else(web: TestClient, elsewhere: str) -> None:
    assert web.get("/idioma/en", params={"volver": elsewhere}).headers["location"] == "/"


def test_a_language_that_we_don_t_speak_is_no_page(web: TestClient) -> None:
    assert web.get("/idioma/fr").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/ayuda",
        "/ayuda/seguridad",
        "/seguridad",
        "/ayuda/mensajes",
        "/privacidad",
        "/accesibilidad",
        "/perdi-mi-pin",
    ],
)
def test_everybody_may_read_the_help(web: TestClient, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert web.head(path).status_code == 200


def test_the_first_page_leads_back_to_the_case_while_she_is_signed_in(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    assert 'href="/entrar"' in web.get("/").text
    enter(web, world.admit().pin)
    assert "Volver a mi resumen" in web.get("/").text


def test_her_institution_is_named_after_sign_in_but_not_in_a_high_tier(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    enter(web, world.admit().pin)
    assert "Fiscalía de prueba" in web.get("/caso").text
    enter(web, world.admit(risk_tier="high").pin)
    assert "Fiscalía de prueba" not in web.get("/caso").text


def test_history_and_messages_show_what_was_pushed(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    pin = world.admit().pin
    world.push("u2", "CI06")
    enter(web, pin)
    history = web.get("/caso/historia").text
    assert history.index("En pausa por falta de datos") < history.index("Investigación inicial")
    assert "SMS, termina en 78" in web.get("/caso/avisos").text


def test_a_page_that_does_not_exist_is_answered_as_a_page(web: TestClient) -> None:
    answer = web.get("/caso/otra")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "No encontramos esa página" in answer.text


def test_what_fails_on_our_side_is_answered_without_database_or_template(web: TestClient, world: World) -> None:
    with world.database.writing() as session:
        session.execute(text("ALTER TABLE institution RENAME TO gone"))
    answer = web.get("/entrar")
    assert answer.status_code == 500
    assert "Algo falló de nuestro lado" in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("path", ["/", "/ayuda", "/seguridad", "/perdi-mi-pin", "/nothing-here"])
def test_a_page_without_a_form_leaves_no_cookie_behind(web: TestClient, path: str) -> None:
    assert "set-cookie" not in web.get(path).headers
