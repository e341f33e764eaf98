"""A standstill that goes on, ends or is put off: corrected days, an office's new thresholds, cases that others hold."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from sqlalchemy import select

from casestatus.cases.models import Case, Proceeding
from casestatus.cases.stages import Model, Stage, stage
from casestatus.cases.stalls import set_thresholds
from casestatus.database import Clock, Database
from casestatus.settings import Limits
from casestatus.upkeep.stalls import LOOK_AGAIN, StallWatch, raise_stalls
from tests.factories import World, feed_lives
from tests.intake.town import make_town
from tests.upkeep.test_stalls import ends, look, notices, pass_days, stalls, tasks, wants_alerts

CI01 = stage(Model.CI, "CI01")
NUMBER = "CI-FICUH/CUH-2/UI-2 C/D/00{}/04-2026"


def ago(world: World, days: int) -> str:
    return (world.today - timedelta(days=days)).isoformat()


def set_days(world: World, *days: int, of: Stage = CI01) -> None:
    with world.database.writing() as session:
        set_thresholds(session, world.office_id, of, days, now=world.database.now())


@pytest.mark.parametrize("corrected_to", [33, 28])
def test_a_corrected_day_alerts_nobody_again(world: World, clock: Clock, corrected_to: int) -> None:
    world.push("u1", "CI01")
    wants_alerts(world, world.admit().victim_id)
    watch = StallWatch(world.database, Limits())
    pass_days(clock, 31, watch)
    world.push("u2", "CI01", supersedes="u1", occurred_on=ago(world, corrected_to))
    pass_days(clock, 10, watch)
    assert [stall.days for stall in stalls(world)] == [30]
    assert (ends(world), len(notices(world))) == ([None, None], 1)


def test_an_earlier_day_of_the_same_stage_alerts_only_of_what_it_newly_passes(world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    wants_alerts(world, world.admit().victim_id)
    watch = StallWatch(world.database, Limits())
    pass_days(clock, 61, watch)
    world.push("u2", "CI01", occurred_on=ago(world, 70))
    pass_days(clock, 5, watch)
    assert [stall.days for stall in stalls(world)] == [30, 60]
    world.push("u3", "CI01", occurred_on=ago(world, 200))
    pass_days(clock, 5, watch)
    assert [stall.days for stall in stalls(world)] == [30, 60, 90]
    assert len(tasks(world)) == len(notices(world)) == 3
    assert not any(ends(world))


def test_a_stage_told_to_lie_between_begins_another_standstill(world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    watch = StallWatch(world.database, Limits())
    pass_days(clock, 20, watch)
    world.push("u2", "CI01")
    pass_days(clock, 11, watch)
    world.push("u3", "CI06", occurred_on=ago(world, 21))
    assert all(ends(world))
    pass_days(clock, 18, watch)
    assert len(stalls(world)) == 1
    pass_days(clock, 1, watch)
    assert [(stall.days, stall.resolved_at is None) for stall in stalls(world)] == [(30, False), (30, True)]


def test_longer_days_of_the_office_end_what_they_no_longer_ask_for(world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    watch = StallWatch(world.database, Limits())
    pass_days(clock, 31, watch)
    set_days(world, 120)
    assert all(ends(world))
    set_days(world)
    assert ends(world) == [None, None]
    set_days(world, 120)
    pass_days(clock, 89, watch)
    assert [(stall.days, stall.resolved_at is None) for stall in stalls(world)] == [(30, False), (120, True)]


def test_when_only_the_longest_alert_ends_the_next_one_has_the_task(world: World, clock: Clock) -> None:
    world.push("u1", "CI01", occurred_on=ago(world, 100))
    look(StallWatch(world.database, Limits()))
    set_days(world, 30, 60)
    assert [(stall.days, stall.resolved_at is None) for stall in stalls(world)] == [(30, True), (60, True), (90, False)]
    assert [task.resolved_at is None for task in tasks(world)] == [False, True]


@pytest.mark.parametrize("days_there", [[30], [60]])
def test_a_joined_line_stands_still_at_the_office_to_which_the_other_case_went(
    world: World, clock: Clock, days_there: list[int]
) -> None:
    town, target = make_town(world), NUMBER.format("777")
    feed_lives(world, town.new.office_id)
    joined = stage(Model.CI, "CI11")
    set_days(world, 30, of=joined)
    set_days(town.new, *days_there, of=joined)
    world.push("b1", "CI15", case_number=target)
    world.push("a1", "CI11", details={"to_number": target})
    pass_days(clock, 31, StallWatch(world.database, Limits()))
    world.push("b2", "CI10", case_number=target, details={"to_office": "IZP-6"})
    assert [task.office_id for task in tasks(world)] == [world.office_id]
    town.new.push("n1", "CI15", case_number=target, office="IZP-6")
    asked = [(task.office_id, task.resolved_at is None) for task in tasks(world)]
    assert asked == [(town.new.office_id, days_there == [30])]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_stall_of_a_joined_line_that_is_raised_while_the_other_case_goes_away_goes_along(
    world: World, clock: Clock, database_url: str
) -> None:
    town, target, elsewhere = make_town(world), NUMBER.format("777"), Database(database_url, clock)
    set_days(world, 30, of=stage(Model.CI, "CI11"))
    set_days(town.new, 30, of=stage(Model.CI, "CI11"))
    world.push("a1", "CI01")
    world.push("b1", "CI15", case_number=target)
    world.push("a2", "CI11", details={"to_number": target})
    clock.advance(timedelta(days=31))
    world.push("b2", "CI10", case_number=target, details={"to_office": "IZP-6"})
    with ThreadPoolExecutor(1) as apart:
        with elsewhere.writing() as watching:
            assert raise_stalls(watching, world.office_id, at_most=1, today=world.today, now=clock.now()) == 1
            accepting = apart.submit(town.new.push, "n1", "CI15", case_number=target, office="IZP-6")
            wait([accepting], timeout=0.3)
        accepting.result()
    elsewhere.close()
    assert [task.office_id for task in tasks(world)] == [town.new.office_id]


def test_lines_of_cases_that_somebody_holds_keep_no_others_back(world: World, clock: Clock, database_url: str) -> None:
    """On SQLite nobody holds a case: whoever writes is alone."""
    for place in range(3):
        world.push(f"u{place}", "CI01", case_number=NUMBER.format(100 + place))
    clock.advance(timedelta(days=30))
    watch, elsewhere = StallWatch(world.database, Limits(), lines_at_once=1), Database(database_url, clock)
    if world.database.dialect == "postgresql":
        with elsewhere.writing() as holding:
            held = (
                select(Case.id)
                .join(Proceeding, Proceeding.case_id == Case.id)
                .order_by(Proceeding.id)
                .limit(2)
                .with_for_update()
            )
            assert len(holding.scalars(held).all()) == 2
            look(watch)
            assert len(stalls(world)) == 1
    clock.advance(LOOK_AGAIN)
    look(watch)
    elsewhere.close()
    assert len(stalls(world)) == 3


def test_a_shorter_threshold_that_comes_later_alerts_nobody_again(world: World) -> None:
    world.push("u1", "CI01", occurred_on=ago(world, 45))
    look(StallWatch(world.database, Limits()))
    set_days(world, 20, 30, 60)
    look(StallWatch(world.database, Limits()))
    assert sorted(stall.days for stall in stalls(world)) == [20, 30]
    assert len(tasks(world)) == 1
