"""What a victim may know of her case, and what she may not."""

from datetime import date, timedelta

import pytest

from casestatus.cases.models import Proceeding
from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from casestatus.intake.registration import GivenAccess
from casestatus.offices.models import Heartbeat
from casestatus.victims.models import VictimProceeding
from casestatus.victims.status import Status, institution_to_name, status_of
from tests.factories import NUMBER, World, make_world


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def world(database: Database, keys: KeyRing) -> World:
    return make_world(database, keys)


def status(world: World, her: GivenAccess) -> Status:
    with world.database.reading() as session:
        return status_of(session, her.victim_id, None, keys=world.keys)


def test_she_sees_where_her_line_stands_and_since_when(world: World) -> None:
    world.push("u1", "CI01", occurred_on=str(world.today - timedelta(days=9)))
    her = world.admit()
    world.push("u2", "CI06", occurred_on=str(world.today - timedelta(days=2)), formal_notice_on=str(world.today))
    seen = status(world, her)
    [line] = seen.lines
    assert (seen.case_number, seen.office.name) == (NUMBER, "Agencia CUH-2")
    assert (line.current.stage.code, line.since) == ("CI06", world.today - timedelta(days=2))
    assert [entry.stage.code for entry in line.entries] == ["CI01", "CI06"]
    assert list(line.formal_notices.values()) == [(world.today,)]


def test_a_hidden_event_changes_nothing_that_she_sees(world: World) -> None:
    world.push("u1", "CI01")
    her = world.admit()
    before = status(world, her)
    world.push("u2", "CI12")  # a warrant, for all we know
    world.push("u3", "CI06", hidden=True)
    assert status(world, her) == before


def test_a_revealed_event_carries_the_day_of_the_reveal(world: World) -> None:
    yesterday = world.today - timedelta(days=1)
    world.push("u1", "CI01", occurred_on=str(world.today - timedelta(days=9)))
    her = world.admit()
    world.push("u2", "CI12", occurred_on=str(world.today - timedelta(days=5)), hidden=True)
    world.push("u3", "CI12", occurred_on=str(yesterday), reveals="u2")
    [line] = status(world, her).lines
    assert (line.current.stage.code, line.current.on) == ("CI12", yesterday)


def test_a_case_whose_only_line_is_hidden_shows_no_line(world: World) -> None:
    world.push("u1", "CI01", hidden=True)
    assert list(status(world, world.admit()).lines) == []


def test_a_line_that_becomes_visible_later_takes_the_next_number(world: World, clock: Clock) -> None:
    world.push("u1", "CI01", hidden=True)
    world.push("u2", "CI01", proceeding=2)
    her = world.admit(proceedings=[1, 2])
    assert [line.number for line in status(world, her).lines] == [1]
    clock.advance(timedelta(hours=1))
    world.push("u3", "CI01", reveals="u1")
    world.push("u4", "CI06", proceeding=2)
    seen = status(world, her)
    assert [(line.number, line.current.stage.code) for line in seen.lines] == [(1, "CI06"), (2, "CI01")]


def test_lines_that_aren_t_hers_stay_out(world: World) -> None:
    world.push("u1", "CI01")
    world.push("u2", "CI06", proceeding=2)
    assert [line.current.stage.code for line in status(world, world.admit()).lines] == ["CI01"]


def test_a_corrected_event_gives_way_to_its_correction(world: World) -> None:
    world.push("u1", "CI01")
    her = world.admit()
    world.push("u2", "CI07")
    world.push("u3", "CI06", supersedes="u2")
    [line] = status(world, her).lines
    assert [(entry.stage.code, entry.corrects) for entry in line.entries] == [("CI01", False), ("CI06", True)]


def test_the_freshness_is_the_day_of_the_office_s_last_signal(world: World) -> None:
    world.push("u1", "CI01")
    her = world.admit()
    assert status(world, her).office.information_as_of is None
    with world.database.writing() as session:
        for day in (date(2026, 11, 20), date(2026, 11, 21)):
            session.add(Heartbeat(office_id=world.office_id, seen_on=day, seen_at=world.database.now()))
    assert status(world, her).office.information_as_of == date(2026, 11, 21)


def test_a_joined_case_s_line_is_seen_under_her_own_number(world: World) -> None:
    world.push("u1", "CI01")
    her = world.admit()
    other = "CI-FICUH/CUH-2/UI-2 C/D/00777/04-2026"
    receipt = world.push("u2", "CI06", case_number=other)
    with world.database.writing() as session:
        line = session.query(Proceeding).filter_by(case_id=receipt.case_id).one()
        session.add(VictimProceeding(victim_id=her.victim_id, proceeding_id=line.id, linked_at=world.database.now()))
    seen = status(world, her)
    assert seen.case_number == NUMBER
    assert [line.current.stage.code for line in seen.lines] == ["CI01", "CI06"]


def test_an_institution_is_not_named_to_a_high_tier(world: World) -> None:
    world.push("u1", "CI01")
    ordinary, high = world.admit(), world.admit(risk_tier="high")
    with world.database.reading() as session:
        assert institution_to_name(session, ordinary.victim_id) == "Fiscalía de prueba FGJ-1"
        assert institution_to_name(session, high.victim_id) is None
