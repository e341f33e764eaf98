"""A case that was moved to another office, before and after that office accepts it."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from casestatus.cases.line_offices import offices_of_case
from casestatus.cases.models import Case
from casestatus.cases.office_view import office_case
from casestatus.intake.admitting import find_case
from casestatus.intake.case_for import NumberTaken
from casestatus.intake.registration import RegistrationRefused
from casestatus.intake.update import Receipt
from casestatus.offices.models import OfficeTask, TaskKind
from casestatus.offices.tasks import resolve_tasks
from casestatus.settings import Limits
from casestatus.statistics.models import CountKind, StatisticsEvent
from casestatus.upkeep.stalls import StallWatch
from casestatus.victims.reports import Reason, report_wrong
from tests.factories import NUMBER, World, feed_lives
from tests.intake.town import Town, case_of, make_town, stages, status


@pytest.fixture
def town(world: World) -> Town:
    return make_town(world)


def opened_and_moved(world: World) -> Receipt:
    receipt = world.push("a1", "CI01", occurred_on=str(world.today - timedelta(days=9)))
    world.push("a2", "CI10", occurred_on=str(world.today - timedelta(days=2)), details={"to_office": "IZP-6"})
    return receipt


def offices(world: World, receipt: Receipt) -> list[str]:
    """The office that has each line of the receipt's case."""
    with world.database.reading() as session:
        case = session.get_one(Case, receipt.case_id)
        shown = office_case(session, case, offices_of_case(session, case), keys=world.keys)
    return [line.office for line in shown.proceedings]


def open_moves(world: World) -> list[OfficeTask]:
    with world.database.reading() as session:
        waiting = select(OfficeTask).where(OfficeTask.kind == TaskKind.MOVE_WAITING, OfficeTask.resolved_at.is_(None))
        found = list(session.scalars(waiting))
        session.expunge_all()
        return found


def finds(world: World) -> bool:
    with world.database.reading() as session:
        return find_case(session, NUMBER, world.sender, keys=world.keys) is not None


def test_until_it_is_accepted_the_old_office_owns_it_and_the_receiver_finds_it(world: World, town: Town) -> None:
    receipt = opened_and_moved(world)
    case = case_of(world, receipt)
    assert (case.office_id, case.moved_to_office_id) == (world.office_id, town.new.office_id)
    assert finds(world)
    assert finds(town.new)
    assert [task.office_id for task in open_moves(world)] == [town.new.office_id]
    with pytest.raises(RegistrationRefused):
        town.new.admit()


@pytest.mark.parametrize("named", ["IZP-6", None])
def test_the_receiver_accepts_by_its_first_update(world: World, town: Town, named: str | None) -> None:
    receipt = opened_and_moved(world)
    her = world.admit()
    accepted = town.new.push("n1", "CI01", office=named)
    assert (accepted.case_id, accepted.case_created, accepted.flags) == (receipt.case_id, False, [])
    case = case_of(world, receipt)
    assert (case.office_id, case.moved_to_office_id) == (town.new.office_id, None)
    assert (status(world, her).office.name, stages(world, her)) == ("Agencia IZP-6", ["CI01"])
    assert open_moves(world) == []
    assert not finds(world)
    with pytest.raises(NumberTaken):
        world.push("a3", "CI06")


