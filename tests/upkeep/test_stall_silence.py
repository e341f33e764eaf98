"""Who is alerted late or not at all: of a silent feed, a historical load, what was told before, a case on its way."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from casestatus.cases.stages import Model, stage
from casestatus.cases.stalls import set_thresholds
from casestatus.database import Clock
from casestatus.offices.heartbeats import note_heartbeat
from casestatus.offices.models import Heartbeat
from casestatus.settings import Limits
from casestatus.upkeep.stalled_lines import stalled_lines
from casestatus.upkeep.stalls import LOOK_EVERY, StallWatch
from tests.factories import World, feed_lives
from tests.intake.town import make_town
from tests.upkeep.test_stalls import ends, look, notices, pass_days, stalls, tasks, wants_alerts


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


def test_while_the_feed_is_silent_the_office_is_asked_and_no_victim_is_told_that_nothing_changed(
    silent: World, clock: Clock
) -> None:
    signal(silent)
    silent.push("u1", "CI01")
    wants_alerts(silent, silent.admit().victim_id)
    watch = StallWatch(silent.database, Limits())
    pass_days(clock, 61, watch)
    assert (len(stalls(silent)), len(tasks(silent)), notices(silent)) == (2, 2, [])
    signal(silent)
    clock.advance(LOOK_EVERY)
    look(watch)
    assert (len(stalls(silent)), len(tasks(silent)), len(notices(silent))) == (2, 2, 1)


def test_what_moved_while_the_feed_was_silent_is_told_to_nobody(silent: World, clock: Clock) -> None:
    silent.push("u1", "CI01")
    wants_alerts(silent, silent.admit().victim_id)
    watch = StallWatch(silent.database, Limits())
    pass_days(clock, 31, watch)
    silent.push("u2", "CI06")
    signal(silent)
    clock.advance(LOOK_EVERY)
    look(watch)
    assert (len(stalls(silent)), notices(silent)) == (1, [])


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


def test_what_had_passed_every_threshold_when_it_was_loaded_is_told_once_as_long_again_after_the_load(
    world: World, clock: Clock
) -> None:
    world.push("u1", "CI01", occurred_on=str(world.today - timedelta(days=200)), historical=True)
    watch = StallWatch(world.database, Limits())
    look(watch)
    wants_alerts(world, world.admit().victim_id)
    pass_days(clock, 89, watch)
    assert (len(tasks(world)), notices(world)) == (1, [])
    pass_days(clock, 1, watch)
    assert len(notices(world)) == 1
    pass_days(clock, 200, watch)
    assert (len(tasks(world)), len(notices(world))) == (1, 1)


@pytest.mark.parametrize("code", ["CI10", "AP11"])
def test_a_case_that_another_office_does_not_accept_stands_still(world: World, clock: Clock, code: str) -> None:
    town, opening = make_town(world), {"CI10": "CI01", "AP11": "AP01"}[code]
    feed_lives(world, town.new.office_id)
    world.push("u1", opening)
    world.push("u2", code, details={"to_office": "IZP-6"})
    wants_alerts(world, world.admit().victim_id)
    watch = StallWatch(world.database, Limits())
    pass_days(clock, 31, watch)
    assert [(stall.shown_stage, stall.days) for stall in stalls(world)] == [(code, 30)]
    assert [task.office_id for task in tasks(world)] == [world.office_id]
    assert len(notices(world)) == 1
    town.new.push("b1", opening, office="IZP-6")
    assert all(ends(world))


def test_a_case_that_went_to_another_authority_does_not_stand_still_here(world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    world.push("u2", "CI10", details={"to_authority": "fgr"})
    pass_days(clock, 100, StallWatch(world.database, Limits()))
    with world.database.reading() as session:
        assert stalled_lines(session, world.office_id, today=world.today) == []
    assert stalls(world) == []


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
