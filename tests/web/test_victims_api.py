"""The victims' door for programs: the same as the pages, to the letter of the contract."""

import json
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from casestatus.crypto import KeyRing
from casestatus.database import Clock
from casestatus.notices.models import Notice, NoticeKind
from tests.access.knocking import other_pin
from tests.factories import NUMBER, World
from tests.web.visiting import Program, enter, form_token, open_session

CONTACT = {"channel": "sms", "address": "55 1234 5678", "safe": True, "hours": "00:00-24:00"}


@pytest.fixture
def program(web: TestClient, world: World) -> Program:
    """Signed in to a case with one line."""
    world.push("u1", "CI01")
    return Program(web, open_session(web, world.admit().pin).json()["token"])


def codes(world: World, keys: KeyRing) -> list[str]:
    """The codes that are on their way, the newest last."""
    with world.database.reading() as session:
        owed = session.scalars(select(Notice).where(Notice.kind == NoticeKind.CONFIRM).order_by(Notice.created_at))
        return [
            keys.unseal(notice.payload, table="notice", column="payload", id=notice.id)
            for notice in owed
            if notice.payload
        ]


def test_a_sign_in_is_answered_by_a_token(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    answer = open_session(web, world.admit().pin)
    assert answer.status_code == 201
    assert answer.json().keys() == {"token", "expires_at", "next"}
    assert answer.json()["next"] is None
    assert answer.headers["cache-control"] == "no-store"


def test_the_case_has_the_members_of_the_contract(program: Program) -> None:
    case = program.ask("GET", "/case").json()
    assert case.keys() == {"case_number", "folio", "office", "information_as_of", "stale", "proceedings", "notices"}
    assert case["case_number"] == NUMBER
    [line] = case["proceedings"]
    assert line.keys() == {
        "ordinal", "model", "stage", "stage_name", "meaning", "since", "next_steps", "rights", "stalled", "timeline",
        "stale", "information_as_of", "office",
    }  # fmt: skip
    assert (line["ordinal"], line["model"], line["stage"]) == (1, "CI", "CI01")
    assert line["next_steps"][0] == "Lleva pruebas cuando las tengas."
    assert line["rights"][0].keys() == {"name", "what_to_do", "article", "deadline"}
    assert line["stalled"] is False
    [event] = line["timeline"]
    assert event.keys() == {"stage", "stage_name", "occurred_on", "received_at", "corrected"}


def test_the_case_is_told_in_the_language_that_is_asked_for(program: Program) -> None:
    spanish, english = (
        program.ask("GET", "/case", language=language).json()["proceedings"][0] for language in ("es-MX", "en-US")
    )
    assert spanish["stage_name"] == "Investigación inicial"
    assert english["stage_name"] == "Initial investigation"
    assert english["meaning"] == "The prosecutor is investigating."


def test_messages_are_told_without_the_address(program: Program, world: World) -> None:
    world.push("u2", "CI06")
    [message] = program.ask("GET", "/case").json()["notices"]
    state = {"state": "waiting", "state_name": "Espera su hora"}
    moments = {"sent_at": None, "reported_at": None, "seen_at": None}
    assert message == {"channel": "sms", "reference": None} | state | moments


def test_wrong_tries_get_the_problem_of_the_contract(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    wrong = open_session(web, "0000000000000000")
    assert (wrong.status_code, wrong.headers["content-type"]) == (401, "application/problem+json")
    assert wrong.json()["type"] == "sign-in-wrong"
    mistyped = open_session(web, "12345678900")
    assert (mistyped.status_code, mistyped.json()["type"]) == (422, "pin-mistyped")


def test_throttled_tries_say_when_to_come_back(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    pin = world.admit().pin
    answers: list[Response] = [open_session(web, other_pin(pin, step)) for step in range(1, 8)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2
    assert answers[-1].json()["type"] == "throttled"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 30


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"case_number": NUMBER}, "pin"),
        ({"case_number": NUMBER, "pin": 12345678903}, "pin"),
        ({"case_number": NUMBER, "pin": "1", "name": "Ana"}, "name"),
        ({"case_number": "", "pin": "1"}, "case_number"),
        ([], "body"),
    ],
)
def test_a_body_that_can_t_be_read_names_the_field(web: TestClient, content: object, field: str) -> None:
    answer = web.post("/api/v1/sessions", json=content)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", "Bearer nobody-s", "Basic YTpi", "Bearer ñ"])
