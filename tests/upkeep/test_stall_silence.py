"""Who isn't alerted: of a silent feed, of what a historical load tells, of a standstill that was told before."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from casestatus.cases.stages import Model, stage
from casestatus.cases.stalls import set_thresholds
from casestatus.database import Clock
from casestatus.offices.heartbeats import note_heartbeat
from casestatus.offices.models import Heartbeat
from casestatus.settings import Limits
from casestatus.upkeep.stalls import LOOK_EVERY, StallWatch
from tests.factories import World
from tests.upkeep.test_stalls import look, notices, pass_days, stalls, tasks, wants_alerts


@pytest.fixture
def silent(world: World) -> World:
    """Its office never sent a signal."""
    with world.database.writing() as session:
        session.execute(delete(Heartbeat))
    return world


def signal(world: World) -> None:
    with world.database.writing() as session:
        note_heartbeat(session, world.office_id, now=world.database.now())


def days_of_stage(world: World, *days: int) -> None:
    with world.database.writing() as session:
        set_thresholds(session, world.office_id, stage(Model.CI, "CI01"), days, now=world.database.now())


def test_while_the_feed_is_silent_nobody_is_told_that_nothing_changed(silent: World, clock: Clock) -> None:
    signal(silent)
    silent.push("u1", "CI01")
    wants_alerts(silent, silent.admit().victim_id)
    watch = StallWatch(silent.database, Limits())
    pass_days(clock, 31, watch)
    assert (stalls(silent), tasks(silent), notices(silent)) == ([], [], [])
    signal(silent)
    clock.advance(LOOK_EVERY)
    look(watch)
    assert (len(stalls(silent)), len(tasks(silent)), len(notices(silent))) == (1, 1, 1)


def test_what_a_historical_load_tells_is_for_the_office_until_the_next_threshold(world: World, clock: Clock) -> None:
    loaded = str(world.today - timedelta(days=70))
    for line in (1, 2, 3):
        world.push(f"u{line}", "CI01", proceeding=line, occurred_on=loaded, historical=True)
    wants_alerts(world, world.admit(proceedings=[1, 2, 3]).victim_id)
    watch = StallWatch(world.database, Limits())
    look(watch)
    assert (len(tasks(world)), notices(world)) == (3, [])
    pass_days(clock, 20, watch)
    assert len(notices(world)) == 3


def test_a_standstill_that_a_mistake_interrupted_is_told_once(world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    wants_alerts(world, world.admit().victim_id)
    watch = StallWatch(world.database, Limits())
    pass_days(clock, 31, watch)
    world.push("u2", "CI06")
    world.push("u3", "CI01", supersedes="u2", occurred_on="2026-03-01")
    pass_days(clock, 5, watch)
    assert len(notices(world)) == 1
    assert [(stall.days, stall.shown_since, stall.resolved_at) for stall in stalls(world)] == [
        (30, date(2026, 3, 1), None)
    ]


def test_other_thresholds_for_a_while_and_another_day_alert_nobody_again(world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    wants_alerts(world, world.admit().victim_id)
    watch = StallWatch(world.database, Limits())
    pass_days(clock, 31, watch)
    days_of_stage(world, 45)
    world.push("u2", "CI01", supersedes="u1", occurred_on="2026-03-01")
    days_of_stage(world)
    pass_days(clock, 5, watch)
    assert len(notices(world)) == 1
