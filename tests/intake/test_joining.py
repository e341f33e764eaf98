"""A case that was joined into another, and what its victims see from then on."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select

from casestatus.cases.crimes import RiskTier
from casestatus.cases.models import Proceeding
from casestatus.database import alembic_config, migrate
from casestatus.errors import NotFound
from casestatus.intake.registration import RegistrationRefused
from casestatus.statistics.models import CountKind, StatisticsEvent
from casestatus.victims.models import Victim
from tests.factories import NUMBER, World, make_world
from tests.intake.town import OTHER, THIRD, Town, joined_into, make_town, stages, status


@pytest.fixture
def town(world: World) -> Town:
    return make_town(world)


def days_ago(world: World, days: int) -> str:
    return str(world.today - timedelta(days=days))


def join(world: World, source_id: str, *, into: str, **fields: Any) -> list[str]:
    return world.push(source_id, "CI11", details={"to_number": into}, **fields).flags


def test_her_line_and_the_targets_linked_lines_are_seen_under_her_own_number(world: World, town: Town) -> None:
    mine = world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    target = world.push("b1", "CI01", case_number=OTHER)
    world.push("b2", "CI15", case_number=OTHER, proceeding=2)
    her = world.admit()
    assert join(world, "a2", into=OTHER) == []
    assert joined_into(world, mine) == target.case_id
    assert town.link(world, her, 2, case_number=OTHER).proceedings == [2]
    seen = status(world, her)
    assert (seen.case_number, stages(world, her)) == (NUMBER, ["CI11", "CI15"])
    assert all(entry.details.to_number is None for line in seen.lines for entry in line.entries)


def test_duplicates_are_merged_by_joining_and_each_number_goes_on_finding_its_case(world: World) -> None:
    mine = world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    world.push("b1", "CI01", case_number=OTHER)
    join(world, "a2", into=OTHER)
    assert world.push("a3", "CI01").case_id == mine.case_id
    assert world.push("b2", "CI12", case_number=OTHER, details={"how": "citatorio"}).case_id != mine.case_id


def test_a_joined_case_counts_once_more_and_then_no_more(world: World) -> None:
    world.push("b1", "CI01", case_number=OTHER)
    world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    join(world, "a2", into=OTHER)
    before = counted(world)
    assert ("entry", "concluida", "acumulada") in before
    world.push("a3", "CI12", details={"how": "citatorio"})
    world.push("a4", "CI06", proceeding=2)
    assert counted(world) == before


def test_a_join_that_is_taken_back_counts_on_and_cuts_what_it_opened(world: World, town: Town) -> None:
    mine = world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    world.push("b1", "CI06", case_number=OTHER)
    her = world.admit()
    join(world, "a2", into=OTHER)
    town.link(world, her, 1, case_number=OTHER)
    world.push("a3", "CI01", supersedes="a2")
    assert joined_into(world, mine) is None
    assert stages(world, her) == ["CI01"]
    world.push("a4", "CI12", details={"how": "citatorio"})
    assert ("entry", "ante_juez", None) in counted(world)
    with pytest.raises(RegistrationRefused):
        town.link(world, her, 1, case_number=OTHER)


def test_a_join_corrected_to_another_case_leads_there(world: World, town: Town) -> None:
    mine = world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    world.push("b1", "CI06", case_number=OTHER)
    third = world.push("c1", "CI15", case_number=THIRD)
    her = world.admit()
    join(world, "a2", into=OTHER)
    town.link(world, her, 1, case_number=OTHER)
    join(world, "a3", into=THIRD, supersedes="a2")
    assert joined_into(world, mine) == third.case_id
    town.link(world, her, 1, case_number=THIRD)
    assert stages(world, her) == ["CI11", "CI15"]


def test_a_hidden_join_changes_nothing_until_it_is_revealed(world: World) -> None:
    mine = world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    target = world.push("b1", "CI01", case_number=OTHER)
    before = counted(world)
    join(world, "a2", into=OTHER, hidden=True)
    assert (joined_into(world, mine), counted(world)) == (None, before)
    world.push("a3", "CI11", reveals="a2")
    assert joined_into(world, mine) == target.case_id
    assert ("entry", "concluida", "acumulada") in counted(world)


def test_two_lines_joined_into_two_cases_go_on_in_both(world: World, town: Town) -> None:
    mine = world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    world.push("a2", "CI01", occurred_on=days_ago(world, 9), proceeding=2)
    second = world.push("b1", "CI06", case_number=OTHER)
    third = world.push("c1", "CI15", case_number=THIRD)
    her, of_line_2 = world.admit(proceedings=[1, 2]), world.admit(proceedings=[2], contacts=[])
    join(world, "a3", into=OTHER)
    town.link(world, her, 1, case_number=OTHER)
    join(world, "a4", into=THIRD, proceeding=2)
    assert [joined_into(world, mine, line=number) for number in (1, 2)] == [second.case_id, third.case_id]
    town.link(world, her, 1, case_number=THIRD)
    assert stages(world, her) == ["CI11", "CI11", "CI06", "CI15"]
    town.link(world, of_line_2, 1, case_number=THIRD)
    with pytest.raises(RegistrationRefused):
        town.link(world, of_line_2, 1, case_number=OTHER)
    world.push("a5", "CI01")
    assert stages(world, her) == ["CI01", "CI11", "CI15"]
    assert stages(world, of_line_2) == ["CI11", "CI15"]


@pytest.mark.parametrize("fields", [{}, {"supersedes": "a2"}], ids=["goes on", "taken back"])
def test_a_line_that_leaves_its_join_is_linked_to_the_other_case_no_more(
    world: World, town: Town, fields: dict[str, Any]
) -> None:
    mine = world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    world.push("b1", "CI06", case_number=OTHER)
    her = world.admit()
    join(world, "a2", into=OTHER)
    town.link(world, her, 1, case_number=OTHER)
    world.push("a3", "CI01", hidden=True)
    assert stages(world, her) == ["CI11", "CI06"]
    world.push("a4", "CI01", **fields)
    assert (joined_into(world, mine), stages(world, her)) == (None, ["CI01"])
    with pytest.raises(RegistrationRefused):
        town.link(world, her, 1, case_number=OTHER)


def test_a_join_told_again_without_its_number_goes_on_where_it_went(world: World, town: Town) -> None:
    mine = world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    other = world.push("b1", "CI06", case_number=OTHER)
    her = world.admit()
    join(world, "a2", into=OTHER)
    town.link(world, her, 1, case_number=OTHER)
    world.push("a3", "CI11")
    assert (joined_into(world, mine), stages(world, her)) == (other.case_id, ["CI11", "CI06"])


def test_a_stage_revealed_after_a_join_takes_no_line_from_her(world: World, town: Town) -> None:
    world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    world.push("b1", "CI06", case_number=OTHER)
    her = world.admit()
    world.push("a2", "CI12", occurred_on=days_ago(world, 8))
    join(world, "a3", into=OTHER)
    town.link(world, her, 1, case_number=OTHER)
    world.push("a4", "CI12", reveals="a2")
    assert stages(world, her) == ["CI11", "CI06"]


def test_a_chain_that_breaks_takes_the_lines_behind_it_away(world: World, town: Town) -> None:
    world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    world.push("b1", "CI01", case_number=OTHER, occurred_on=days_ago(world, 9))
    world.push("c1", "CI15", case_number=THIRD)
    her = world.admit()
    join(world, "b2", into=THIRD, case_number=OTHER)
    join(world, "a2", into=OTHER)
    town.link(world, her, 1, case_number=THIRD)
    world.push("b3", "CI01", case_number=OTHER)
    assert stages(world, her) == ["CI11"]


def test_a_chain_of_joins_leads_to_its_end(world: World, town: Town) -> None:
    world.push("a1", "CI01")
    world.push("b1", "CI01", case_number=OTHER)
    world.push("c1", "CI15", case_number=THIRD)
    her = world.admit()
    join(world, "b2", into=THIRD, case_number=OTHER)
    join(world, "a2", into=OTHER)
    town.link(world, her, 1, case_number=THIRD)
    assert stages(world, her) == ["CI11", "CI15"]


@pytest.mark.parametrize("into", [NUMBER, "CI-FICUH/CUH-2/UI-2 C/D/00999/04-2026", "«»"])
def test_a_join_that_leads_nowhere_is_recorded_and_flagged(world: World, into: str) -> None:
    mine = world.push("a1", "CI01")
    assert "to_number_unusable" in join(world, "a2", into=into)
    assert joined_into(world, mine) is None


def test_no_two_cases_are_joined_into_each_other(world: World) -> None:
    world.push("a1", "CI01")
    world.push("b1", "CI01", case_number=OTHER)
    start = threading.Barrier(2)

    def push(pair: tuple[str, str]) -> None:
        start.wait()
        join(world, f"j{pair[0]}", case_number=pair[0], into=pair[1])

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(push, [(NUMBER, OTHER), (OTHER, NUMBER)]))
    with world.database.reading() as session:
        assert len([each for each in session.scalars(select(Proceeding)) if each.joined_into_id]) == 1


def test_another_institutions_case_is_no_target(world: World) -> None:
    elsewhere = make_world(world.database, world.keys, code="FGJ-2")
    elsewhere.push("b1", "CI01", case_number=OTHER)
    world.push("a1", "CI01")
    assert "to_number_unusable" in join(world, "a2", into=OTHER)


def test_only_the_office_that_owns_the_lines_links_them(world: World, town: Town) -> None:
    world.push("a1", "CI01")
    her = world.admit()
    town.new.push("b1", "CI15", case_number=OTHER, office="IZP-6")
    with pytest.raises(NotFound):
        town.link(town.new, her, 1, case_number=OTHER)
    join(world, "a2", into=OTHER)
    with pytest.raises(RegistrationRefused):
        town.link(world, her, 1, case_number=OTHER)
    with pytest.raises(RegistrationRefused):
        town.link(town.new, her, 1)
    town.link(town.new, her, 1, case_number=OTHER)
    assert stages(world, her) == ["CI11", "CI15"]


def test_a_line_with_a_dangerous_crime_makes_her_access_careful(world: World, town: Town) -> None:
    world.push("a1", "CI01")
    her = world.admit()
    world.push("a2", "CI01", proceeding=2, crime="rnid2026.violencia-familiar")
    town.link(world, her, 2)
    with world.database.reading() as session:
        assert session.get_one(Victim, her.victim_id).risk_tier is RiskTier.HIGH


def test_linking_again_changes_nothing_and_an_unknown_line_links_none(world: World, town: Town) -> None:
    world.push("a1", "CI01")
    world.push("a2", "CI06", proceeding=2)
    her = world.admit(proceedings=[2])
    assert town.link(world, her, 2, 1).proceedings == town.link(world, her, 1).proceedings == [1, 2]
    assert stages(world, her) == ["CI06", "CI01"]
    with pytest.raises(RegistrationRefused):
        town.link(world, her, 1, 9)


def counted(world: World) -> set[tuple[str, str, str | None]]:
    with world.database.reading() as session:
        return {(CountKind(row.kind).value, row.stage, row.outcome) for row in session.scalars(select(StatisticsEvent))}


def test_what_was_joined_and_moved_stays_so_through_the_migration(world: World, town: Town) -> None:
    mine = world.push("a1", "CI01", occurred_on=days_ago(world, 9))
    other = world.push("b1", "CI06", case_number=OTHER)
    world.push("a2", "CI10", proceeding=2, details={"to_office": "IZP-6"})
    her = world.admit(proceedings=[1, 2])
    join(world, "a3", into=OTHER)
    town.link(world, her, 1, case_number=OTHER)
    before = stages(world, her)
    command.downgrade(alembic_config(world.database.url), "stall_of_notice")
    migrate(world.database.url)
    assert joined_into(world, mine) == other.case_id
    assert (stages(world, her), status(world, her).lines[1].moving_to) == (before, "Agencia IZP-6")