def test_without_a_living_token_nothing_is_told(web: TestClient, world: World, header: str | None) -> None:
    headers = {b"Authorization": header.encode()} if header else {}
    for method, path in [("GET", "/case"), ("GET", "/contacts"), ("DELETE", "/sessions")]:
        answer = web.request(method, f"/api/v1{path}", headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("method", ["POST /contacts", "POST /reports", "PATCH {}", "DELETE {}", "POST {}/confirmation"])
def test_who_asks_is_asked_for_before_what_is_wrong_with_it(web: TestClient, method: str) -> None:
    method, _, path = method.format("/contacts/00000000-0000-7000-8000-000000000000").partition(" ")
    headers = {"Authorization": "Bearer none"}
    assert web.request(method, f"/api/v1{path}", json={"unknown": 1}, headers=headers).status_code == 401


def test_a_browser_s_cookie_opens_nothing_for_programs(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    enter(web, world.admit().pin)
    assert web.get("/api/v1/case").status_code == 401


def test_signing_out_ends_this_session_only(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    pin = world.admit().pin
    one, other = (Program(web, open_session(web, pin).json()["token"]) for _ in range(2))
    assert one.ask("DELETE", "/sessions/current").status_code == 204
    assert (one.ask("GET", "/case").status_code, other.ask("GET", "/case").status_code) == (401, 200)


def test_signing_out_everywhere_ends_every_session(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    pin = world.admit().pin
    one, other = (Program(web, open_session(web, pin).json()["token"]) for _ in range(2))
    assert one.ask("DELETE", "/sessions").status_code == 204
    assert (one.ask("GET", "/case").status_code, other.ask("GET", "/case").status_code) == (401, 401)


def test_a_contact_is_confirmed_by_the_code_that_left_after_the_right_pin(
    web: TestClient, world: World, keys: KeyRing
) -> None:
    world.push("u1", "CI01")
    access = world.admit(contacts=[CONTACT])
    assert codes(world, keys) == []
    opened = open_session(web, access.pin).json()
    assert opened["next"] == "confirm_contact"
    program = Program(web, opened["token"])
    [contact] = program.ask("GET", "/contacts").json()
    assert (contact["channel"], contact["ending"], contact["state"]) == ("sms", "78", "to_be_confirmed")
    [code] = codes(world, keys)
    confirmed = program.ask("POST", f"/contacts/{contact['id']}/confirmation", json={"code": code})
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
    assert world.push("u2", "CI06").notices_queued == 1
    assert open_session(web, access.pin).json()["next"] is None


def test_a_wrong_code_confirms_nothing_and_five_of_them_spend_the_code(
    web: TestClient, world: World, keys: KeyRing
) -> None:
    world.push("u1", "CI01")
    program = Program(web, open_session(web, world.admit(contacts=[CONTACT]).pin).json()["token"])
    [contact] = program.ask("GET", "/contacts").json()
    [code] = codes(world, keys)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    path = f"/contacts/{contact['id']}/confirmation"
    answers = [program.ask("POST", path, json={"code": typed}) for typed in (*[wrong] * 5, code)]
    assert {(answer.status_code, answer.json()["type"]) for answer in answers} == {(422, "code-wrong")}
    assert program.ask("GET", "/contacts").json()[0]["state"] == "to_be_confirmed"


def test_one_code_is_on_its_way_at_a_time_and_three_a_day(
    web: TestClient, world: World, keys: KeyRing, clock: Clock
) -> None:
    world.push("u1", "CI01")
    pin = world.admit(contacts=[CONTACT]).pin
    for sent in (1, 1, 2, 2, 3, 3, 3, 3):
        open_session(web, pin)
        assert len(codes(world, keys)) == sent
        clock.advance(timedelta(minutes=6))


def test_no_code_leaves_outside_her_hours_or_in_a_high_tier(
    web: TestClient, world: World, keys: KeyRing, clock: Clock
) -> None:
    world.push("u1", "CI01")
    hour = (world.database.now().astimezone(world.sender.offices["CUH-2"].zone).hour + 2) % 23
    later = CONTACT | {"hours": f"{hour:02d}:00-{hour:02d}:30"}
    asleep, at_risk = world.admit(contacts=[later]), world.admit(risk_tier="high", contacts=[CONTACT])
    assert open_session(web, asleep.pin).json()["next"] == "confirm_contact"
    assert open_session(web, at_risk.pin).json()["next"] is None
    assert codes(world, keys) == []


def test_another_person_s_contact_is_unknown(web: TestClient, world: World, keys: KeyRing) -> None:
    world.push("u1", "CI01")
    hers, other = world.admit(contacts=[CONTACT]), world.admit(contacts=[])
    [contact] = Program(web, open_session(web, hers.pin).json()["token"]).ask("GET", "/contacts").json()
    [code] = codes(world, keys)
    program = Program(web, open_session(web, other.pin).json()["token"])
    assert program.ask("GET", "/contacts").json() == []
    path = f"/contacts/{contact['id']}/confirmation"
    assert program.ask("POST", path, json={"code": code}).status_code == 404


def test_the_pages_confirm_a_contact_too(web: TestClient, world: World, keys: KeyRing) -> None:
    world.push("u1", "CI01")
    enter(web, world.admit(contacts=[CONTACT]).pin)
    listed = web.get("/caso/contactos").text
    assert "SMS, termina en 78" in listed
    path = listed.split('class="button" href="')[1].split('"')[0]
    token = form_token(web.get(path).text)
    wrong = web.post(path, data={"csrf_token": token, "code": "no"})
    assert wrong.status_code == 422
    assert "Ese código no sirve o ya venció." in wrong.text
    done = web.post(path, data={"csrf_token": token, "code": codes(world, keys)[0]})
    assert done.headers["location"] == "/caso/contactos?hecho=confirmado"
    assert "Contacto confirmado." in web.get("/caso/contactos?hecho=confirmado").text
    assert web.get(path).status_code == 404


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\ud800"])
@pytest.mark.parametrize("field", ["case_number", "pin", "institution"])
def test_what_nobody_types_is_refused_in_words_on_both_databases(
    web: TestClient, world: World, field: str, sign: str
) -> None:
    world.push("u1", "CI01")
    knock = {"case_number": NUMBER, "pin": world.admit().pin}
    body = json.dumps(knock | {field: f"x{sign}"})
    answer = web.post("/api/v1/sessions", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_a_page_that_is_sent_nul_answers_like_any_wrong_try(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    pin = world.admit().pin
    assert enter(web, pin, institution="\x00").status_code == 401
    assert enter(web, pin, number="\x00").status_code == 422
