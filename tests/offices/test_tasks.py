"""What was done at the office comes back with a new cause; the same cause told twice doesn't bring it back."""

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from casestatus.crypto import KeyRing
from casestatus.database import Database, new_id
from casestatus.intake.case_for import NumberTaken
from casestatus.offices.models import OfficeTask, TaskKind
from casestatus.offices.tasks import Caused, open_task
from tests.factories import World, make_world


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def world(database: Database, keys: KeyRing) -> World:
    return make_world(database, keys)


def waiting(world: World, kind: TaskKind) -> int:
    lying = select(func.count()).where(OfficeTask.kind == kind, OfficeTask.resolved_at.is_(None))
    with world.database.reading() as session:
        return session.scalars(lying).one()


def all_done(world: World) -> None:
    with world.database.writing() as session:
        session.execute(update(OfficeTask).values(resolved_at=world.database.now()))


@pytest.mark.parametrize(("causes", "left"), [(["a", "a"], 0), (["a", "b"], 1), (["", ""], 0)])
def test_what_was_done_comes_back_with_a_new_cause_only(world: World, causes: list[str], left: int) -> None:
    subject, kind = new_id(), TaskKind.UNREACHABLE
    for cause in causes:
        all_done(world)
        with world.database.writing() as session:
            open_task(session, kind, Caused(subject, by=cause), office_id=world.office_id, now=world.database.now())
    assert waiting(world, kind) == left


def test_two_causes_at_once_are_one_task(world: World) -> None:
    subject, kind = new_id(), TaskKind.UNREACHABLE
    with world.database.writing() as session:
        for cause in ("a", "b"):
            open_task(session, kind, Caused(subject, by=cause), office_id=world.office_id, now=world.database.now())
    assert waiting(world, kind) == 1


def test_another_line_s_unknown_crime_is_asked_about_again(world: World) -> None:
    world.push("u1", "CI01", crime="nobody.knows")
    all_done(world)
    world.push("u1", "CI01", crime="nobody.knows")
    assert waiting(world, TaskKind.CRIME_UNKNOWN) == 0
    world.push("u2", "CI01", crime="nobody.knows", proceeding=2)
    assert waiting(world, TaskKind.CRIME_UNKNOWN) == 1


def test_another_update_under_a_number_of_the_office_is_told_again_but_not_the_same_one(world: World) -> None:
    world.push("u1", "CI01")
    stranger = replace(world, sender=replace(world.sender, offices={}))
    seen = []
    for source_id in ("b1", "b1", "b2"):
        with suppress(NumberTaken):
            stranger.push(source_id, "CI06")
        seen.append(waiting(world, TaskKind.NUMBER_TAKEN))
        all_done(world)
    assert seen == [1, 0, 1]


def test_another_decision_without_its_formal_notice_is_a_task_of_its_own_age(world: World) -> None:
    world.push("u1", "CI06", occurred_on="2026-01-05", formal_notice_on="2026-01-06")
    world.push("u2", "CI06", occurred_on="2026-02-01")
    world.push("u3", "CI06", occurred_on="2026-02-01", formal_notice_on="2026-02-02")
    assert waiting(world, TaskKind.FORMAL_NOTICE_UNSAID) == 0
    world.push("u4", "CI06", occurred_on="2026-03-01")
    with world.database.reading() as session:
        first, second = session.scalars(select(OfficeTask).order_by(OfficeTask.id))
    assert (first.resolved_at is None, second.resolved_at) == (False, None)
    assert second.created_at > first.created_at