def test_whoever_accepts_has_what_is_left_to_do(world: World, town: Town) -> None:
    """What she reported, of the line that moved or of her case, goes with it; the rest stays with the other line."""
    receipt = opened_and_moved(world)
    her = world.admit()
    feed_lives(world)
    long_ago = str(world.today - timedelta(days=40))
    world.push("a3", "CI01", proceeding=2, crime="nobody.knows", occurred_on=long_ago)
    while StallWatch(world.database, Limits()).once():
        pass
    now = world.database.now()
    with world.database.writing() as session:
        report_wrong(session, her.victim_id, Reason.STAGE, number=1, keys=world.keys, limits=Limits(), now=now)
        report_wrong(session, her.victim_id, Reason.DATE, number=None, keys=world.keys, limits=Limits(), now=now)
        resolve_tasks(session, TaskKind.CRIME_UNKNOWN, receipt.case_id, now=now)
    town.new.push("n1", "CI01", office="IZP-6")
    with world.database.reading() as session:
        tasks = [(task.kind, task.office_id) for task in session.scalars(select(OfficeTask).order_by(OfficeTask.id))]
    moved = {TaskKind.REPORTED: 2, TaskKind.MOVE_WAITING: 1}
    stayed = {TaskKind.CRIME_UNKNOWN: 1, TaskKind.STALLED: 1}
    assert Counter(kind for kind, office in tasks if office == town.new.office_id) == moved
    assert Counter(kind for kind, office in tasks if office == world.office_id) == stayed
    world.push("a4", "CI10", proceeding=2, details={"to_office": "IZP-6"})
    town.new.push("n2", "CI06", proceeding=2, office="IZP-6")
    with world.database.reading() as session:
        left = session.scalars(select(OfficeTask.kind).where(OfficeTask.office_id == world.office_id)).all()
    assert sorted(left) == [
        TaskKind.CRIME_UNKNOWN,
        TaskKind.STALLED,
    ]  # both are done: the line moved, the crime is known


def test_it_is_found_by_its_old_number_and_folio(world: World, town: Town) -> None:
    receipt = opened_and_moved(world)
    her = world.admit()
    assert town.new.push("n1", "CI01", case_number=her.folio, office=None).case_id == receipt.case_id
    assert town.new.push("n2", "CI06", office=None).case_id == receipt.case_id
    assert status(world, her).case_number == NUMBER


def test_it_counts_on_and_no_second_case_is_counted(world: World, town: Town) -> None:
    opened_and_moved(world)
    town.new.push("n1", "CI06", office="IZP-6")
    with world.database.reading() as session:
        rows = session.scalars(select(StatisticsEvent)).all()
    assert sorted((row.kind.value, row.stage, row.duration_bin) for row in rows) == [
        ("entry", "investigacion", None),
        ("entry", "pausa", None),
        ("exit", "investigacion", "8-30"),
        ("new", "inicio", None),
    ]
    assert {row.office_id for row in rows if row.stage == "pausa"} == {town.new.office_id}
    assert len({row.lineage_key for row in rows}) == 1
    assert CountKind.NEW in {row.kind for row in rows}


def test_a_hidden_move_waits_for_nobody_until_it_is_revealed(world: World, town: Town) -> None:
    receipt = world.push("a1", "CI01")
    world.push("a2", "CI10", details={"to_office": "IZP-6"}, hidden=True)
    assert case_of(world, receipt).moved_to_office_id is None
    assert not finds(town.new)
    world.push("a3", "CI10", reveals="a2")
    assert case_of(world, receipt).moved_to_office_id == town.new.office_id


def test_a_move_that_is_taken_back_waits_no_more(world: World, town: Town) -> None:
    receipt = opened_and_moved(world)
    world.push("a3", "CI01", supersedes="a2")
    assert case_of(world, receipt).moved_to_office_id is None
    assert open_moves(world) == []
    with pytest.raises(NumberTaken):
        town.new.push("n1", "CI01", office="IZP-6")


def test_while_another_line_is_moved_the_case_goes_on_waiting(world: World, town: Town) -> None:
    receipt = opened_and_moved(world)
    world.push("b1", "CI10", proceeding=2, details={"to_office": "IZP-6"})
    her = world.admit(proceedings=[1, 2])
    world.push("c1", "CI10", proceeding=3, details={"to_authority": "fgr"})
    world.push("a3", "CI01", supersedes="a2")
    assert case_of(world, receipt).moved_to_office_id == town.new.office_id
    assert [line.moving_to for line in status(world, her).lines] == [None, "Agencia IZP-6"]
    assert [task.office_id for task in open_moves(world)] == [town.new.office_id]
    town.new.push("n1", "CI06", proceeding=2, office="IZP-6")
    assert offices(world, receipt) == ["CUH-2", "IZP-6", "CUH-2"]
    assert open_moves(world) == []


