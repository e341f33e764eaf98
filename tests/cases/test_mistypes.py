"""However a number is typed, it finds its case or none: never another family's."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from casestatus.access.candidates import candidate_for
from casestatus.cases.models import NumberKind
from casestatus.cases.numbers import Form, readings
from casestatus.cases.registering import add_number, open_case
from casestatus.cases.stages import Model
from casestatus.crypto import KeyRing
from casestatus.database import Database
from tests.cases.mistypes import Number, a_number, mistyped, spelled, twin
from tests.factories import World, make_world

CASES = 300
MISTYPES = 10_000 if os.environ.get("ENDURANCE") else 1_000


@pytest.fixture
def world(sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    path = tmp_path / "casestatus.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield make_world(database, KeyRing.generate())
    database.close()


def opened(world: World, number: Number) -> UUID:
    now = world.database.now()
    with world.database.writing() as session:
        case = open_case(
            session,
            institution_id=world.institution_id,
            office_id=world.office_id,
            model=Model.CI,
            opened_on=world.today,
            now=now,
        )
        reading = readings(spelled(number))[0]
        add_number(session, case, reading, kind=NumberKind.OFFICIAL, keys=world.keys, now=now)
        return case.id


def different_numbers(draw: Random, count: int) -> list[Number]:
    """Numbers that resemble each other but differ in the loosest form, so that each can be found by it."""
    found: dict[tuple[str, ...], Number] = {}
    while len(found) < count:
        number = a_number(draw)
        found.setdefault(readings(spelled(number))[0].segments[Form.REDUCED], number)
    return list(found.values())


def test_every_mistype_finds_the_right_case_and_none_a_wrong_one(world: World) -> None:
    draw = Random(20261123)
    cases = {opened(world, number): number for number in different_numbers(draw, CASES)}
    missed, wrong = astray(world, cases, draw, MISTYPES)
    assert (wrong, missed) == ([], [])


def test_a_mistype_that_fits_two_cases_finds_neither(world: World) -> None:
    draw = Random(1523)
    numbers = [number for number in different_numbers(draw, 60) if twin(number) != number]
    cases = {opened(world, each): each for number in numbers for each in (number, twin(number))}
    missed, wrong = astray(world, cases, draw, MISTYPES // 2)
    assert wrong == []
    assert missed


def astray(
    world: World, cases: dict[UUID, Number], draw: Random, count: int
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The mistypes that found no case, and those that found another one's, beside what was meant."""
    missed: list[tuple[str, str]] = []
    wrong: list[tuple[str, str]] = []
    choices = list(cases.items())
    for _ in range(count):
        case_id, number = draw.choice(choices)
        typed = mistyped(number, draw)
        with world.database.reading() as session:
            found = candidate_for(session, world.keys, typed, institution=None).secret.case_id
        if found != case_id:
            (wrong if found in cases else missed).append((spelled(number), typed))
    return missed, wrong
