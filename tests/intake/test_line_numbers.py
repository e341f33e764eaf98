"""Two offices count lines of one case: what one of them hides takes no number from the other."""

from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select

from casestatus.cases.models import Case
from casestatus.cases.office_tasks import open_tasks
from casestatus.cases.office_view import office_case
from casestatus.database import alembic_config, migrate
from casestatus.intake.case_for import NumberTaken
from casestatus.intake.registration import RegistrationRefused
from casestatus.offices.models import OfficeTask, TaskKind
from casestatus.upkeep.stalled_lines import stalled_lines
from casestatus.victims.her_office import office_of_victim
from tests.factories import World
from tests.intake.town import OTHER, Town, make_town, stages

GOING = {"details": {"to_office": "IZP-6"}}


@pytest.fixture
def town(world: World) -> Town:
    """Line 2 is the new office's; of line 7 the old one hides that there is one."""
    town = make_town(world)
    world.push("a1", "CI01")
    world.push("b1", "CI10", proceeding=2, **GOING)
    town.new.push("n1", "CI01", proceeding=2, office="IZP-6")
    world.push("h7", "CI15", proceeding=7, hidden=True)
    return town


def seventh(town: Town, source_id: str, stage: str, **fields: Any) -> Any:
    return town.new.push(source_id, stage, proceeding=7, office="IZP-6", **fields)


def lines(world: World) -> dict[int, str]:
    """The lines that the world's offices read in the case, and their stages."""
    with world.database.reading() as session:
        case = session.scalars(select(Case)).one()
        shown = office_case(session, case, world.sender.office_ids, keys=world.keys)
    return {line.ordinal: line.stage for line in shown.proceedings}


def test_a_number_that_another_office_hides_is_free(world: World, town: Town) -> None:
    opened = seventh(town, "n7", "CI01")
    assert (opened.case_created, opened.flags) == (False, [])
    her = town.new.admit(proceedings=[7])
    assert seventh(town, "n8", "CI08").flags == []
    world.push("h8", "CI16", proceeding=7, hidden=True)
    assert stages(world, her) == ["CI08"]
    assert (lines(town.new), lines(world)) == ({2: "CI01", 7: "CI08"}, {1: "CI01", 7: "CI16"})
    with world.database.reading() as session:
        assert session.scalars(select(OfficeTask.kind).where(OfficeTask.kind == TaskKind.NUMBER_TAKEN)).all() == []


def test_after_the_reveal_each_office_goes_on_with_its_own_line(world: World, town: Town) -> None:
    seventh(town, "n7", "CI01")
    hers, other = town.new.admit(proceedings=[7]), world.admit(proceedings=[7])
    world.push("r7", "CI15", proceeding=7, reveals="h7")
    world.push("a7", "CI16", proceeding=7)
    seventh(town, "n8", "CI08")
    assert (stages(world, hers), stages(world, other)) == (["CI08"], ["CI16"])


def test_a_number_in_sight_is_that_of_its_line_for_every_office(world: World, town: Town) -> None:
    world.push("r7", "CI15", proceeding=7, reveals="h7")
    with pytest.raises(NumberTaken):
        seventh(town, "n7", "CI01")
    with pytest.raises(RegistrationRefused):
        town.new.admit(proceedings=[7])


def both_in_sight(world: World, town: Town) -> tuple[Any, Any]:
    """The new office's line 7 and the old one's are both known; each is linked to somebody."""
    seventh(town, "n7", "CI01")
    linked = town.new.admit(proceedings=[7]), world.admit(proceedings=[7], contacts=[])
    world.push("r7", "CI15", proceeding=7, reveals="h7")
    return linked


def test_a_line_that_comes_to_an_office_with_one_of_its_number_gets_another_there(world: World, town: Town) -> None:
    hers, other = both_in_sight(world, town)
    world.push("m7", "CI10", proceeding=7, **GOING)
    assert (set(lines(world)), set(lines(town.new))) == ({1, 7}, {2, 7, 999})
    with world.database.reading() as session:
        told = open_tasks(
            session,
            town.new.sender.office_ids,
            kind=TaskKind.MOVE_WAITING,
            after=None,
            limit=9,
            tells_victims=True,
            now=world.database.now(),
        )
    assert [task.line for task in told.tasks] == [999]
    seventh(town, "n8", "CI08")
    assert (stages(world, hers), stages(world, other)) == (["CI08"], ["CI10"])
    town.new.push("n9", "CI15", proceeding=999, office="IZP-6")
    assert (stages(world, hers), stages(world, other)) == (["CI08"], ["CI15"])
    assert (set(lines(world)), set(lines(town.new))) == ({1}, {2, 7, 999})
    with pytest.raises(NumberTaken):
        world.push("x7", "CI06", proceeding=7)


