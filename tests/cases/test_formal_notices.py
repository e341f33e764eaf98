"""A formal notice may be told later: it sets the day that time limits run from, and moves nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from casestatus.cases.models import EventKind, Proceeding, TimelineEvent
from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from casestatus.intake.registration import GivenAccess
from casestatus.intake.update import UpdateRefused
from casestatus.offices.models import OfficeTask, TaskKind
from casestatus.victims.status import Line, status_of
from tests.clocks import StoppedClock
from tests.factories import World, make_world


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def world(database: Database, keys: KeyRing) -> World:
    return make_world(database, keys)


@pytest.fixture
def her(world: World) -> GivenAccess:
    """A victim of a case that was paused nine days ago."""
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    world.push("u2", "CI06", occurred_on=ago(world, 9))
    return world.admit()


def ago(world: World, days: int) -> str:
    return str(world.today - timedelta(days=days))


def line(world: World, her: GivenAccess) -> Line:
    with world.database.reading() as session:
        return status_of(session, her.victim_id, None, keys=world.keys).lines[0]


def notice_of(told: Line) -> date | None:
    """The day of the one formal notice of what was told last."""
    days = told.notified_on
    assert len(days) < 2
    return days[0] if days else None


def unsaid(world: World) -> int:
    """Open tasks that ask the office for the day of a formal notice."""
    with world.database.reading() as session:
        asked = session.query(OfficeTask).filter_by(kind=TaskKind.FORMAL_NOTICE_UNSAID, resolved_at=None)
        return asked.count()


def kinds(world: World) -> list[EventKind]:
    with world.database.reading() as session:
        return [event.kind for event in session.query(TimelineEvent).order_by(TimelineEvent.sequence)]


def test_the_same_stage_with_a_formal_date_sets_the_date_and_moves_nothing(world: World, her: GivenAccess) -> None:
    before = line(world, her)
    assert notice_of(before) is None
    receipt = world.push("u3", "CI06", formal_notice_on=ago(world, 2))
    after = line(world, her)
    assert notice_of(after) == date.fromisoformat(ago(world, 2))
    assert (after.since, after.entries) == (before.since, before.entries)
    assert (receipt.flags, receipt.notices_queued) == ([], 0)
    assert kinds(world)[-1] is EventKind.FORMAL_NOTICE
    with world.database.reading() as session:
        moved = session.query(Proceeding).one()
        assert (moved.stage, moved.stage_since) == ("CI06", date.fromisoformat(ago(world, 9)))


def test_of_two_victims_notified_one_after_the_other_each_day_is_kept(world: World, her: GivenAccess) -> None:
    for days in (2, 5):
        world.push(f"n{days}", "CI06", occurred_on=ago(world, 9), formal_notice_on=ago(world, days))
    assert line(world, her).notified_on == tuple(date.fromisoformat(ago(world, days)) for days in (5, 2))


def test_the_same_decision_told_once_more_keeps_its_formal_date(world: World, her: GivenAccess) -> None:
    world.push("u3", "CI24", occurred_on=ago(world, 5), formal_notice_on=ago(world, 3))
    assert world.push("u4", "CI24", occurred_on=ago(world, 5)).flags == []
    world.push("u5", "CI24", occurred_on=ago(world, 5), details={"cause": "inocencia"})
    seen = line(world, her)
    assert (seen.current.details.cause, notice_of(seen)) == ("inocencia", date.fromisoformat(ago(world, 3)))


def test_the_same_stage_of_another_day_asks_the_office_for_its_formal_date(world: World, her: GivenAccess) -> None:
    world.push("u3", "CI06", formal_notice_on=ago(world, 5))
    told = world.push("u4", "CI06", occurred_on=ago(world, 4))
    assert (told.flags, notice_of(line(world, her)), unsaid(world)) == (["formal_notice_unsaid"], None, 1)
    world.push("u5", "CI06", occurred_on=ago(world, 4), formal_notice_on=ago(world, 3))
    assert (notice_of(line(world, her)), unsaid(world)) == (date.fromisoformat(ago(world, 3)), 0)


def test_an_older_decision_s_formal_date_is_not_what_the_office_is_asked_for(world: World, her: GivenAccess) -> None:
    world.push("u3", "CI06", formal_notice_on=ago(world, 5))
    world.push("u4", "CI06", occurred_on=ago(world, 4))
    world.push("u5", "CI07", occurred_on=ago(world, 20), formal_notice_on=ago(world, 19))
    assert (notice_of(line(world, her)), unsaid(world)) == (None, 1)
    world.push("u6", "CI06", occurred_on=ago(world, 9), formal_notice_on=ago(world, 3))
    assert (notice_of(line(world, her)), unsaid(world)) == (None, 1)
    world.push("u7", "CI06", occurred_on=ago(world, 4), formal_notice_on=ago(world, 3), hidden=True)
    assert unsaid(world) == 1
    world.push("u8", "CI06", occurred_on=ago(world, 4), formal_notice_on=ago(world, 2))
    assert unsaid(world) == 0


def test_nobody_is_asked_for_the_formal_date_of_a_stage_that_the_line_left(world: World, her: GivenAccess) -> None:
    world.push("u3", "CI06", formal_notice_on=ago(world, 5))
    world.push("u4", "CI06", occurred_on=ago(world, 4))
    world.push("h1", "CI09", occurred_on=ago(world, 3), hidden=True)
    assert unsaid(world) == 1
    world.push("u5", "CI09", occurred_on=ago(world, 2))
    assert unsaid(world) == 0


def test_nor_of_a_revealed_one_behind_where_it_stands(world: World, her: GivenAccess) -> None:
    world.push("h1", "CI07", occurred_on=ago(world, 20), formal_notice_on=ago(world, 19), hidden=True)
    world.push("u3", "CI15", occurred_on=ago(world, 3))
    told = world.push("u4", "CI07", occurred_on=ago(world, 1), reveals="h1")
    assert ("formal_notice_unsaid" in told.flags, unsaid(world)) == (True, 0)


def test_a_stage_that_was_corrected_away_and_back_asks_for_its_formal_date(world: World, her: GivenAccess) -> None:
    world.push("u3", "CI24", occurred_on=ago(world, 6), formal_notice_on=ago(world, 4))
    for number, stage in ((4, "CI07"), (5, "CI09")):
        away = world.push(f"u{number}", stage, occurred_on=ago(world, 6), supersedes=f"u{number - 1}")
        assert "formal_notice_unsaid" not in away.flags
    back = world.push("u6", "CI24", occurred_on=ago(world, 6), supersedes="u5")
    assert ("formal_notice_unsaid" in back.flags, notice_of(line(world, her)), unsaid(world)) == (True, None, 1)
    world.push("u7", "CI24", occurred_on=ago(world, 6), formal_notice_on=ago(world, 4))
    assert (notice_of(line(world, her)), unsaid(world)) == (date.fromisoformat(ago(world, 4)), 0)


def test_a_correction_keeps_the_formal_date_that_came_with_the_stage(world: World, her: GivenAccess) -> None:
    world.push("u3", "CI24", occurred_on=ago(world, 6), formal_notice_on=ago(world, 4))
    world.push("u4", "CI24", occurred_on=ago(world, 7), supersedes="u3")
    assert notice_of(line(world, her)) == date.fromisoformat(ago(world, 4))
    world.push("u5", "CI24", occurred_on=ago(world, 7), supersedes="u4", formal_notice_on=ago(world, 2))
    assert notice_of(line(world, her)) == date.fromisoformat(ago(world, 2))


def test_no_limit_runs_from_before_the_corrected_day_of_a_decision(world: World, her: GivenAccess) -> None:
    world.push("u3", "CI06", occurred_on=ago(world, 9), formal_notice_on=ago(world, 8))
    told = world.push("u4", "CI06", occurred_on=ago(world, 3), supersedes="u2")
    assert (told.flags, notice_of(line(world, her)), unsaid(world)) == (["formal_notice_unsaid"], None, 1)
    world.push("u5", "CI06", occurred_on=ago(world, 3), formal_notice_on=ago(world, 2))
    assert (notice_of(line(world, her)), unsaid(world)) == (date.fromisoformat(ago(world, 2)), 0)


def test_a_formal_date_that_was_wrong_is_corrected_or_taken_back(world: World, her: GivenAccess) -> None:
    world.push("u3", "CI06", formal_notice_on=ago(world, 5))
    world.push("u4", "CI06", formal_notice_on=ago(world, 3), supersedes="u3")
    assert notice_of(line(world, her)) == date.fromisoformat(ago(world, 3))
    world.push("u5", "CI06", supersedes="u4")
    assert notice_of(line(world, her)) is None
    assert line(world, her).since == date.fromisoformat(ago(world, 9))


def test_a_formal_date_of_an_earlier_stage_is_told_by_that_stage_s_day(world: World, her: GivenAccess) -> None:
    world.push("u3", "CI09", occurred_on=ago(world, 1))
    world.push("u4", "CI06", occurred_on=ago(world, 9), formal_notice_on=ago(world, 8))
    seen = line(world, her)
    assert [entry.stage.code for entry in seen.entries] == ["CI01", "CI06", "CI09"]
    assert seen.formal_notices == {seen.entries[1].event_id: (date.fromisoformat(ago(world, 8)),)}
    assert notice_of(seen) is None  # the stage where it stands now has none


def test_a_stage_entered_anew_is_news_of_its_own(world: World, her: GivenAccess) -> None:
    world.push("u3", "CI01", occurred_on=ago(world, 5))
    world.push("u4", "CI06", occurred_on=ago(world, 1), formal_notice_on=ago(world, 1))
    seen = line(world, her)
    assert kinds(world)[-1] is EventKind.STAGE
    assert seen.since == date.fromisoformat(ago(world, 1))


def test_a_correction_that_keeps_the_stage_keeps_its_formal_date(world: World, her: GivenAccess) -> None:
    world.push("u3", "CI06", formal_notice_on=ago(world, 5))
    world.push("u4", "CI06", occurred_on=ago(world, 8), supersedes="u2")
    assert notice_of(line(world, her)) == date.fromisoformat(ago(world, 5))


def test_a_correction_to_another_stage_drops_the_formal_date(world: World, her: GivenAccess) -> None:
    world.push("u3", "CI06", formal_notice_on=ago(world, 5))
    world.push("u4", "CI07", occurred_on=ago(world, 9), supersedes="u2")
    assert notice_of(line(world, her)) is None


def test_new_details_with_a_formal_date_are_news(world: World) -> None:
    world.push("u1", "CI13", occurred_on=ago(world, 3))
    hearing = {"hearing_at": f"{world.today}T10:00:00-06:00"}
    world.push("u2", "CI13", details=hearing, formal_notice_on=ago(world, 0))
    assert kinds(world) == [EventKind.STAGE, EventKind.STAGE]


@pytest.mark.parametrize(("revealed", "notified", "told"), [(1, 3, False), (3, 3, True), (4, 3, True)])
def test_a_hidden_stage_s_formal_notice_comes_out_with_it_unless_it_is_of_the_hidden_time(
    world: World, her: GivenAccess, revealed: int, notified: int, *, told: bool
) -> None:
    before = line(world, her)
    world.push("h1", "CI07", occurred_on=ago(world, 5), hidden=True)
    assert world.push("h2", "CI07", occurred_on=ago(world, 5), formal_notice_on=ago(world, notified)).flags == [
        "hidden_by_rule"
    ]
    assert line(world, her) == before
    receipt = world.push("u4", "CI07", occurred_on=ago(world, revealed), reveals="h1")
    after = line(world, her)
    assert (after.current.stage.code, after.since) == ("CI07", world.today - timedelta(days=revealed))
    assert notice_of(after) == (world.today - timedelta(days=notified) if told else None)
    expected = (["formal_notice_shown"], 0) if told else (["formal_notice_unsaid"], 1)
    assert (receipt.flags, unsaid(world)) == expected


@pytest.mark.parametrize("notified", [5, 4], ids=["of_that_day", "later"])
def test_a_formal_notice_told_with_the_hidden_stage_is_not_told_and_the_office_is_asked_for_it(
    world: World, notified: int
) -> None:
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    her = world.admit()
    world.push("h1", "CI07", occurred_on=ago(world, 5), formal_notice_on=ago(world, notified), hidden=True)
    told = world.push("u2", "CI07", occurred_on=ago(world, 1), reveals="h1")
    assert (told.flags, notice_of(line(world, her)), unsaid(world)) == (["formal_notice_unsaid"], None, 1)
    world.push("u3", "CI07", formal_notice_on=ago(world, 5), occurred_on=ago(world, 5))
    assert (notice_of(line(world, her)), unsaid(world)) == (world.today - timedelta(days=5), 0)


@pytest.mark.parametrize("order", [("h2", "h3"), ("h3", "h2")], ids=["corrected_first", "told_first"])
def test_a_hidden_notice_comes_out_with_the_correction_of_what_it_tells(world: World, order: tuple[str, str]) -> None:
    updates = {
        "h2": {"occurred_on": ago(world, 7), "supersedes": "h1"},
        "h3": {"occurred_on": ago(world, 7), "formal_notice_on": ago(world, 6)},
    }
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    her = world.admit()
    world.push("h1", "CI07", occurred_on=ago(world, 8), hidden=True)
    for source_id in order:
        world.push(source_id, "CI07", **updates[source_id])
    world.push("u2", "CI07", occurred_on=ago(world, 6), reveals="h2")
    assert notice_of(line(world, her)) == world.today - timedelta(days=6)


def test_a_notice_that_the_office_asked_to_hide_comes_out_by_its_own_reveal_only(world: World) -> None:
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    her = world.admit()
    world.push("h1", "CI07", occurred_on=ago(world, 9), hidden=True)
    world.push("h2", "CI07", occurred_on=ago(world, 9), formal_notice_on=ago(world, 7), hidden=True)
    world.push("h3", "CI07", occurred_on=ago(world, 9), formal_notice_on=ago(world, 6), supersedes="h2")
    assert world.push("u2", "CI07", occurred_on=ago(world, 1), reveals="h1").flags == ["formal_notice_unsaid"]
    assert (notice_of(line(world, her)), unsaid(world)) == (None, 1)
    world.push("u3", "CI07", occurred_on=ago(world, 1), reveals="h3")
    assert (notice_of(line(world, her)), unsaid(world)) == (world.today - timedelta(days=6), 0)


def test_a_correction_of_a_hidden_notice_stays_hidden_unless_the_office_says_otherwise(
    world: World, her: GivenAccess
) -> None:
    world.push("h1", "CI06", formal_notice_on=ago(world, 5), hidden=True)
    assert world.push("h2", "CI06", formal_notice_on=ago(world, 4), supersedes="h1").flags == ["hidden_by_rule"]
    assert notice_of(line(world, her)) is None
    world.push("u3", "CI06", formal_notice_on=ago(world, 3), supersedes="h2", hidden=False)
    assert notice_of(line(world, her)) == world.today - timedelta(days=3)


def test_a_reveal_may_bring_the_formal_date(world: World) -> None:
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    her = world.admit()
    world.push("u2", "CI12", occurred_on=ago(world, 9))
    world.push("u3", "CI12", occurred_on=ago(world, 1), reveals="u2", formal_notice_on=ago(world, 1))
    assert notice_of(line(world, her)) == date.fromisoformat(ago(world, 1))


class TestOfOneMoment:
    """A file that tells what was hidden and its reveal at once, as the clock goes."""

    @pytest.fixture
    def clock(self) -> Clock:
        return StoppedClock(datetime(2026, 3, 2, 18, 0, tzinfo=UTC))

    @pytest.mark.parametrize("told", [{"formal_notice_on": "2026-02-20"}, {}], ids=["with_the_reveal", "not_yet"])
    def test_a_notice_of_the_hidden_time_is_not_told_either(self, world: World, told: dict[str, str]) -> None:
        world.push("u1", "CI01", occurred_on="2026-01-01")
        her = world.admit()
        world.push("h1", "CI06", occurred_on="2026-02-11", formal_notice_on="2026-02-13", hidden=True)
        receipt = world.push("u2", "CI06", occurred_on="2026-02-20", reveals="h1", **told)
        assert receipt.flags == ([] if told else ["formal_notice_unsaid"])
        assert notice_of(line(world, her)) == (date(2026, 2, 20) if told else None)


def test_the_office_is_asked_for_the_notice_of_what_was_corrected_while_hidden(world: World) -> None:
    world.push("u1", "CI01", occurred_on=ago(world, 30))
    her = world.admit()
    world.push("h1", "CI07", occurred_on=ago(world, 9), formal_notice_on=ago(world, 7), hidden=True)
    world.push("h2", "CI07", occurred_on=ago(world, 8), supersedes="h1")
    assert world.push("u2", "CI07", occurred_on=ago(world, 1), reveals="h2").flags == ["formal_notice_unsaid"]
    assert (notice_of(line(world, her)), unsaid(world)) == (None, 1)


def test_a_formal_notice_by_the_day_of_a_hidden_decision_is_hidden_with_it(world: World, her: GivenAccess) -> None:
    world.push("u3", "CI06", formal_notice_on=ago(world, 8))
    world.push("h1", "CI06", occurred_on=ago(world, 4), hidden=True)
    before = line(world, her)
    told = world.push("n1", "CI06", occurred_on=ago(world, 4), formal_notice_on=ago(world, 2))
    assert (told.flags, line(world, her)) == (["hidden_by_rule"], before)


def seen_with_and_without(world: World, hidden: dict[str, str], day: str) -> list[tuple[object, ...]]:
    """What a formal notice of `day` does to two lines alike, of which only the second has a hidden event."""
    observed: list[tuple[object, ...]] = []
    for proceeding in (1, 2):
        world.push(f"p{proceeding}", "CI06", occurred_on=ago(world, 30), proceeding=proceeding)
        if proceeding == 2:
            world.push("h", hidden["stage"], occurred_on=hidden["on"], proceeding=2, hidden=True)
        her = world.admit(proceedings=[proceeding])
        told = world.push(f"n{proceeding}", "CI06", occurred_on=day, formal_notice_on=day, proceeding=proceeding)
        seen = line(world, her)
        history = [(entry.stage.code, entry.on) for entry in seen.entries]
        observed.append((told.notices_queued, told.held, history, seen.since, notice_of(seen)))
    return observed


def test_a_hidden_stage_in_between_makes_no_news_of_a_formal_notice(world: World) -> None:
    without, behind_hidden = seen_with_and_without(world, {"stage": "CI01", "on": ago(world, 20)}, ago(world, 5))
    assert behind_hidden == without
    assert (without[0], without[4]) == (0, date.fromisoformat(ago(world, 5)))


def test_a_hidden_stage_of_the_same_day_takes_no_formal_notice_away(world: World) -> None:
    without, beside_hidden = seen_with_and_without(world, {"stage": "CI06", "on": ago(world, 30)}, ago(world, 30))
    assert beside_hidden == without
    assert (without[0], without[4]) == (0, date.fromisoformat(ago(world, 30)))


def test_the_notice_of_a_corrected_stage_may_be_corrected_without_moving_the_line(
    world: World, her: GivenAccess
) -> None:
    world.push("n1", "CI06", formal_notice_on=ago(world, 5))
    world.push("u3", "CI06", occurred_on=ago(world, 8), supersedes="u2")
    world.push("u4", "CI09", occurred_on=ago(world, 4))
    before = line(world, her)
    told = world.push("n2", "CI06", formal_notice_on=ago(world, 6), supersedes="n1")
    after = line(world, her)
    assert kinds(world)[-1] is EventKind.FORMAL_NOTICE
    assert (after.entries, told.notices_queued, told.flags) == (before.entries, 0, [])
    assert after.formal_notices == {after.entries[1].event_id: (date.fromisoformat(ago(world, 6)),)}


def test_a_hidden_correction_hides_no_corrected_notice(world: World, her: GivenAccess) -> None:
    world.push("n1", "CI06", formal_notice_on=ago(world, 5))
    world.push("u3", "CI06", occurred_on=ago(world, 8), supersedes="u2", hidden=True)
    world.push("n2", "CI06", formal_notice_on=ago(world, 6), supersedes="n1")
    assert notice_of(line(world, her)) == date.fromisoformat(ago(world, 6))


@pytest.mark.parametrize("between", [False, True], ids=["plain", "hidden_in_between"])
def test_a_new_decision_has_no_formal_date_of_the_one_before(world: World, *, between: bool) -> None:
    world.push("u1", "CI06", occurred_on="2025-10-01", formal_notice_on="2025-10-02")
    her = world.admit()
    if between:
        world.push("h", "CI01", occurred_on="2026-01-10", hidden=True)
    world.push("u2", "CI06", occurred_on="2026-02-27")
    assert notice_of(line(world, her)) is None
    world.push("u3", "CI06", occurred_on="2026-02-27", formal_notice_on="2026-03-02")
    assert notice_of(line(world, her)) == date(2026, 3, 2)


def test_a_formal_notice_comes_after_what_it_tells(world: World) -> None:
    with pytest.raises(UpdateRefused) as refused:
        world.push("u1", "CI06", occurred_on="2026-02-27", formal_notice_on="2026-02-26")
    assert [problem.field for problem in refused.value.fields] == ["formal_notice_on"]
    world.push("u2", "CI06", occurred_on="2026-02-27")
    with pytest.raises(UpdateRefused) as later:
        world.push("u3", "CI06", occurred_on="2026-03-05", formal_notice_on="2026-02-26")
    assert [problem.field for problem in later.value.fields] == ["formal_notice_on"]
    world.push("u4", "CI06", occurred_on="2026-03-05", formal_notice_on="2026-02-27")
