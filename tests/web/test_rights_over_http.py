"""Rights and deadlines as a victim gets them over HTTP, from the office's formal notice and calendar."""

from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from casestatus.cases.business_days import business_days_after
from casestatus.cases.office_calendars import KEPT_FOR
from casestatus.database import Clock
from casestatus.offices.calendars import add_holiday, note_checked
from casestatus.offices.models import Office
from tests.factories import World
from tests.web.visiting import Program, enter, open_session


@pytest.fixture
def program(web: TestClient, world: World) -> Program:
    """Signed in to a case that was paused today."""
    world.push("u1", "CI06")
    return Program(web, open_session(web, world.admit().pin).json()["token"])


def right(program: Program, language: str = "es") -> dict[str, object]:
    [line] = program.ask("GET", "/case", language=language).json()["proceedings"]
    first: dict[str, object] = line["rights"][0]
    return first


def test_a_deadline_comes_with_the_formal_notice_and_not_before(program: Program, world: World) -> None:
    before = right(program)
    assert before["name"] == "que un juez revise la decisión"
    assert before["article"] == "Artículo 258 del Código Nacional de Procedimientos Penales."
    assert before["deadline"] is None
    world.push("u2", "CI06", formal_notice_on=str(world.today))
    last = business_days_after(world.today, 10, frozenset())
    note = "Si te notificaron otro día, tu fecha es otra: pregunta en tu oficina."
    counted = {"on": str(last), "counts_from": str(world.today), "verified": False}
    assert right(program)["deadline"] == counted | {"note": note}


def test_the_office_s_calendar_and_checks_reach_her(program: Program, world: World, clock: Clock) -> None:
    world.push("u2", "CI06", formal_notice_on=str(world.today))
    closed = business_days_after(world.today, 1, frozenset())
    last = business_days_after(world.today, 10, frozenset({closed}))
    with world.database.writing() as session:
        office = session.get_one(Office, world.office_id)
        add_holiday(session, office, day=closed, name="Receso")
        note_checked(
            session, office, right="judicial_review", rule="10 business days, CNPP 258", checked_on=date(2026, 11, 20)
        )
    notified = str(world.today)
    clock.advance(KEPT_FOR)
    deadline = right(program)["deadline"]
    assert isinstance(deadline, dict)
    assert (deadline["on"], deadline["counts_from"], deadline["verified"]) == (str(last), notified, True)


def test_nobody_is_told_that_her_limit_is_over_because_another_s_is(
    web: TestClient, world: World, clock: Clock
) -> None:
    """Two victims are notified of one decision, a week apart; nothing says who when."""
    world.push("u1", "CI06", formal_notice_on=str(world.today))
    first, second = world.today, world.today + timedelta(days=7)
    pin, day = world.admit().pin, str(world.today)
    clock.advance(timedelta(days=7))
    world.push("u2", "CI06", occurred_on=day, formal_notice_on=str(second))
    early, late = (business_days_after(notified, 10, frozenset()) for notified in (first, second))
    clock.advance(timedelta(days=(early - second).days))
    told = Program(web, open_session(web, pin).json()["token"])
    assert right(told)["deadline"]["on"] == str(early)  # type: ignore[index]  # of the JSON
    clock.advance(timedelta(days=1))
    told = Program(web, open_session(web, pin).json()["token"])
    assert right(told)["deadline"]["on"] == str(late)  # type: ignore[index]
    clock.advance(timedelta(days=(late - early).days))
    told = Program(web, open_session(web, pin).json()["token"])
    note = right(told, "en")["deadline"]["note"]  # type: ignore[index]
    assert note == "If you were notified later, you may still be in time: ask at your office today."


def test_a_hidden_formal_notice_changes_nothing_that_she_gets(program: Program, world: World) -> None:
    before = program.ask("GET", "/case").content
    world.push("u2", "CI06", formal_notice_on=str(world.today), hidden=True)
    assert program.ask("GET", "/case").content == before


def test_after_the_faster_way_no_date_is_later_than_the_five_days(web: TestClient, world: World) -> None:
    world.push("u1", "CI17", occurred_on=str(world.today - timedelta(days=3)))
    world.push("u2", "CI21", formal_notice_on=str(world.today))
    program = Program(web, open_session(web, world.admit().pin).json()["token"])
    [line] = program.ask("GET", "/case").json()["proceedings"]
    last = str(business_days_after(world.today, 5, frozenset()))
    assert [each["deadline"]["on"] for each in line["rights"] if each["deadline"]] == [last]


def test_the_page_says_the_same_in_english(web: TestClient, world: World) -> None:
    yesterday = str(world.today - timedelta(days=1))
    world.push("u1", "CI06", occurred_on=yesterday, formal_notice_on=yesterday)
    enter(web, world.admit().pin)
    page = web.get("/caso", headers={"Accept-Language": "en"}).text
    assert "Your right: to have a judge review the decision" in page
    assert "Date not checked: confirm it at your office" in page
    assert "Article 258 of the National Code of Criminal Procedure." in page