def test_a_number_that_a_line_has_at_one_office_only_is_free_for_the_others(world: World, town: Town) -> None:
    hers, other = second_number_taken(world, town)
    assert lines(world) == {1: "CI01", 7: "CI10", 999: "CI01"}
    assert lines(town.new) == {2: "CI01", 7: "CI01", 999: "CI10"}
    town.new.push("n9", "CI15", proceeding=999, office="IZP-6")
    assert (stages(world, hers), stages(world, other)) == (["CI01"], ["CI15"])
    assert lines(world) == {1: "CI01", 999: "CI01"}


def second_number_taken(world: World, town: Town) -> tuple[Any, Any]:
    """The old office's line 7 is on its way to the new one, which counts it by 999; so is a line of the old one."""
    linked = both_in_sight(world, town)
    world.push("m7", "CI10", proceeding=7, **GOING)
    opened = world.push("a999", "CI01", proceeding=999)
    assert (opened.case_created, opened.flags) == (False, [])
    return linked


def test_an_office_reads_its_lines_in_the_order_of_the_numbers_that_it_is_told(world: World, town: Town) -> None:
    both_in_sight(world, town)
    town.new.push("n8", "CI01", proceeding=8, office="IZP-6")
    world.push("m7", "CI10", proceeding=7, **GOING)
    town.new.push("n9", "CI01", proceeding=999, office="IZP-6")
    with world.database.reading() as session:
        stalled = stalled_lines(session, town.new.office_id, today=world.today + timedelta(days=90))
    assert [each.line for each in stalled] == list(lines(town.new)) == [2, 7, 8, 999]


def test_a_line_that_comes_back_has_its_old_number_again(world: World, town: Town) -> None:
    _, other = both_in_sight(world, town)
    world.push("m7", "CI10", proceeding=7, **GOING)
    town.new.push("n8", "CI01", proceeding=999, office="IZP-6")
    town.new.push("n9", "CI10", proceeding=999, office="IZP-6", details={"to_office": "CUH-2"})
    assert (set(lines(world)), set(lines(town.new))) == ({1, 7}, {2, 7, 999})
    world.push("a8", "CI16", proceeding=7)
    assert stages(world, other) == ["CI16"]
    assert (set(lines(world)), set(lines(town.new))) == ({1, 7}, {2, 7})


def test_an_office_keeps_the_number_of_a_line_that_it_opened_while_that_is_away(world: World, town: Town) -> None:
    hers, other = both_in_sight(world, town)
    world.push("m7", "CI10", proceeding=7, **GOING)
    town.new.push("n9", "CI01", proceeding=999, office="IZP-6")
    seventh(town, "n8", "CI10", details={"to_office": "CUH-2"})
    assert lines(world) == {1: "CI01", 998: "CI10"}
    world.push("a8", "CI01", proceeding=998)
    town.new.push("n10", "CI10", proceeding=999, office="IZP-6", details={"to_office": "CUH-2"})
    assert lines(town.new) == {2: "CI01", 999: "CI10"}
    world.push("a9", "CI15", proceeding=7)
    assert (stages(world, hers), stages(world, other)) == (["CI01"], ["CI15"])
    assert lines(world) == {1: "CI01", 7: "CI15", 998: "CI01"}


@pytest.mark.parametrize(("office", "expected"), [("IZP-6", 0), ("CUH-2", 1), (None, 1)])
def test_a_system_of_both_offices_names_the_one_that_it_means_or_goes_on_where_it_wrote(
    world: World, town: Town, office: str | None, expected: int
) -> None:
    linked = both_in_sight(world, town)
    town.both.push("t1", "CI16", proceeding=7, office="CUH-2")
    before = [stages(world, her) for her in linked]
    town.both.push("t2", "CI24", proceeding=7, office=office)
    changed = [stages(world, her) != was for her, was in zip(linked, before, strict=True)]
    assert changed == [expected == 0, expected == 1]


def test_what_a_system_of_both_corrects_tells_which_line_it_means(world: World, town: Town) -> None:
    town.both.push("t1", "CI01", proceeding=7, office="IZP-6")
    her = town.new.admit(proceedings=[7])
    town.both.push("t2", "CI06", proceeding=7, office="CUH-2", supersedes="t1")
    assert stages(world, her) == ["CI06"]


def test_a_system_of_both_that_wrote_neither_goes_on_with_the_one_in_sight(world: World, town: Town) -> None:
    seventh(town, "n7", "CI01")
    her = town.both.admit(proceedings=[7])
    town.both.push("t1", "CI08", proceeding=7, office=None)
    assert stages(world, her) == ["CI08"]


def test_a_system_of_both_that_names_the_other_office_means_no_hidden_line_that_it_knows_not_of(
    world: World, town: Town
) -> None:
    town.both.push("t1", "CI01", proceeding=7, office="IZP-6")
    assert (lines(world)[7], lines(town.new)[7]) == ("CI15", "CI01")
    town.both.push("t2", "CI01", proceeding=8, office="CUH-2", hidden=True)
    told = town.both.push("t3", "CI01", proceeding=8, office="IZP-6", reveals="t2")
    assert told.flags == ["office_differs"]
    assert (set(lines(world)), set(lines(town.new))) == ({1, 7, 8}, {2, 7})


