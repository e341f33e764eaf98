"""Several lines in one case: each victim sees exactly hers, in an order that stays, and what was taken back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from casestatus.database import Clock
from casestatus.intake.registration import GivenAccess
from tests.factories import World
from tests.web.visiting import Program, enter, open_session

TAKEN_BACK = "La oficina corrigió esta etapa el"


def lines(web: TestClient, her: GivenAccess) -> list[dict[str, Any]]:
    program = Program(web, open_session(web, her.pin).json()["token"])
    found: list[dict[str, Any]] = program.ask("GET", "/case").json()["proceedings"]
    return found


def seen(web: TestClient, her: GivenAccess) -> list[tuple[int, str]]:
    return [(line["ordinal"], line["stage"]) for line in lines(web, her)]


def page(web: TestClient, her: GivenAccess, path: str = "/caso") -> str:
    enter(web, her.pin)
    return web.get(path).text


def days_ago(world: World, days: int) -> str:
    return str(world.today - timedelta(days=days))


@pytest.fixture
def two(world: World) -> tuple[GivenAccess, GivenAccess]:
    """Line 1 is archived, line 2 in trial, line 3 hidden: one victim of 1 and 3, one of 2 and 3."""
    world.push("a1", "CI06")
    world.push("b1", "CI20", proceeding=2)
    world.push("c1", "CI12", proceeding=3)
    return world.admit(proceedings=[1, 3]), world.admit(proceedings=[3, 2], contacts=[])


def test_two_victims_see_exactly_their_lines(web: TestClient, two: tuple[GivenAccess, GivenAccess]) -> None:
    first, second = two
    assert (seen(web, first), seen(web, second)) == ([(1, "CI06")], [(1, "CI20")])
    hers, theirs = page(web, first), page(web, second)
    assert "En pausa" in hers
    assert "En pausa" not in theirs
    assert "juicio" in theirs.lower()
    for html in (hers, theirs):
        assert "Con un juez</span></h2>" not in html
        assert "Línea 1 de 1" in html


def test_a_number_once_given_to_a_line_never_changes(
    web: TestClient, world: World, two: tuple[GivenAccess, GivenAccess], clock: Clock
) -> None:
    first, second = two
    clock.advance(timedelta(hours=1))
    world.push("d1", "CI01", proceeding=4)
    late = world.admit(proceedings=[1, 3, 4], contacts=[])
    world.push("c2", "CI12", proceeding=3, reveals="c1", details={"how": "orden_de_aprehension"})
    assert seen(web, first) == [(1, "CI06"), (2, "CI12")]
    assert seen(web, second) == [(1, "CI20"), (2, "CI12")]
    assert seen(web, late) == [(1, "CI06"), (2, "CI01"), (3, "CI12")]
    clock.advance(timedelta(hours=1))
    world.push("a2", "CI01")
    world.push("c3", "CI13", proceeding=3)
    assert seen(web, late) == [(1, "CI01"), (2, "CI01"), (3, "CI13")]


@pytest.mark.parametrize(
    ("before", "after", "fields", "said"),
    [
        ("CI07", "CI06", {"supersedes": "u2"}, True),
        ("CI24", "CI01", {}, True),
        ("CI20", "CI15", {}, True),
        ("CI01", "CI06", {}, False),
        ("CI06", "CI01", {}, False),
    ],
    ids=["corrected", "reopened", "backward", "forward", "foreseen way back"],
)
def test_the_page_says_when_the_office_took_a_stage_back(
    web: TestClient, world: World, before: str, after: str, fields: dict[str, Any], said: bool
) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 9))
    world.push("u2", before, occurred_on=days_ago(world, 5))
    world.push("u3", after, occurred_on=days_ago(world, 1), **fields)
    her = world.admit()
    assert (TAKEN_BACK in page(web, her)) is said
    [line] = lines(web, her)
    assert line["stage"] == after
    assert line["timeline"][0]["corrected"] is ("supersedes" in fields)


def test_an_update_that_comes_out_of_order_stands_where_it_happened(web: TestClient, world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 9))
    world.push("u2", "CI12", occurred_on=days_ago(world, 2), details={"how": "citatorio"})
    world.push("u3", "CI06", occurred_on=days_ago(world, 5))
    [line] = lines(web, world.admit())
    assert line["stage"] == "CI12"
    assert [event["stage"] for event in line["timeline"]] == ["CI12", "CI06", "CI01"]


def test_the_timeline_marks_what_was_corrected(web: TestClient, world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 9))
    world.push("u2", "CI07", occurred_on=days_ago(world, 5))
    world.push("u3", "CI06", occurred_on=days_ago(world, 5), supersedes="u2")
    her = world.admit()
    assert page(web, her, "/caso/historia").count("Corregido") == 1
    assert not re.search("no acusar", page(web, her))


def test_a_correction_of_what_she_never_saw_is_no_correction_to_her(web: TestClient, world: World) -> None:
    world.push("u1", "CI01", occurred_on=days_ago(world, 9))
    world.push("u2", "CI12", occurred_on=days_ago(world, 5))
    world.push("u3", "CI12", occurred_on=days_ago(world, 4), supersedes="u2")
    world.push("u4", "CI12", occurred_on=days_ago(world, 1), reveals="u3", details={"how": "orden_de_aprehension"})
    her = world.admit()
    assert TAKEN_BACK not in page(web, her)
    assert [event["corrected"] for event in lines(web, her)[0]["timeline"]] == [False, False]
