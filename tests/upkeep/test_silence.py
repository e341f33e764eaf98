"""An office whose feed is silent for too long has a task for it: once a silence, until its next signal."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from casestatus.cases.office_tasks import TaskEndsByItself, finish_task
from casestatus.database import Clock, Database
from casestatus.offices.heartbeats import note_heartbeat
from casestatus.offices.models import Heartbeat, Office, OfficeTask, TaskKind
from casestatus.settings import Limits
from casestatus.upkeep.silence import SilenceWatch
from tests.factories import World
from tests.intake.town import make_town
from tests.upkeep.test_stalls import rows

DAY = timedelta(days=1)


@pytest.fixture
def silent(world: World) -> World:
    """Its office never sent a signal."""
    with world.database.writing() as session:
        session.execute(delete(Heartbeat))
    return world


def signal(world: World) -> None:
    with world.database.writing() as session:
        note_heartbeat(session, world.office_id, now=world.database.now())


def tasks(world: World) -> list[bool]:
    """Of each task in its order, whether it lies open."""
    found = rows(world, OfficeTask, OfficeTask.kind == TaskKind.FEED_SILENT)
    assert {task.office_id for task in found} <= {world.office_id}
    return [task.resolved_at is None for task in found]


def pass_days(world: World, clock: Clock, days: int) -> None:
    """Each day with two workers that were started just then."""
    for _ in range(days):
        clock.advance(DAY)
        for _ in range(2):
            SilenceWatch(world.database, Limits()).once()


def test_a_silence_is_a_task_once_until_the_next_signal(silent: World, clock: Clock) -> None:
    silent.push("u1", "CI01")
    signal(silent)
    pass_days(silent, clock, 3)
    assert tasks(silent) == []
    pass_days(silent, clock, 30)
    assert tasks(silent) == [True]
    signal(silent)
    assert tasks(silent) == [False]
    pass_days(silent, clock, 30)
    assert tasks(silent) == [False, True]


def test_an_office_that_never_sent_a_signal_is_silent_since_it_has_cases(silent: World, clock: Clock) -> None:
    pass_days(silent, clock, 30)
    assert tasks(silent) == []
    silent.push("u1", "CI01")
    pass_days(silent, clock, 3)
    assert tasks(silent) == []
    pass_days(silent, clock, 1)
    assert tasks(silent) == [True]


def test_the_limit_is_the_office_s_own(silent: World, clock: Clock) -> None:
    silent.push("u1", "CI01")
    signal(silent)
    with silent.database.writing() as session:
        session.execute(update(Office).values(stale_after_days=10))
    pass_days(silent, clock, 10)
    assert tasks(silent) == []
    pass_days(silent, clock, 1)
    assert tasks(silent) == [True]


def test_a_signal_is_all_that_ends_it(silent: World, clock: Clock, database: Database) -> None:
    silent.push("u1", "CI01")
    pass_days(silent, clock, 4)
    with database.writing() as session:
        task_id = session.scalars(select(OfficeTask.id)).one()
        with pytest.raises(TaskEndsByItself):
            finish_task(session, task_id, [silent.office_id], tells_victims=False, now=database.now())


def test_an_office_that_has_only_a_line_of_another_s_case_is_asked_too(silent: World, clock: Clock) -> None:
    town = make_town(silent)
    silent.push("u1", "CI01")
    silent.push("u2", "CI10", proceeding=2, details={"to_office": "IZP-6"})
    town.new.push("n1", "CI01", proceeding=2, office="IZP-6")
    pass_days(silent, clock, 4)
    found = rows(silent, OfficeTask, OfficeTask.kind == TaskKind.FEED_SILENT)
    assert {task.office_id for task in found} == {silent.office_id, town.new.office_id}
