"""She chooses to be told when nothing moves, or at any hour of what is urgent, and only she can."""

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from casestatus.access.models import LoginTry
from casestatus.intake.registration import GivenAccess
from casestatus.victims.choices import choices_of
from tests.access.knocking import other_pin
from tests.factories import World
from tests.web.visiting import enter, form_token, open_session

CHOSEN = 'name="stall_alerts" value="yes" checked'


@pytest.fixture
def access(web: TestClient, world: World) -> GivenAccess:
    """A victim who is signed in."""
    world.push("u1", "CI01")
    given = world.admit()
    enter(web, given.pin)
    return given


def choose(web: TestClient, pin: str, **fields: str) -> Response:
    token = form_token(web.get("/caso/contactos").text)
    return web.post("/caso/contactos/alertas", data={"csrf_token": token, "pin": pin, "stall_alerts": "yes"} | fields)


def wants(world: World, access: GivenAccess) -> bool:
    with world.database.reading() as session:
        return choices_of(session, access.victim_id).stall_alerts


def wants_urgent(world: World, access: GivenAccess) -> bool:
    with world.database.reading() as session:
        return choices_of(session, access.victim_id).urgent_alerts


def tries(world: World) -> int:
    with world.database.reading() as session:
        return len(session.scalars(select(LoginTry.id)).all())


def test_nobody_is_told_who_did_not_ask(web: TestClient, world: World, access: GivenAccess) -> None:
    assert CHOSEN not in web.get("/caso/contactos").text
    assert not wants(world, access)


def test_her_pin_or_backup_key_keeps_her_choice(web: TestClient, world: World, access: GivenAccess) -> None:
    answer = choose(web, access.pin)
    assert (answer.status_code, answer.headers["location"]) == (303, "/caso/contactos?hecho=guardado")
    assert wants(world, access)
    page = web.get("/caso/contactos?hecho=guardado").text
    assert CHOSEN in page
    assert "Guardamos lo que elegiste" in page
    assert choose(web, access.backup_key, stall_alerts="").status_code == 303
    assert not wants(world, access)
    assert tries(world) == 0


def test_a_wrong_pin_changes_nothing_is_counted_and_said_in_words(
    web: TestClient, world: World, access: GivenAccess
) -> None:
    relative = world.admit()
    for number, wrong in enumerate([other_pin(access.pin), relative.pin], start=1):
        answer = choose(web, wrong)
        assert answer.status_code == 401
        assert "No pudimos confirmar que eres tú." in answer.text
        assert "<title>Revisa: Contactos</title>" in answer.text
        assert wrong not in answer.text
        assert tries(world) == number
    assert not wants(world, access)


@pytest.mark.parametrize(
    ("typed", "said"), [(" ", "Escribe tu PIN para confirmar que eres tú."), ("12345678900", "este intento no cuenta")]
)
def test_what_can_be_no_pin_is_not_counted(
    web: TestClient, world: World, access: GivenAccess, typed: str, said: str
) -> None:
    answer = choose(web, typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert tries(world) == 0


def test_guessing_here_is_throttled_together_with_the_door(web: TestClient, world: World, access: GivenAccess) -> None:
    answers = [choose(web, other_pin(access.pin, step)) for step in range(1, 7)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert "Hubo varios intentos" in answers[-1].text
    web.cookies.clear()
    assert enter(web, access.pin).status_code == 429
    assert enter(web, access.backup_key).status_code == 303


def test_the_form_needs_a_session_and_our_token(web: TestClient, world: World, access: GivenAccess) -> None:
    form = {"pin": access.pin, "stall_alerts": "yes"}
    assert web.post("/caso/contactos/alertas", data=form).status_code == 403
    token = form_token(web.get("/caso/contactos").text)
    web.post("/salir", data={"csrf_token": token})
    web.get("/entrar")
    again = form_token(web.get("/entrar").text)
    answer = web.post("/caso/contactos/alertas", data=form | {"csrf_token": again})
    assert (answer.status_code, answer.headers["location"]) == (303, "/entrar")
    assert not wants(world, access)


def test_to_be_woken_is_off_until_she_asks_for_it_and_the_page_says_what_it_means(
    web: TestClient, world: World, access: GivenAccess
) -> None:
    page = web.get("/caso/contactos").text
    assert "Urgente a cualquier hora: salida de la persona o audiencia cancelada hoy" in page
    assert "Puede llegar de noche." in page
    assert 'name="urgent_alerts" value="yes" checked' not in page
    assert choose(web, access.pin, stall_alerts="", urgent_alerts="yes").status_code == 303
    assert wants_urgent(world, access)
    assert not wants(world, access)
    assert 'name="urgent_alerts" value="yes" checked' in web.get("/caso/contactos").text
    assert choose(web, access.pin).status_code == 303
    assert not wants_urgent(world, access)


def test_a_refused_form_keeps_what_she_ticked(web: TestClient, world: World, access: GivenAccess) -> None:
    answer = choose(web, other_pin(access.pin), urgent_alerts="yes")
    assert answer.status_code == 401
    assert 'name="urgent_alerts" value="yes" checked' in answer.text
    assert not wants_urgent(world, access)


def test_a_program_reads_and_changes_the_same_with_her_pin(web: TestClient, world: World, access: GivenAccess) -> None:
    token = {"Authorization": f"Bearer {open_session(web, access.pin).json()['token']}"}
    path = "/api/v1/contacts/choices"
    assert web.get(path, headers=token).json() == {"stall_alerts": False, "urgent_alerts": False}
    changed = web.patch(path, headers=token, json={"urgent_alerts": True, "pin": access.pin})
    assert changed.json() == {"stall_alerts": False, "urgent_alerts": True}
    assert web.patch(path, headers=token, json={"urgent_alerts": False}).status_code == 422
    refused = web.patch(path, headers=token, json={"urgent_alerts": False, "pin": other_pin(access.pin)})
    assert refused.status_code == 401
    assert web.patch(path, headers=token, json={"pin": access.pin, "urgent_alerts": "no"}).status_code == 422
    assert web.patch(path, headers=token, json={"pin": access.pin, "stall_alerts": True}).json() == {
        "stall_alerts": True,
        "urgent_alerts": True,
    }
    assert web.get(path).status_code == 401