def test_each_line_is_accepted_by_itself_and_may_come_back(world: World, town: Town) -> None:
    receipt = opened_and_moved(world)
    world.push("b1", "CI10", proceeding=2, details={"to_office": "IZP-6"})
    town.new.push("n1", "CI01", office="IZP-6")
    town.new.push("n2", "CI10", details={"to_office": "CUH-2"}, office="IZP-6")
    assert offices(world, receipt) == ["IZP-6", "CUH-2"]
    world.push("a3", "CI06")
    assert offices(world, receipt) == ["CUH-2", "CUH-2"]
    assert case_of(world, receipt).moved_to_office_id == town.new.office_id
    assert [task.office_id for task in open_moves(world)] == [town.new.office_id]
    town.new.push("n3", "CI01", proceeding=2, office="IZP-6")
    assert (case_of(world, receipt).moved_to_office_id, open_moves(world)) == (None, [])


def test_a_case_follows_its_last_line(world: World, town: Town) -> None:
    receipt = opened_and_moved(world)
    world.push("b1", "CI10", proceeding=2, details={"to_office": "IZP-6"})
    town.new.push("n1", "CI01", office="IZP-6")
    assert case_of(world, receipt).office_id == world.office_id
    town.new.push("n2", "CI01", proceeding=2, office="IZP-6")
    assert case_of(world, receipt).office_id == town.new.office_id
    assert not finds(world)


def test_a_stage_revealed_after_the_move_undoes_no_move(world: World, town: Town) -> None:
    receipt = world.push("a1", "CI01", occurred_on=str(world.today - timedelta(days=9)))
    world.push("h1", "CI12", occurred_on=str(world.today - timedelta(days=8)))
    world.push("a2", "CI10", occurred_on=str(world.today - timedelta(days=2)), details={"to_office": "IZP-6"})
    world.push("a3", "CI12", reveals="h1")
    assert case_of(world, receipt).moved_to_office_id == town.new.office_id
    town.new.push("n1", "CI13", office="IZP-6")
    assert case_of(world, receipt).office_id == town.new.office_id


def test_a_sender_of_both_offices_accepts_unless_it_speaks_for_the_old_one(world: World, town: Town) -> None:
    receipt = opened_and_moved(world)
    town.both.push("b1", "CI10", proceeding=2, details={"to_office": "IZP-6"}, office=None)
    town.both.push("b2", "CI01", proceeding=3, office="CUH-2")
    assert case_of(world, receipt).office_id == world.office_id
    town.both.push("b3", "CI01", office="IZP-6")
    assert offices(world, receipt) == ["IZP-6", "CUH-2", "CUH-2"]


def test_an_office_that_nobody_knows_is_flagged(world: World) -> None:
    receipt = world.push("a1", "CI01")
    assert world.push("a2", "CI10", details={"to_office": "NOWHERE"}).flags == ["to_office_unknown"]
    assert case_of(world, receipt).moved_to_office_id is None


@pytest.mark.parametrize(
    "update",
    [
        {"stage": "CI06", "hidden": True},
        {"stage": "CI06", "hidden": True, "proceeding": 2},
        {"stage": "CI00", "occurred_on": "2020-01-01"},
    ],
)
def test_what_she_cannot_see_accepts_nothing(world: World, town: Town, update: dict[str, object]) -> None:
    receipt = opened_and_moved(world)
    her = world.admit()
    before = status(world, her)
    fields = {name: value for name, value in update.items() if name != "stage"}
    town.new.push("n1", str(update["stage"]), office="IZP-6", **fields)
    after = status(world, her)
    assert case_of(world, receipt).moved_to_office_id == town.new.office_id
    assert after.office == before.office
    assert [line.moving_to for line in after.lines] == [line.moving_to for line in before.lines]


def test_once_it_comes_into_sight_it_accepts(world: World, town: Town) -> None:
    receipt = opened_and_moved(world)
    town.new.push("n1", "CI06", hidden=True, office="IZP-6")
    town.new.push("n2", "CI06", reveals="n1", office="IZP-6")
    assert case_of(world, receipt).office_id == town.new.office_id
