"""A number that was only told may be another family's: nothing is joined, linked or written by it that isn't hers."""

import pytest

from casestatus.cases.joins import case_numbered
from casestatus.intake.case_for import NumberTaken
from casestatus.intake.registration import GivenAccess, RegistrationRefused
from tests.factories import World
from tests.intake.town import OTHER, THIRD, Town, joined_into, make_town, stages

ROBBERY, VIOLENCE = "rnid2026.robo-a-negocio", "rnid2026.violencia-familiar"
OTHERS = "CI-FICUH/CUH-2/UI-2 C/D/00999/04-2026"


@pytest.fixture
def town(world: World) -> Town:
    return make_town(world)


def moves(town: Town, number: str, *, line: int = 1) -> None:
    town.old.push(f"m{line}", "CI10", proceeding=line, details={"to_office": "IZP-6", "to_number": number})


def test_nothing_is_joined_or_linked_by_a_number_that_its_office_has_not_used(world: World, town: Town) -> None:
    world.push("a1", "CI01")
    moves(town, OTHER)
    world.push("z1", "CI01", case_number=THIRD)
    another = world.admit(case_number=THIRD)
    joined = world.push("z2", "CI11", case_number=THIRD, details={"to_number": OTHER})
    assert (joined.flags, joined_into(world, joined)) == (["to_number_unusable"], None)
    with pytest.raises(RegistrationRefused):
        town.link(world, another, 1, case_number=OTHER)
    assert stages(world, another) == ["CI11"]
    town.new.push("n1", "CI01", case_number=OTHER, office="IZP-6")
    with world.database.reading() as session:
        assert case_numbered(session, world.keys, world.institution_id, OTHER) is not None


@pytest.mark.parametrize("hidden", [False, True])
def test_a_hidden_line_lets_no_other_family_s_update_in(world: World, town: Town, hidden: bool) -> None:
    opened = world.push("a1", "CI01", crime=ROBBERY)
    her = world.admit()
    moves(town, OTHER)
    if hidden:
        world.push("h1", "CI01", proceeding=3, crime=VIOLENCE, hidden=True)
    pushed = town.new.push("n1", "CI15", case_number=OTHER, office="IZP-6", crime=VIOLENCE)
    assert pushed.case_created
    assert pushed.case_id != opened.case_id
    assert stages(world, her) == ["CI10"]


def test_two_crimes_that_nobody_knows_are_not_the_same_one(world: World, town: Town) -> None:
    world.push("a1", "CI01", crime="nobody.knows")
    her = world.admit()
    town.old.push("m1", "CI10", crime="nobody.knows", details={"to_office": "IZP-6", "to_number": OTHER})
    assert town.new.push("n1", "CI15", case_number=OTHER, office="IZP-6", crime="nobody.else").case_created
    assert stages(world, her) == ["CI10"]


def lines_moved_under_two_numbers(world: World, town: Town) -> GivenAccess:
    """Both at the new office, the first under OTHER, the second under OTHERS; she sees the first."""
    world.push("a1", "CI01")
    world.push("a2", "CI01", proceeding=2)
    her = world.admit(proceedings=[1])
    for line, number in ((1, OTHER), (2, OTHERS)):
        moves(town, number, line=line)
        town.new.push(f"n{line}", "CI01", case_number=number, office="IZP-6")
    return her


def test_under_the_number_of_a_line_that_went_on_nobody_writes_on_another_one(world: World, town: Town) -> None:
    her = lines_moved_under_two_numbers(world, town)
    back = {"to_office": "CUH-2"}
    town.new.push("n3", "CI10", case_number=OTHERS, office="IZP-6", details=back)
    town.old.push("o1", "CI01", proceeding=2)
    with pytest.raises(NumberTaken):
        town.new.push("n4", "CI24", case_number=OTHERS, office="IZP-6")
    assert stages(world, her) == ["CI01"]
