"""A day that is over is told as over, by the office's calendar: nobody is sent to a hearing that was yesterday."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from casestatus.database import Clock
from tests.clocks import StoppedClock
from tests.factories import World
from tests.web.visiting import Program, enter, open_session


@pytest.fixture
def clock() -> Clock:
    return StoppedClock(datetime(2026, 11, 9, 18, 0, tzinfo=UTC))


def line_of(web: TestClient, pin: str, language: str = "es") -> dict[str, Any]:
    case = Program(web, open_session(web, pin).json()["token"]).ask("GET", "/case", language=language).json()
    told: dict[str, Any] = case["proceedings"][0]
    return told


@pytest.mark.parametrize(
    ("stage", "soon", "over", "over_in_english", "asked"),
    [
        ("CI09", "revisará la decisión el 11", "era el 11 de noviembre", "was on November 11", "Ve a la audiencia"),
        (
            "CI13",
            "Hay audiencia el 11",
            "La audiencia era el 11 de noviembre",
            "was on November 11",
            "Ve a la audiencia",
        ),
        (
            "CI20",
            "El juicio es el 11",
            "tenía como fecha el 11 de noviembre",
            "was set for November 11",
            "Prepara con tu",
        ),
    ],
)
def test_a_hearing_is_over_on_the_day_after_it(
    web: TestClient, world: World, clock: Clock, stage: str, soon: str, over: str, over_in_english: str, asked: str
) -> None:
    """11 November, 20:00 in Mexico City is 12 November in UTC: it is over there only when the 12th begins."""
    world.push("u1", "CI01")
    world.push("u2", stage, details={"hearing_at": "2026-11-11T20:00:00-06:00"})
    pin = world.admit().pin
    clock.advance(timedelta(days=2, hours=11))  # 23:00 of the 11th in Mexico City
    told = line_of(web, pin)
    assert soon in told["meaning"]
    assert asked in " ".join(told["next_steps"])
    clock.advance(timedelta(hours=2))
    told = line_of(web, pin)
    assert over in told["meaning"]
    assert asked not in " ".join(told["next_steps"])
    assert all("Ve a la audiencia" not in right["what_to_do"] for right in told["rights"])
    assert over_in_english in line_of(web, pin, "en")["meaning"]


def test_the_limit_of_an_investigation_is_over_on_the_day_after_it(web: TestClient, world: World, clock: Clock) -> None:
    world.push("u1", "CI15", details={"deadline_on": "2026-11-09"})
    pin = world.admit().pin
    assert "Plazo para terminar de investigar: 9 de noviembre" in line_of(web, pin)["meaning"]
    clock.advance(timedelta(days=1))
    assert "El plazo para terminar de investigar era el 9 de noviembre" in line_of(web, pin)["meaning"]


def test_no_three_days_are_promised_once_they_are_over(web: TestClient, world: World, clock: Clock) -> None:
    """Notified on Monday 9: Tuesday, Wednesday and Thursday 12 are the three days."""
    world.push("u1", "CI19", formal_notice_on="2026-11-09")
    pin = world.admit().pin
    clock.advance(timedelta(days=3))
    told = line_of(web, pin)
    assert "Tienes 3 días" in told["meaning"]
    assert "Hay pocos días." in told["rights"][0]["what_to_do"]
    clock.advance(timedelta(days=1))
    told = line_of(web, pin)
    assert told["meaning"] == "Se presentó la acusación. Hay 3 días desde tu notificación formal para sumarte."
    assert "Hay pocos días." not in str(told)
    enter(web, pin)
    page = web.get("/caso").text
    assert "Hay 3 días desde tu notificación formal" in page
    assert "Si te notificaron después, aún puedes estar a tiempo: pregunta hoy en tu oficina." in page
    assert "Tienes 3 días" not in page
    assert "Hay pocos días." not in page


def test_after_an_acquittal_page_and_json_offer_no_reparation(web: TestClient, world: World) -> None:
    world.push("u1", "CI21", details={"outcome": "absolutoria"})
    pin = world.admit().pin
    for code in ("u2", "u3"):
        told = line_of(web, pin)
        enter(web, pin)
        assert "repar" not in f"{told['rights']} {told['next_steps']}"
        assert "que te reparen el daño" not in web.get("/caso").text
        world.push(code, "CI23")
    world.push("u4", "CI23", supersedes="u3", details={"outcome": "condenatoria"})
    assert "que te reparen el daño" in str(line_of(web, pin)["rights"])
