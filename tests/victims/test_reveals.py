"""What a reveal shows: a day, an order and a stage that anybody who doesn't know the hidden day would tell alike."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
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


def seen(line: Line) -> tuple[str, date, Sequence[date], list[tuple[str, date, bool]]]:
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
    world.push("u3", "CI12", occurred_on=ago(world, 19), supersedes="h1", details={"how": "citatorio"})
    world.push("u4", "CI12", occurred_on=ago(world, 18), supersedes="u3", details={"how": "puesta_a_disposicion"})
    [line] = lines(world, her)
    assert [(entry.stage.code, entry.on) for entry in line.entries] == [
        ("CI01", world.today - timedelta(days=30)),
        ("CI12", world.today - timedelta(days=5)),
    ]
    assert line.current.details.how == "puesta_a_disposicion"


def test_a_reveal_that_repeats_the_hidden_day_is_told_by_the_day_on_which_it_came(world: World) -> None:
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    world.push("h1", "CI06", occurred_on=ago(world, 20), hidden=True)
    world.push("u2", "CI06", occurred_on=ago(world, 20), reveals="h1")
    [line] = lines(world, world.admit())
    assert (line.current.stage.code, line.since) == ("CI06", world.today)


@pytest.mark.parametrize("hidden", ["stage", "formal_notice", "notice_apart", "corrected"])
@pytest.mark.parametrize("repeats", ["reveal", "reveal_by_its_next_stage", "correction"])
def test_a_hidden_day_that_is_repeated_as_the_formal_notice_is_not_told(
    world: World, hidden: str, repeats: str
) -> None:
    """As an export naturally does: only what tells nothing but the formal notice tells such a day."""
    secret, day = ago(world, 20), ago(world, 20 if hidden in {"stage", "corrected"} else 18)
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    her = world.admit()
    world.push(
        "h1", "CI12", occurred_on=secret, hidden=True, formal_notice_on=day if hidden == "formal_notice" else None
    )
    if hidden == "notice_apart":
        world.push("h2", "CI12", occurred_on=secret, formal_notice_on=day, hidden=True)
    if hidden == "corrected":
        world.push("h3", "CI12", occurred_on=ago(world, 21), supersedes="h1")
    revealed = "h3" if hidden == "corrected" else "h1"
    match repeats:
        case "reveal":
            told = world.push("u2", "CI12", occurred_on=ago(world, 5), reveals=revealed, formal_notice_on=day)
        case "reveal_by_its_next_stage":
            told = world.push("u2", "CI13", occurred_on=secret, reveals=revealed, formal_notice_on=day)
        case _:
            world.push("u2", "CI12", occurred_on=ago(world, 5), reveals=revealed)
            told = world.push(
                "u3",
                "CI12",
                occurred_on=secret,
                supersedes=revealed,
                formal_notice_on=day,
                details=visible("CI12"),
            )
    [line] = lines(world, her)
    assert "formal_notice_unsaid" in told.flags
    assert line.formal_notices == {}
    world.push("u4", line.current.stage.code, occurred_on=str(line.current.happened_on), formal_notice_on=day)
    assert lines(world, her)[0].notified_on == (date.fromisoformat(day),)


def test_what_was_revealed_and_is_told_once_more_keeps_the_day_of_its_reveal(world: World) -> None:
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    her = world.admit()
    world.push("h1", "CI13", occurred_on=ago(world, 20), hidden=True)
    world.push("u2", "CI13", occurred_on=ago(world, 5), reveals="h1")
    hearing = {"hearing_at": f"{ago(world, -9)}T10:00:00-06:00"}
    world.push("u3", "CI13", occurred_on=ago(world, 20), details=hearing)
    [line] = lines(world, her)
    assert [entry.on for entry in line.entries] == [world.today - timedelta(days=days) for days in (30, 5, 5)]
    assert line.current.details.hearing_at is not None


def test_what_was_revealed_on_the_day_it_happened_is_corrected_to_no_earlier_day(world: World) -> None:
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    her = world.admit()
    world.push("h1", "CI06", hidden=True)
    world.push("u2", "CI06", reveals="h1")
    world.push("u3", "CI06", supersedes="h1")
    world.push("u4", "CI06", occurred_on=ago(world, 2), supersedes="u3")
    [line] = lines(world, her)
    assert (line.current.stage.code, line.since) == ("CI06", world.today)


def test_details_told_with_a_reveal_count_before_those_that_were_hidden(world: World) -> None:
    world.push("u1", "CI20", occurred_on=ago(world, 30))
    world.push("h1", "CI21", occurred_on=ago(world, 20), hidden=True)
    world.push("u2", "CI21", occurred_on=ago(world, 1), reveals="h1", details={"outcome": "absolutoria"})
    [line] = lines(world, world.admit())
    assert line.current.details.outcome == "absolutoria"


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


def test_a_hearing_of_the_evening_before_the_reveal_is_not_told_by_another_clock_s_day(world: World) -> None:
    evening = f"{ago(world, 5)}T02:00:00Z"  # the office's clock shows 20:00 of the day before
    world.push("h1", "CI13", occurred_on=ago(world, 9), hidden=True, details={"hearing_at": evening})
    world.push("u1", "CI13", occurred_on=ago(world, 5), reveals="h1")
    [line] = lines(world, world.admit())
    assert line.current.details.hearing_at is None


def test_a_hearing_told_with_the_reveal_is_told(world: World) -> None:
    hidden, fresh = f"{ago(world, 7)}T10:00:00-06:00", f"{ago(world, -9)}T10:00:00-06:00"
    world.push("h1", "CI13", occurred_on=ago(world, 9), hidden=True, details={"hearing_at": hidden})
    world.push("u1", "CI13", occurred_on=ago(world, 5), reveals="h1", details={"hearing_at": fresh})
    [line] = lines(world, world.admit())
    assert line.current.details.hearing_at == datetime.fromisoformat(fresh)


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
