"""What a reveal shows: a day, an order and a stage that anybody who doesn't know the hidden day would tell alike."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.intake.registration import GivenAccess
from casestatus.statistics.models import StatisticsEvent
from casestatus.victims.status import Line, status_of
from tests.factories import World, make_world


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def world(database: Database, keys: KeyRing) -> World:
    return make_world(database, keys)


def ago(world: World, days: int) -> str:
    return str(world.today - timedelta(days=days))


def lines(world: World, her: GivenAccess) -> list[Line]:
    with world.database.reading() as session:
        return list(status_of(session, her.victim_id, None, keys=world.keys).lines)


def seen(line: Line) -> tuple[str, date, date | None, list[tuple[str, date, bool]]]:
    """All of a line that pages and programs tell, but for moments of receipt."""
    told = [(entry.stage.code, entry.on, entry.corrects) for entry in line.entries]
    return line.current.stage.code, line.since, line.notified_on, told


@pytest.mark.parametrize("stages", [("CI06", "CI12"), ("CI13", "CI12"), ("CI12", "CI15"), ("CI06", "CI06")])
@pytest.mark.parametrize("hidden_days_ago", [(25, 5), (12, 11)])
def test_nothing_tells_whether_the_hidden_event_came_before_the_visible_one_or_after(
    world: World, stages: tuple[str, str], hidden_days_ago: tuple[int, int]
) -> None:
    shown, hidden = stages
    for line, days in enumerate(hidden_days_ago, start=1):
        told: list[tuple[str, str, dict[str, Any]]] = [
            (f"h{line}", hidden, {"hidden": True, "occurred_on": ago(world, days)}),
            (f"v{line}", shown, {"hidden": False, "occurred_on": ago(world, 11), "details": visible(shown)}),
        ]
        world.push(f"u{line}", "CI01", proceeding=line, occurred_on=ago(world, 30))
        for source_id, stage, fields in told if line == 1 else reversed(told):
            world.push(source_id, stage, proceeding=line, **fields)
        world.push(f"r{line}", hidden, proceeding=line, occurred_on=ago(world, 1), reveals=f"h{line}")
    before, after = lines(world, world.admit(proceedings=[1, 2]))
    assert seen(before) == seen(after)


def visible(stage: str) -> dict[str, str]:
    return {"how": "citatorio"} if stage == "CI12" else {}


def test_her_timeline_stands_in_the_order_of_the_days_that_it_tells(world: World) -> None:
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    world.push("h1", "CI12", occurred_on=ago(world, 20))
    world.push("u2", "CI06", occurred_on=ago(world, 10))
    world.push("u3", "CI12", occurred_on=ago(world, 5), reveals="h1")
    [line] = lines(world, world.admit())
    days = [entry.on for entry in line.entries]
    assert (days, [entry.stage.code for entry in line.entries]) == (sorted(days), ["CI01", "CI06", "CI12"])
    assert line.current.stage.code == "CI12"


@pytest.mark.parametrize("hidden_days_ago", [20, 8], ids=["older", "newer"])
def test_a_revealed_event_of_the_same_stage_leaves_since_as_it_was(world: World, hidden_days_ago: int) -> None:
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    world.push("h1", "CI06", occurred_on=ago(world, hidden_days_ago), hidden=True)
    world.push("u2", "CI06", occurred_on=ago(world, 10))
    her = world.admit()
    [before] = lines(world, her)
    world.push("u3", "CI06", occurred_on=ago(world, 1), reveals="h1")
    [after] = lines(world, her)
    assert after.since == before.since == world.today - timedelta(days=10)


def test_where_her_line_stands_after_a_late_reveal_is_told_to_the_office(world: World) -> None:
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    world.push("h1", "CI12", occurred_on=ago(world, 20))
    world.push("u2", "CI06", occurred_on=ago(world, 10))
    assert world.push("u3", "CI12", occurred_on=ago(world, 5), reveals="h1").flags == ["shown_differs"]
    world.push("u4", "CI06", occurred_on=ago(world, 4))
    [line] = lines(world, world.admit())
    assert (line.current.stage.code, line.since) == ("CI06", world.today - timedelta(days=4))


def test_a_correction_of_what_was_revealed_tells_no_hidden_day(world: World) -> None:
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    her = world.admit()
    world.push("h1", "CI12", occurred_on=ago(world, 20))
    world.push("u2", "CI12", occurred_on=ago(world, 5), reveals="h1")
    world.push("u3", "CI12", occurred_on=ago(world, 19), supersedes="h1", details={"how": "orden_de_aprehension"})
    world.push("u4", "CI12", occurred_on=ago(world, 18), supersedes="u3", details={"how": "orden_de_comparecencia"})
    [line] = lines(world, her)
    assert [(entry.stage.code, entry.on) for entry in line.entries] == [
        ("CI01", world.today - timedelta(days=30)),
        ("CI12", world.today - timedelta(days=5)),
    ]


def test_a_revealed_correction_takes_the_place_of_what_she_saw_and_is_told_and_counted_as_one(world: World) -> None:
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    world.push("u2", "CI07", occurred_on=ago(world, 9))
    her = world.admit()
    world.push("h1", "CI06", occurred_on=ago(world, 9), supersedes="u2", hidden=True)
    world.push("h2", "CI05", occurred_on=ago(world, 9), supersedes="h1")
    assert seen(lines(world, her)[0])[0] == "CI07"
    world.push("u3", "CI05", occurred_on=ago(world, 1), reveals="h2")
    [line] = lines(world, her)
    assert [(entry.stage.code, entry.corrects) for entry in line.entries] == [("CI01", False), ("CI05", True)]
    with world.database.reading() as session:
        counted = {row.outcome for row in session.scalars(select(StatisticsEvent))}
    assert "no_ejercicio" not in counted


@pytest.mark.parametrize(
    ("stage", "detail", "days_after_reveal", "told"),
    [
        ("CI13", "hearing_at", -1, False),
        ("CI13", "hearing_at", 3, True),
        ("CI15", "deadline_on", -1, False),
        ("CI15", "deadline_on", 0, True),
    ],
)
def test_days_that_passed_while_it_was_hidden_are_not_told(
    world: World, stage: str, detail: str, days_after_reveal: int, told: bool
) -> None:
    day = ago(world, 5 - days_after_reveal)
    details = {detail: f"{day}T10:00:00-06:00" if detail == "hearing_at" else day}
    world.push("h1", stage, occurred_on=ago(world, 20), hidden=True, details=details)
    world.push("u1", stage, occurred_on=ago(world, 5), reveals="h1")
    [line] = lines(world, world.admit())
    assert (getattr(line.current.details, detail) is not None) is told
