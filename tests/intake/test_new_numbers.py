"""The number under which a moved line goes on: what she is shown opens her case, and lets in nobody else's updates."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from casestatus.cases.finding import find_number
from casestatus.cases.numbers import Form, readings
from casestatus.cases.stages import meaning
from casestatus.intake.case_for import CaseUnknown, LineUnclear, NumberTaken
from casestatus.intake.registration import GivenAccess, RegistrationRefused
from casestatus.intake.sender import ServedOffice
from casestatus.offices.models import OfficeTask, TaskKind
from casestatus.wording import Wording
from tests.factories import NUMBER, ZONE, World, add_office
from tests.intake.town import OTHER, THIRD, Town, case_of, joined_into, make_town, stages, status


@pytest.fixture
def town(world: World) -> Town:
    return make_town(world)


def test_elsewhere_the_new_number_is_shown_and_another_cases_never(world: World) -> None:
    world.push("b1", "CI01", case_number=OTHER)
    world.push("a1", "CI01")
    her = world.admit()
    world.push("a2", "CI10", details={"to_authority": "fgr", "to_number": "FED/MEX/UEI/0000777/2026"})
    assert status(world, her).lines[0].current.details.to_number == "FED/MEX/UEI/0000777/2026"
    flags = world.push("a3", "CI10", details={"to_authority": "fgr", "to_number": OTHER}).flags
    assert flags == ["to_number_unusable"]
    assert status(world, her).lines[0].current.details.to_number is None


@pytest.mark.parametrize("spelling", ["00777", "C/D/00777/04-2026", OTHER.replace("C/D", "S/D"), OTHER.lower()])
def test_another_familys_number_is_not_kept_in_any_spelling(world: World, spelling: str) -> None:
    world.push("b1", "CI01", case_number=OTHER)
    world.push("a1", "CI01", occurred_on=str(world.today - timedelta(days=9)))
    her = world.admit()
    pushed = world.push("a2", "CI10", details={"to_authority": "fgr", "to_number": spelling})
    assert "to_number_unusable" in pushed.flags
    assert status(world, her).lines[0].current.details.to_number is None


def test_a_folio_is_no_number_to_go_on_under(world: World) -> None:
    world.push("a1", "CI01", occurred_on=str(world.today - timedelta(days=9)))
    her = world.admit()
    world.push("a2", "CI10", details={"to_authority": "fgr", "to_number": world.admit().folio})
    assert status(world, her).lines[0].current.details.to_number is None


def opens(world: World, number: str) -> bool:
    """Whether somebody who signs in with this number comes to a case."""
    return case_found(world, number) is not None


def case_found(world: World, number: str) -> UUID | None:
    with world.database.reading() as session:
        reading = readings(number)[0]
        hit = find_number(session, world.keys, [world.institution_id], [reading], forms=[Form.EXACT])
        return hit.case_id if hit else None


def test_the_number_that_she_is_told_opens_her_case_and_the_receiver_finds_it_there(world: World, town: Town) -> None:
    opened = world.push("a1", "CI01")
    her = world.admit()
    world.push("a2", "CI10", details={"to_office": "IZP-6", "to_number": OTHER})
    assert status(world, her).lines[0].current.details.to_number == OTHER
    accepted = town.new.push("n1", "CI01", case_number=OTHER, office="IZP-6")
    assert (accepted.case_id, accepted.case_created) == (opened.case_id, False)
    assert case_of(world, opened).office_id == town.new.office_id
    assert status(world, her).case_number == NUMBER


def test_a_hidden_move_gives_no_number_and_a_corrected_one_takes_it_back(world: World, town: Town) -> None:
    opened = world.push("a1", "CI01")
    going = {"to_office": "IZP-6", "to_number": OTHER}
    world.push("a2", "CI10", details=going, hidden=True)
    assert town.new.push("n1", "CI01", case_number=THIRD, office="IZP-6").case_created
    world.push("a3", "CI10", reveals="a2")
    assert opens(world, OTHER)
    world.push("a4", "CI10", supersedes="a2", details={"to_office": "IZP-6"})
    assert not opens(world, OTHER)
    assert town.new.push("n2", "CI01", case_number=OTHER, office="IZP-6").case_id != opened.case_id


@pytest.mark.parametrize("other", [{"opened_on": "2026-02-28"}, {"crime": "rnid2026.feminicidio"}], ids=str)
def test_a_mistyped_new_number_lets_no_other_family_into_her_case(
    world: World, town: Town, other: dict[str, str]
) -> None:
    """The number that the old office told is, by mistake, that of a case which the new office has yet to send."""
    hers = world.push("a1", "CI01")
    her = world.admit()
    world.push("a2", "CI10", details={"to_office": "IZP-6", "to_number": OTHER})
    with pytest.raises(RegistrationRefused):
        town.new.admit(case_number=OTHER)
    theirs = town.new.push("n1", "CI06", case_number=OTHER, office="IZP-6", **other)
    assert theirs.case_created
    assert theirs.case_id != hers.case_id
    assert [line.current.stage.code for line in status(world, her).lines] == ["CI10"]
    assert status(world, her).lines[0].current.details.to_number is None
    them = town.new.admit(case_number=OTHER)
    assert [line.current.stage.code for line in status(town.new, them).lines] == ["CI06"]


def test_a_number_that_became_another_familys_is_shown_no_more(world: World) -> None:
    world.push("a1", "CI01")
    her = world.admit()
    world.push("a2", "CI10", details={"to_authority": "fgr", "to_number": OTHER})
    assert status(world, her).lines[0].current.details.to_number == OTHER
    world.push("b1", "CI01", case_number=OTHER)
    assert status(world, her).lines[0].current.details.to_number is None


def test_where_a_joined_case_moves_on_to_is_not_told_to_her(world: World, town: Town) -> None:
    world.push("b1", "CI01", case_number=OTHER, occurred_on=str(world.today - timedelta(days=9)))
    world.push("a1", "CI01", occurred_on=str(world.today - timedelta(days=9)))
    her = world.admit()
    world.push("a2", "CI11", details={"to_number": OTHER})
    town.link(world, her, 1, case_number=OTHER)
    elsewhere = {"to_authority": "fgr", "to_number": "FED/MEX/UEI/0000999/2026"}
    world.push("b2", "CI10", case_number=OTHER, details=elsewhere)
    told = [line.current.details.to_number for line in status(world, her).lines]
    assert told == [None, None]


def shown(world: World, her: GivenAccess, line: int = 1) -> str | None:
    """The number that her page tells as the new one."""
    return status(world, her).lines[line - 1].current.details.to_number


def going(number: str | None = OTHER, office: str = "IZP-6") -> dict[str, str | None]:
    return {"to_office": office, "to_number": number}


def test_a_number_that_two_moves_tell_stays_while_one_of_them_does(world: World, town: Town) -> None:
    opened = world.push("a1", "CI01")
    world.push("b1", "CI01", proceeding=2)
    her = world.admit(proceedings=[1, 2])
    world.push("a2", "CI10", details=going())
    world.push("b2", "CI10", proceeding=2, details=going())
    world.push("a3", "CI10", supersedes="a2", details=going(None))
    assert opens(world, OTHER)
    assert [shown(world, her, line) for line in (1, 2)] == [None, OTHER]
    assert town.new.push("n1", "CI01", proceeding=2, case_number=OTHER, office="IZP-6").case_id == opened.case_id
    world.push("a4", "CI01", supersedes="a3")
    assert opens(world, OTHER)


@pytest.mark.usefixtures("town")
def test_the_last_correction_of_two_moves_takes_the_number_back(world: World) -> None:
    world.push("a1", "CI10", details=going())
    world.push("b1", "CI10", proceeding=2, details=going())
    for line, event in enumerate(("a1", "b1"), start=1):
        assert opens(world, OTHER)
        world.push(f"c{line}", "CI10", proceeding=line, supersedes=event, details=going(None))
    assert not opens(world, OTHER)


def test_a_day_corrected_after_the_line_was_accepted_leaves_the_number(world: World, town: Town) -> None:
    opened = world.push("a1", "CI01", occurred_on=str(world.today - timedelta(days=9)))
    town.both.push("a2", "CI10", occurred_on=str(world.today - timedelta(days=3)), office="CUH-2", details=going())
    town.new.push("n1", "CI01", occurred_on=str(world.today - timedelta(days=1)), office="IZP-6")
    corrected_on = str(world.today - timedelta(days=4))
    town.both.push("a3", "CI10", occurred_on=corrected_on, office="IZP-6", supersedes="a2", details=going())
    assert opens(world, OTHER)
    again = town.new.push("n2", "CI06", case_number=OTHER, office="IZP-6")
    assert (again.case_id, again.case_created) == (opened.case_id, False)
    town.both.push("a4", "CI10", occurred_on=corrected_on, office="IZP-6", supersedes="a3", details=going(None))
    assert opens(world, OTHER)  # by now the office that it is of has used it


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize("back", [{}, {"supersedes": "a2"}], ids=str)
def test_a_move_that_is_taken_back_takes_its_number_back(world: World, back: dict[str, str]) -> None:
    world.push("a1", "CI01")
    her = world.admit()
    world.push("a2", "CI10", details=going())
    world.push("a3", "CI01", **back)
    assert (opens(world, OTHER), shown(world, her)) == (False, None)
    world.push("a4", "CI10", details=going())
    assert (opens(world, OTHER), shown(world, her)) == (True, OTHER)


def test_a_line_that_moves_on_keeps_the_number_that_it_had_there(world: World, town: Town) -> None:
    world.push("a1", "CI10", details=going())
    town.new.push("n1", "CI01", office="IZP-6")
    town.new.push("n2", "CI10", office="IZP-6", details=going(THIRD, "CUH-2"))
    assert [opens(world, number) for number in (NUMBER, OTHER, THIRD)] == [True] * 3
    town.new.push("n3", "CI01", office="IZP-6")
    assert [opens(world, number) for number in (NUMBER, OTHER, THIRD)] == [True, True, False]


@pytest.mark.parametrize("teller", ["receiver", "own office"])
def test_a_number_that_the_office_itself_tells_opens_what_she_is_shown(world: World, town: Town, teller: str) -> None:
    opened = world.push("a1", "CI01")
    her = world.admit()
    if teller == "receiver":
        world.push("a2", "CI10", details={"to_office": "IZP-6"})
        town.new.push("n1", "CI10", office="IZP-6", details=going())
    else:
        world.push("a2", "CI10", details=going(office="CUH-2"))
    assert (shown(world, her), opens(world, OTHER)) == (OTHER, True)
    by = town.new if teller == "receiver" else world
    again = by.push("x1", "CI06", case_number=OTHER, office=None)
    assert (again.case_id, again.case_created) == (opened.case_id, False)


@pytest.mark.parametrize("elsewhere", [{"to_office": "NOWHERE"}, {"to_authority": "fgr"}, {}], ids=str)
def test_a_number_of_an_authority_elsewhere_is_told_as_one_for_there(world: World, elsewhere: dict[str, str]) -> None:
    world.push("a1", "CI01")
    her = world.admit()
    world.push("a2", "CI10", details=elsewhere | {"to_number": OTHER})
    current = status(world, her).lines[0].current
    assert (current.details.to_number, opens(world, OTHER)) == (OTHER, False)
    words = Wording.of("es")
    told = meaning(current.stage, current.details, "es", zone=ZONE, day=words.day, clock=words.clock)
    assert told.endswith(f"Tu nuevo número es {OTHER}. Úsalo allá: aquí entras con el de antes.")


@pytest.mark.usefixtures("town")
def test_a_number_that_comes_with_a_reveal_is_shown_and_opens(world: World) -> None:
    world.push("a1", "CI01")
    her = world.admit()
    world.push("a2", "CI10", details=going(THIRD), hidden=True)
    world.push("a3", "CI10", reveals="a2", details=going())
    assert (shown(world, her), opens(world, OTHER), opens(world, THIRD)) == (OTHER, True, False)
    world.push("a4", "CI10", supersedes="a2", details=going(None))
    assert (shown(world, her), opens(world, OTHER)) == (None, False)


def test_a_join_whose_number_comes_with_its_reveal_is_one(world: World) -> None:
    target = world.push("b1", "CI01", case_number=OTHER)
    joined = world.push("a1", "CI11", hidden=True)
    world.push("a2", "CI11", reveals="a1", details={"to_number": OTHER})
    assert joined_into(world, joined) == target.case_id


def test_under_a_number_told_for_one_line_the_receivers_first_line_is_that_one(world: World, town: Town) -> None:
    opened = world.push("a1", "CI01")
    world.push("b1", "CI01", proceeding=2)
    first, second = world.admit(), world.admit(proceedings=[2])
    world.push("b2", "CI10", proceeding=2, details=going())
    accepted = town.new.push("n1", "CI01", case_number=OTHER, office="IZP-6")
    assert (accepted.case_id, accepted.flags) == (opened.case_id, ["line_differs"])
    town.new.push("n2", "CI06", case_number=OTHER, office="IZP-6", supersedes="n1")
    assert [stages(world, her) for her in (first, second)] == [["CI01"], ["CI06"]]
    assert town.new.push("n3", "CI06", case_number=OTHER, proceeding=2, office="IZP-6").flags == []
    with pytest.raises(NumberTaken):
        town.new.push("n4", "CI06", office="IZP-6")
    assert world.push("a2", "CI06").flags == []


def test_under_a_number_told_for_several_lines_they_keep_their_places(world: World, town: Town) -> None:
    for line in (2, 1):
        world.push(f"a{line}", "CI01", proceeding=line)
        world.push(f"b{line}", "CI10", proceeding=line, details=going())
    her = world.admit(proceedings=[1, 2])
    town.new.push("n1", "CI06", case_number=OTHER, office="IZP-6")
    town.new.push("n2", "CI08", case_number=OTHER, proceeding=2, office="IZP-6")
    assert sorted(stages(world, her)) == ["CI06", "CI08"]
    town.new.push("n3", "CI01", case_number=OTHER, office="IZP-6")
    assert sorted(stages(world, her)) == ["CI01", "CI08"]


@pytest.mark.parametrize("used", [False, True], ids=["told", "used"])
def test_a_number_told_for_several_lines_means_none_of_them_by_default(world: World, town: Town, *, used: bool) -> None:
    world.push("a1", "CI01")
    for line in (2, 3):
        world.push(f"b{line}", "CI10", proceeding=line, details=going())
    if used:
        town.new.push("n2", "CI01", case_number=OTHER, proceeding=2, office="IZP-6")
    with pytest.raises(LineUnclear) as refused:
        town.new.push("n1", "CI06", case_number=OTHER, office="IZP-6")
    [problem] = refused.value.fields
    assert (problem.field, problem.params) == ("proceeding", {"allowed": "2, 3"})
    town.new.push("n3", "CI06", case_number=OTHER, proceeding=3, office="IZP-6")
    with pytest.raises(NumberTaken):
        town.new.push("n4", "CI06", office="IZP-6")
    assert town.old.push("a2", "CI06").flags == []


def test_a_line_that_such_a_number_was_not_told_for_is_not_meant_by_default(world: World, town: Town) -> None:
    for line in (1, 2, 3):
        world.push(f"a{line}", "CI01", proceeding=line)
    her = world.admit()
    world.push("b1", "CI10", details={"to_office": "IZP-6"})
    town.new.push("n1", "CI01", office="IZP-6")
    for line in (2, 3):
        world.push(f"b{line}", "CI10", proceeding=line, details=going())
    with pytest.raises(LineUnclear):
        town.new.push("n2", "CI24", case_number=OTHER, office="IZP-6")
    assert stages(world, her) == ["CI01"]
    town.new.push("n3", "CI06", office="IZP-6")
    town.new.push("n4", "CI01", case_number=OTHER, proceeding=2, office="IZP-6")
    town.new.push("n5", "CI07", case_number=OTHER, office="IZP-6")
    assert stages(world, her) == ["CI07"]


@pytest.mark.parametrize(
    ("stage", "details"), [("CI10", {"to_authority": "fgr"}), ("CI10", {"to_office": "IZP-6"}), ("CI11", {})]
)
def test_a_number_that_came_to_lead_nowhere_while_it_was_hidden_is_flagged_by_the_reveal(
    world: World, town: Town, stage: str, details: dict[str, str]
) -> None:
    mine = world.push("a1", "CI01")
    if stage == "CI11":
        world.push("b1", "CI01", case_number=OTHER)
    hidden = world.push("h1", stage, details=details | {"to_number": OTHER}, hidden=True)
    if stage == "CI11":
        world.push("b2", "CI11", case_number=OTHER, details={"to_number": NUMBER})
    else:
        world.push("b1", "CI01", case_number=OTHER)
    told = world.push("r1", stage, reveals="h1")
    assert (hidden.flags, told.flags) == ([], ["to_number_unusable"])
    assert joined_into(world, mine) is None
    assert case_found(world, NUMBER) == mine.case_id


def test_a_number_told_with_the_reveal_takes_the_hidden_one_s_place(world: World) -> None:
    world.push("a1", "CI01")
    world.push("h1", "CI10", details={"to_authority": "fgr", "to_number": OTHER}, hidden=True)
    world.push("b1", "CI01", case_number=OTHER)
    elsewhere = {"to_authority": "fgr", "to_number": "FED/MEX/UEI/0000777/2026"}
    assert world.push("r1", "CI10", reveals="h1", details=elsewhere).flags == []


def test_a_number_that_its_office_never_used_stays_hearsay(world: World, town: Town) -> None:
    """Accepted under the old number; the told one turns out to be another family's, in the same office."""
    hers = world.push("a1", "CI10", details=going())
    town.new.push("n1", "CI01", office="IZP-6")
    with pytest.raises(CaseUnknown):
        town.new.push("n2", "CI06", case_number=OTHER, office="IZP-6", crime=None)
    theirs = town.new.push("n3", "CI06", case_number=OTHER, office="IZP-6", crime="rnid2026.feminicidio")
    assert (theirs.case_created, theirs.case_id != hers.case_id) == (True, True)
    with world.database.reading() as session:
        [task] = session.scalars(select(OfficeTask).where(OfficeTask.kind == TaskKind.NUMBER_TAKEN))
    assert (task.office_id, task.case_id) == (town.new.office_id, hers.case_id)


@pytest.mark.parametrize("spelling", [OTHER, OTHER.replace("C/D", "S/D")])
def test_a_number_that_was_only_told_keeps_no_office_from_registering_its_own_case(
    world: World, town: Town, spelling: str
) -> None:
    """The number was told for one office, and is another one's: it goes to the case that is registered under it."""
    hers = town.new.push("n1", "CI01", office="IZP-6")
    town.new.push("n2", "CI10", office="IZP-6", details=going(OTHER, "CUH-2"))
    third = third_office(world)
    theirs = third.push("t1", "CI01", case_number=spelling, office="VAL-3")
    assert (theirs.case_created, theirs.case_id != hers.case_id) == (True, True)
    assert case_found(world, OTHER) in ({theirs.case_id} if spelling == OTHER else {None})


def third_office(world: World) -> World:
    """An office that has nothing to do with the move."""
    now = world.database.now()
    with world.database.writing() as session:
        office = add_office(session, world.institution_id, "VAL-3", now)
        served = {office.code: ServedOffice(id=office.id, code=office.code, zone=ZoneInfo(ZONE))}
        return replace(world, sender=replace(world.sender, offices=served), office_id=office.id)
