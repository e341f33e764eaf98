"""The stall watch: who is alerted of a line that stands still, when, and never twice."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from casestatus.cases.models import Proceeding, Stall
from casestatus.cases.stages import Model, stage
from casestatus.cases.stalls import ThresholdsUnusable, set_thresholds
from casestatus.database import Clock, Database
from casestatus.notices.models import Notice, NoticeKind, NoticeState
from casestatus.offices.models import OfficeTask, TaskKind
from casestatus.settings import Limits
from casestatus.upkeep.stalled_lines import stalled_lines
from casestatus.upkeep.stalls import StallWatch
from casestatus.victims.models import ContactPolicy, Victim
from tests.factories import World

DAY = timedelta(days=1)


def rows(world: World, table: Any, *where: Any) -> list[Any]:
    with world.database.reading() as session:
        found = session.scalars(select(table).where(*where).order_by(table.id)).all()
        session.expunge_all()
        return list(found)


def stalls(world: World) -> list[Stall]:
    return rows(world, Stall)


def tasks(world: World) -> list[OfficeTask]:
    return rows(world, OfficeTask, OfficeTask.kind == TaskKind.STALLED)


def ends(world: World) -> list[datetime | None]:
    """When each stall ended, then each task."""
    return [stall.resolved_at for stall in stalls(world)] + [task.resolved_at for task in tasks(world)]


def notices(world: World) -> list[Notice]:
    return rows(world, Notice, Notice.kind == NoticeKind.STALL)


def wants_alerts(world: World, victim_id: UUID, **changes: object) -> None:
    with world.database.writing() as session:
        session.execute(update(Victim).where(Victim.id == victim_id).values(stall_alerts=True, **changes))


def look(*watches: StallWatch) -> None:
    """All there is to do now, by every watch at the same time."""
    together = threading.Barrier(len(watches))

    def work(watch: StallWatch) -> None:
        together.wait()
        while watch.once():
            pass

    with ThreadPoolExecutor(len(watches)) as pool:
        list(pool.map(work, watches))


def pass_days(clock: Clock, days: int, *watches: StallWatch) -> None:
    for _ in range(days):
        clock.advance(DAY)
        look(*watches)


def test_a_line_alerts_on_the_day_it_passes_a_threshold(world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    wants_alerts(world, world.admit().victim_id)
    watch = StallWatch(world.database, Limits())
    pass_days(clock, 29, watch)
    assert (stalls(world), tasks(world), notices(world)) == ([], [], [])
    pass_days(clock, 1, watch)
    [stall], [task], [notice] = stalls(world), tasks(world), notices(world)
    assert (stall.shown_stage, stall.days, stall.resolved_at) == ("CI01", 30, None)
    assert (task.office_id, task.resolved_at) == (world.office_id, None)
    assert (notice.state, notice.by_law) == (NoticeState.WAITING, False)


def test_the_day_is_that_of_the_office(world: World, clock: Clock) -> None:
    """18:00 UTC is noon in Mexico City: the thirtieth day begins there twelve hours later."""
    world.push("u1", "CI01")
    watch = StallWatch(world.database, Limits())
    clock.advance(29 * DAY + timedelta(hours=11))
    look(watch)
    assert stalls(world) == []
    clock.advance(timedelta(hours=2))
    look(watch)
    assert [stall.days for stall in stalls(world)] == [30]


def test_only_victims_who_asked_for_it_are_told(world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    world.admit()
    paused = world.admit()
    wants_alerts(world, paused.victim_id, contact_policy=ContactPolicy.PAUSED)
    pass_days(clock, 30, StallWatch(world.database, Limits()))
    [notice] = notices(world)
    assert (notice.victim_id, notice.state) == (paused.victim_id, NoticeState.NOT_WANTED)


def test_a_move_ends_the_stall_and_its_tasks_and_the_next_stage_counts_anew(world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    watch = StallWatch(world.database, Limits())
    pass_days(clock, 61, watch)
    assert [task.resolved_at for task in tasks(world)] == [None, None]
    world.push("u2", "CI06")
    assert all(ends(world))
    world.push("u3", "CI01")
    pass_days(clock, 31, watch)
    assert [stall.days for stall in stalls(world) if stall.resolved_at is None] == [30]


def test_a_hidden_push_and_a_repeated_stage_end_nothing(world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    watch = StallWatch(world.database, Limits())
    pass_days(clock, 31, watch)
    world.push("u2", "CI12")
    world.push("u3", "CI01", hidden=True)
    assert [stall.resolved_at for stall in stalls(world)] == [None]
    pass_days(clock, 30, watch)
    assert [(stall.days, stall.resolved_at) for stall in stalls(world)] == [(30, None), (60, None)]


def test_a_move_that_was_a_mistake_brings_the_stall_back_without_telling_again(world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    wants_alerts(world, world.admit().victim_id)
    watch = StallWatch(world.database, Limits())
    pass_days(clock, 31, watch)
    world.push("u2", "CI06")
    world.push("u3", "CI01", supersedes="u2")
    pass_days(clock, 5, watch)
    assert ends(world) == [None, None]
    assert len(notices(world)) == 1


def test_thresholds_passed_at_once_alert_once(world: World, clock: Clock) -> None:
    """An office tells late, or no worker ran: nobody gets three messages in one minute."""
    world.push("u1", "CI01")
    wants_alerts(world, world.admit().victim_id)
    clock.advance(100 * DAY)
    look(StallWatch(world.database, Limits()))
    assert [stall.days for stall in stalls(world)] == [30, 60, 90]
    assert (len(tasks(world)), len(notices(world))) == (1, 1)


def test_an_office_may_have_days_of_its_own(world: World, clock: Clock) -> None:
    world.push("u1", "CI01")
    world.push("u2", "CI15", proceeding=2)
    with world.database.writing() as session:
        set_thresholds(session, world.office_id, stage(Model.CI, "CI01"), [10], now=clock.now())
        set_thresholds(session, world.office_id, stage(Model.CI, "CI15"), [20, 200], now=clock.now())
    pass_days(clock, 40, StallWatch(world.database, Limits()))
    assert [(stall.shown_stage, stall.days) for stall in stalls(world)] == [("CI01", 10), ("CI15", 20)]
    with world.database.writing() as session:
        set_thresholds(session, world.office_id, stage(Model.CI, "CI01"), [], now=clock.now())
    look(StallWatch(world.database, Limits()))
    assert [(stall.shown_stage, stall.days) for stall in stalls(world)][2:] == [("CI01", 30)]


@pytest.mark.parametrize(("code", "days"), [("CI01", [3]), ("CI01", [60, 30]), ("CI23", [30])])
def test_days_that_make_no_sense_are_refused(world: World, code: str, days: list[int]) -> None:
    with pytest.raises(ThresholdsUnusable), world.database.writing() as session:
        set_thresholds(session, world.office_id, stage(Model.CI, code), days, now=world.database.now())


def test_the_list_tells_what_stands_longest_first(world: World, clock: Clock) -> None:
    world.push("u1", "CI01", occurred_on="2026-01-10")
    case = world.push("u2", "CI01", proceeding=2, occurred_on="2026-01-01").case_id
    world.push("u3", "CI01", proceeding=3)
    world.push("u4", "CI06", proceeding=4, occurred_on="2025-01-01")
    with world.database.reading() as session:
        listed = stalled_lines(session, world.office_id, today=date(2026, 3, 2))
    assert [(each.case_id, each.line, each.days) for each in listed] == [(case, 2, 60), (case, 1, 51)]


def test_a_run_that_was_killed_is_taken_up_again(world: World, clock: Clock) -> None:
    for line in range(1, 8):
        world.push(f"u{line}", "CI01", proceeding=line)
    clock.advance(30 * DAY)
    assert StallWatch(world.database, Limits(), lines_at_once=3).once()
    assert len(stalls(world)) == 3
    look(StallWatch(world.database, Limits(), lines_at_once=3))
    assert Counter(stall.proceeding_id for stall in stalls(world)) == dict.fromkeys(lines(world), 1)


def test_a_year_day_by_day_with_two_workers_and_restarts_alerts_once_per_threshold(
    world: World, clock: Clock, database_url: str
) -> None:
    """Line 1 never moves. Line 2 moves on day 45 and comes back on day 100. Line 3 moves in secret on day 20."""
    for line in (1, 2, 3):
        world.push(f"u{line}", "CI01", proceeding=line)
    wants_alerts(world, world.admit(proceedings=[1, 2, 3]).victim_id)
    elsewhere = Database(database_url, clock)
    pushes: dict[int, dict[str, Any]] = {
        20: {"stage": "CI12", "proceeding": 3},
        45: {"stage": "CI06", "proceeding": 2},
        100: {"stage": "CI01", "proceeding": 2},
    }
    watches = [StallWatch(each, Limits(), lines_at_once=2) for each in (world.database, elsewhere)]
    for day in range(1, 366):
        clock.advance(DAY)
        if push := pushes.get(day):
            world.push(f"day-{day}", push["stage"], proceeding=push["proceeding"])
        if day % 7 == 0:
            watches = [StallWatch(each, Limits(), lines_at_once=2) for each in (world.database, elsewhere)]
        look(*watches)
    elsewhere.close()
    first, second, third = lines(world)
    raised = [(stall.proceeding_id, (stall.raised_at.date() - START).days, stall.days) for stall in stalls(world)]
    assert sorted(raised) == sorted(
        [(line, days, days) for line in (first, third) for days in (30, 60, 90)]
        + [(second, 30, 30)]
        + [(second, 100 + days, days) for days in (30, 60, 90)]
    )
    assert len(tasks(world)) == len(notices(world)) == 10


START = date(2026, 3, 2)


def lines(world: World) -> list[UUID]:
    with world.database.reading() as session:
        return list(session.scalars(select(Proceeding.id).order_by(Proceeding.ordinal)))