def test_an_office_without_part_in_the_case_names_no_other_line(world: World) -> None:
    both = make_town(world).both
    world.push("a1", "CI01")
    world.push("h7", "CI15", proceeding=7, hidden=True)
    assert both.push("t1", "CI15", proceeding=7, office="IZP-6", hidden=True).flags == ["office_differs"]
    assert lines(world) == {1: "CI01", 7: "CI15"}


def test_an_office_links_its_own_lines_and_is_told_of_no_others(world: World, town: Town) -> None:
    seventh(town, "n7", "CI01")
    her = world.admit(proceedings=[1, 7])
    assert town.link(town.new, her, 2, 7).proceedings == [2, 7]
    assert town.link(world, her, 1).proceedings == [1, 7]


def test_a_system_of_both_that_registers_somebody_for_both_lines_gives_her_both(world: World, town: Town) -> None:
    both_in_sight(world, town)
    world.push("m7", "CI10", proceeding=7, **GOING)
    her = town.both.admit(proceedings=[7, 999])
    assert sorted(stages(world, her)) == ["CI01", "CI10"]
    assert town.link(town.both, town.both.admit(proceedings=[2]), 999, 7).proceedings == [2, 7, 7]


def test_of_two_lines_of_one_number_that_she_saw_at_once_the_older_one_heads_her_page(world: World, town: Town) -> None:
    town.new.push("n8", "CI01", proceeding=8, office="IZP-6", hidden=True)
    world.push("a8", "CI01", proceeding=8)
    town.new.push("r8", "CI01", proceeding=8, office="IZP-6", reveals="n8")
    world.push("m8", "CI10", proceeding=8, **GOING)
    her = town.both.admit(proceedings=[8, 999])
    assert stages(world, her) == ["CI01", "CI10"]
    with world.database.reading() as session:
        assert office_of_victim(session, her.victim_id) == town.new.office_id


def test_two_numbers_that_mean_one_line_of_a_system_of_both_give_it_once(world: World, town: Town) -> None:
    both_in_sight(world, town)
    world.push("m7", "CI10", proceeding=7, **GOING)
    seventh(town, "n8", "CI10", details={"to_office": "CUH-2"})
    world.push("a8", "CI06", proceeding=998)
    assert stages(world, town.both.admit(proceedings=[7, 999])) == ["CI10"]


@pytest.mark.parametrize("hides", [False, True])
def test_what_an_office_hides_changes_nothing_of_the_task_about_a_number_that_it_sends(
    world: World, town: Town, *, hides: bool
) -> None:
    """The new office sent its only line in sight back: whether it has another is its own business."""
    world.push("a4", "CI01", proceeding=4)
    send_back(world, town, hides=hides)
    with pytest.raises(NumberTaken) as refused:
        town.new.push("n4", "CI06", proceeding=4, office="IZP-6")
    assert (refused.value.office_id, refused.value.line_id) == (world.office_id, None)


@pytest.mark.parametrize("hides", [False, True])
def test_what_an_office_hides_keeps_no_number_hers_that_was_only_told(world: World, town: Town, *, hides: bool) -> None:
    world.push("m4", "CI10", proceeding=4, details=GOING["details"] | {"to_number": OTHER})
    town.new.push("n4", "CI01", proceeding=4, office="IZP-6")
    town.new.push("o4", "CI10", proceeding=4, office="IZP-6", details={"to_office": "CUH-2"})
    world.push("p4", "CI01", proceeding=4)
    send_back(world, town, hides=hides)
    opened = town.new.push("n5", "CI01", case_number=OTHER, office="IZP-6")
    assert opened.case_created


def send_back(world: World, town: Town, *, hides: bool) -> None:
    """Line 2 is the old office's again, and the new one has no other but the one that it `hides`."""
    if hides:
        town.new.push("h3", "CI15", proceeding=3, office="IZP-6", hidden=True)
    town.new.push("n2", "CI10", proceeding=2, office="IZP-6", details={"to_office": "CUH-2"})
    world.push("b2", "CI01", proceeding=2)


def test_two_lines_of_one_number_have_numbers_of_their_own_in_an_older_database(world: World, town: Town) -> None:
    both_in_sight(world, town)
    command.downgrade(alembic_config(world.database.url), "told_numbers")
    migrate(world.database.url)
    assert (set(lines(world)), set(lines(town.new))) == ({1, 7}, {2, 3})


def test_a_second_number_that_is_another_line_s_too_is_told_apart_in_an_older_database(
    world: World, town: Town
) -> None:
    second_number_taken(world, town)
    command.downgrade(alembic_config(world.database.url), "told_numbers")
    migrate(world.database.url)
    assert (lines(world), lines(town.new)) == ({1: "CI01", 3: "CI01", 999: "CI10"}, {2: "CI01", 7: "CI01", 999: "CI10"})
