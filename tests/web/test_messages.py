"""The messages that left, on her page and as JSON: what is known of each, in words, and never where it went."""

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from casestatus.notices.models import AttemptState, DeliveryAttempt, Notice, NoticeState
from tests.factories import World
from tests.web.visiting import Program, enter, open_session

PAGE = "/caso/avisos"
SENT_AT = datetime(2026, 11, 20, 20, 5, tzinfo=UTC)
REPORTED_AT = datetime(2026, 11, 20, 20, 6, tzinfo=UTC)
SEEN_AT = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
LEFT: dict[str, object] = {"sent_at": SENT_AT}
REPORTED = LEFT | {"ended_at": REPORTED_AT}
EMAIL = {"channel": "email", "address": "ana@correo.example", "safe": True, "confirmed_in_person": True}


def sign_in(web: TestClient, world: World, **fields: Any) -> Program:
    """A victim with one notice, signed in with a browser and with a program."""
    world.push("u1", "CI01")
    pin = world.admit(**fields).pin
    world.push("u2", "CI06")
    enter(web, pin)
    return Program(web, str(open_session(web, pin).json()["token"]))


def becomes(world: World, notice: NoticeState, **attempt: object) -> str:
    """What became of her message; its reference."""
    with world.database.writing() as session:
        [found] = session.scalars(select(DeliveryAttempt)).all()
        for name, value in attempt.items():
            setattr(found, name, value)
        session.get_one(Notice, found.notice_id).state = notice
        return found.reference


IN_WORDS: list[tuple[NoticeState, dict[str, object], str, str]] = [
    (NoticeState.WAITING, {"state": AttemptState.PENDING}, "waiting", "Espera su hora"),
    (NoticeState.UNDER_WAY, {"state": AttemptState.UNCERTAIN}, "under_way", "En camino"),
    (
        NoticeState.HANDED_OVER,
        LEFT | {"state": AttemptState.SENT},
        "handed_over",
        "Lo entregamos a la red; no sabemos si llegó",
    ),
    (NoticeState.PROVED, REPORTED | {"state": AttemptState.DELIVERED}, "proved", "La red dice que llegó"),
    (NoticeState.FOR_THE_OFFICE, REPORTED | {"state": AttemptState.UNDELIVERED}, "not_arrived", "No llegó"),
    (
        NoticeState.FOR_THE_OFFICE,
        {"state": AttemptState.UNPROVEN, "ended_at": REPORTED_AT},
        "for_the_office",
        "Tu oficina te buscará de otra forma",
    ),
    (
        NoticeState.NOT_WANTED,
        {"state": AttemptState.CANCELLED, "ended_at": REPORTED_AT},
        "not_wanted",
        "No se mandó porque así lo pediste",
    ),
    (
        NoticeState.NOT_WANTED,
        {"state": AttemptState.CANCELLED, "code": "news", "ended_at": REPORTED_AT},
        "not_needed",
        "No se mandó: ya no hacía falta",
    ),
]


def test_each_state_is_told_in_words_on_the_page_and_as_json(web: TestClient, world: World) -> None:
    program = sign_in(web, world)
    for notice, attempt, state, words in IN_WORDS:
        becomes(world, notice, **({"sent_at": None, "ended_at": None} | attempt))
        [told] = program.ask("GET", "/case").json()["notices"]
        assert (told["state"], told["state_name"]) == (state, words)
        assert words in web.get(PAGE).text


def test_moments_and_reference_are_told_and_an_answer_too(web: TestClient, world: World) -> None:
    program = sign_in(web, world)
    left = REPORTED | {"state": AttemptState.DELIVERED, "seen_at": SEEN_AT}
    reference = becomes(world, NoticeState.PROVED, **left)
    [told] = program.ask("GET", "/case", language="en").json()["notices"]
    assert told == {
        "channel": "sms",
        "state": "proved",
        "state_name": "The network says it arrived",
        "sent_at": "2026-11-20T20:05:00Z",
        "reported_at": "2026-11-20T20:06:00Z",
        "seen_at": "2026-11-21T01:30:00Z",
        "reference": reference,
    }
    page = web.get(PAGE).text
    for said in (reference, ">14:05<", ", 14:06<", "Respondiste 1", ", 19:30<"):
        assert said in page


@pytest.mark.parametrize("state", [AttemptState.UNCERTAIN, AttemptState.UNPROVEN])
def test_the_reference_of_what_may_have_left_is_told_for_it_may_lie_before_her(
    web: TestClient, world: World, state: AttemptState
) -> None:
    program = sign_in(web, world)
    reference = becomes(world, NoticeState.FOR_THE_OFFICE, state=state)
    [told] = program.ask("GET", "/case").json()["notices"]
    assert (told["reference"], told["sent_at"]) == (reference, None)
    assert reference in web.get(PAGE).text


@pytest.mark.parametrize("state", [AttemptState.PENDING, AttemptState.CANCELLED, AttemptState.EXPIRED])
def test_the_reference_of_what_never_left_is_not_told(web: TestClient, world: World, state: AttemptState) -> None:
    program = sign_in(web, world)
    becomes(world, NoticeState.WAITING, state=state)
    [told] = program.ask("GET", "/case").json()["notices"]
    assert told["reference"] is None


def test_no_moment_of_the_network_is_told_where_it_said_nothing(web: TestClient, world: World) -> None:
    program = sign_in(web, world)
    becomes(world, NoticeState.HANDED_OVER, state=AttemptState.UNPROVEN, **REPORTED)
    [told] = program.ask("GET", "/case").json()["notices"]
    assert (told["sent_at"] is None, told["reported_at"]) == (False, None)


def test_an_e_mail_stands_among_them_without_its_address(web: TestClient, world: World) -> None:
    program = sign_in(web, world, contacts=[EMAIL])
    becomes(world, NoticeState.HANDED_OVER, state=AttemptState.SENT, **LEFT)
    [told] = program.ask("GET", "/case").json()["notices"]
    assert (told["channel"], told["state"]) == ("email", "handed_over")
    page = web.get(PAGE).text
    assert "correo" in page
    assert "ana@" not in page
    assert "correo.example" not in page
