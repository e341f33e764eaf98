"""Freshness and standstill as everybody and a victim see them, over HTTP."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from casestatus.database import Clock
from casestatus.offices.heartbeats import note_heartbeat
from casestatus.offices.models import Office
from casestatus.wording import Wording
from tests.factories import World, add_office
from tests.web.visiting import Program, enter, open_session

JSON = {"Accept": "application/json"}


def signal(world: World) -> None:
    with world.database.writing() as session:
        note_heartbeat(session, world.office_id, now=world.database.now())


def listed(web: TestClient) -> list[dict[str, Any]]:
    answer = web.get("/estado", headers=JSON)
    assert answer.headers["content-type"] == "application/json"
    offices: list[dict[str, Any]] = answer.json()
    return offices


def test_each_office_is_listed_by_name_with_the_day_of_its_last_signal(web: TestClient, world: World) -> None:
    with world.database.writing() as session:
        add_office(session, world.institution_id, "AAA", world.database.now())
    signal(world)
    first, second = listed(web)
    assert first == {
        "institution": "Fiscalía de prueba FGJ-1",
        "office": "Agencia AAA",
        "last_signal_on": None,
        "state": "no_signal",
    }
    assert (second["office"], second["last_signal_on"]) == ("Agencia CUH-2", world.today.isoformat())
    assert second["state"] == "up_to_date"


def test_silence_shows_and_an_update_does_not_break_it(web: TestClient, world: World, clock: Clock) -> None:
    signal(world)
    states = []
    for _ in range(8):
        states.append(listed(web)[0]["state"])
        clock.advance(timedelta(days=1))
        world.push(f"u{len(states)}", "CI01")
    assert states == ["up_to_date"] * 4 + ["behind"] * 3 + ["no_signal"]


def test_the_page_says_the_same_in_words_and_the_first_page_leads_there(web: TestClient, world: World) -> None:
    assert 'href="/estado"' in web.get("/").text
    assert "Sin señal</span>" in web.get("/estado").text
    signal(world)
    assert "Al día" in web.get("/estado").text
    assert "Up to date" in web.get("/estado", headers={"Accept-Language": "en"}).text
    assert web.head("/estado").status_code == 200


@pytest.mark.parametrize(("limit", "stale"), [(None, True), (10, False)])
def test_her_page_follows_the_office_s_own_limit(
    web: TestClient, world: World, clock: Clock, limit: int | None, stale: bool
) -> None:
    signal(world)
    world.push("u1", "CI01")
    pin = world.admit().pin
    with world.database.writing() as session:
        session.get_one(Office, world.office_id).stale_after_days = limit
    clock.advance(timedelta(days=5))
    enter(web, pin)
    assert ("Esta información puede estar atrasada" in web.get("/caso").text) is stale


@pytest.mark.parametrize("path", ["/caso", "/caso/historia", "/caso/avisos", "/caso/documentos", "/caso/reporte"])
def test_every_page_about_her_case_says_when_the_office_was_last_alive(
    web: TestClient, world: World, clock: Clock, path: str
) -> None:
    world.push("u1", "CI01")
    access = world.admit()
    enter(web, access.pin)
    assert "La oficina aún no manda su señal." in web.get(path).text
    signal(world)
    day = Wording.of("es").day(world.today)
    told = f'Información al <time datetime="{world.today}">{day}</time>. Ese día la oficina mandó su última señal.'
    assert told in web.get(path).text
    clock.advance(timedelta(days=4))
    enter(web, access.backup_key)
    last = f'La última señal de la oficina fue el <time datetime="{world.today - timedelta(days=4)}">{day}</time>.'
    assert last in web.get(path).text


def test_a_line_that_stands_still_says_so_on_its_day(web: TestClient, world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    world.push("u2", "CI15", proceeding=2)
    access = world.admit(proceedings=[1, 2])
    clock.advance(timedelta(days=29))
    assert stalled(web, access.pin) == [False, False]
    clock.advance(timedelta(days=1))
    signal(world)
    assert stalled(web, access.backup_key) == [True, False]
    enter(web, access.backup_key)
    page = web.get("/caso").text
    assert page.count("Sin cambios desde hace 30 días") == 1
    assert "Formato para preguntar" in page
    world.push("u3", "CI06")
    assert stalled(web, access.backup_key) == [False, False]
    assert "Sin cambios desde hace" not in web.get("/caso").text


@pytest.mark.parametrize(
    ("language", "no_change", "last_news"),
    [("es", "sin cambios", "La última novedad publicada es del"), ("en", "no change", "The last news published is of")],
)
def test_silence_is_never_told_as_no_change(
    web: TestClient, world: World, clock: Clock, language: str, no_change: str, last_news: str
) -> None:
    signal(world)
    world.push("u1", "CI01")
    clock.advance(timedelta(days=31))
    enter(web, world.admit().pin)
    web.get(f"/idioma/{language}")
    silent = web.get("/caso").text
    assert last_news in silent
    assert no_change not in silent.lower()
    assert "no ha publicado" not in silent
    signal(world)
    heard = web.get("/caso").text
    assert no_change in heard.lower()
    assert last_news not in heard


@pytest.mark.parametrize(("stage", "judge"), [("CI01", True), ("AP02", False)])
def test_a_judge_is_offered_only_where_the_law_of_the_line_knows_one(
    web: TestClient, world: World, stage: str, judge: bool
) -> None:
    long_ago = (world.today - timedelta(days=40)).isoformat()
    world.push("u1", stage, occurred_on=long_ago, opened_on=long_ago)
    enter(web, world.admit().pin)
    page = web.get("/caso").text
    assert "Puedes preguntar por escrito." in page
    assert ("pedir a un juez que lo revise" in page) is judge


def stalled(web: TestClient, pin: str) -> list[bool]:
    case = Program(web, open_session(web, pin).json()["token"]).ask("GET", "/case").json()
    return [line["stalled"] for line in case["proceedings"]]
