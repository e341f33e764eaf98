"""The office that acts on a line decides its hours, its freshness and its dates; the case's other lines stay."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from casestatus.database import Clock
from casestatus.intake.case_for import NumberTaken
from casestatus.intake.registration import GivenAccess, RegistrationRefused
from casestatus.offices.calendars import add_holiday
from casestatus.offices.heartbeats import note_heartbeat
from casestatus.offices.models import Office
from casestatus.settings import Settings
from tests.clocks import StoppedClock
from tests.factories import NUMBER, World
from tests.intake.town import OTHER, Town, make_town
from tests.web.conftest import OfficeSystem, system_of
from tests.web.visiting import Program, enter, open_session


@pytest.fixture
def clock() -> Clock:
    return StoppedClock(datetime(2026, 3, 2, 18, 0, 30, tzinfo=UTC))


@pytest.fixture
def town(world: World) -> Town:
    return make_town(world)


def case(web: TestClient, her: GivenAccess) -> Any:
    return Program(web, open_session(web, her.pin).json()["token"]).ask("GET", "/case").json()


def lives(world: World, office_id: UUID) -> None:
    with world.database.writing() as session:
        note_heartbeat(session, office_id, now=world.database.now())


def in_tijuana(world: World, office_id: UUID) -> None:
    with world.database.writing() as session:
        session.execute(update(Office).where(Office.id == office_id).values(time_zone="America/Tijuana"))


def joined(world: World, town: Town, *stages: Any) -> GivenAccess:
    """Her line was joined into the other office's case, of which she sees the line that went this way."""
    for number, (stage, fields) in enumerate(stages):
        town.new.push(f"b{number}", stage, case_number=OTHER, office="IZP-6", **fields)
    world.push("a1", "CI01", occurred_on="2026-01-01")
    her = world.admit()
    world.push("a2", "CI11", occurred_on="2026-02-01", details={"to_number": OTHER})
    town.link(town.new, her, 1, case_number=OTHER)
    return her


def second_line_moved(world: World, town: Town) -> None:
    world.push("b2", "CI10", proceeding=2, occurred_on="2026-02-28", details={"to_office": "IZP-6"})
    town.new.push("b3", "CI01", proceeding=2, office="IZP-6", occurred_on="2026-03-01")


def test_a_hearing_is_told_by_the_clocks_of_the_office_that_goes_on_with_it(
    web: TestClient, world: World, town: Town
) -> None:
    in_tijuana(world, world.office_id)
    hearing = {"occurred_on": "2026-02-20", "details": {"hearing_at": "2026-03-20T00:30:00-06:00"}}
    her = joined(world, town, ("CI13", hearing))
    [told] = [line["meaning"] for line in case(web, her)["proceedings"] if line["stage"] == "CI13"]
    assert "20 de marzo" in told
    assert "0:30" in told


def test_a_line_is_as_fresh_as_the_feed_of_the_office_that_acts_on_it(
    web: TestClient, world: World, town: Town
) -> None:
    her = joined(world, town, ("CI01", {"occurred_on": "2025-10-01"}))
    lives(world, world.office_id)
    shown = case(web, her)
    lines = {line["stage"]: line for line in shown["proceedings"]}
    assert (shown["stale"], shown["information_as_of"]) == (False, "2026-03-02")
    assert (lines["CI01"]["stale"], lines["CI01"]["stalled"]) == (True, False)
    assert lines["CI01"]["office"]["name"] == "Agencia IZP-6"
    enter(web, her.backup_key)
    page = web.get("/caso").text
    assert "De esta línea se encarga Agencia IZP-6." in page
    assert "atrasada" in page
    assert "La oficina no ha publicado cambios" not in page


@pytest.mark.parametrize(
    ("details", "stands_still"), [({"to_office": "IZP-6"}, True), ({"to_authority": "fgr"}, False)]
)
def test_a_move_that_is_not_accepted_stands_still_with_the_old_office(
    web: TestClient, world: World, town: Town, details: dict[str, str], stands_still: bool
) -> None:
    lives(world, world.office_id)
    world.push("a1", "CI01", occurred_on="2026-01-01")
    world.push("a2", "CI10", occurred_on="2026-01-20", details=details)
    her = world.admit()
    [line] = case(web, her)["proceedings"]
    assert line["stalled"] is stands_still
    enter(web, her.backup_key)
    page = web.get("/caso").text
    assert ("La otra oficina aún no confirma que lo recibió." in page) is stands_still
    assert ("Sin cambios desde hace 41 días" in page) is stands_still


def test_anothers_line_that_moves_changes_nothing_on_her_page(web: TestClient, world: World, town: Town) -> None:
    in_tijuana(world, town.new.office_id)
    world.push("a1", "CI06", occurred_on="2026-02-20", formal_notice_on="2026-02-25")
    world.push("b1", "CI01", proceeding=2, occurred_on="2026-02-20")
    her, other = world.admit(), world.admit(proceedings=[2], contacts=[])
    with world.database.writing() as session:
        add_holiday(session, session.get_one(Office, town.new.office_id), day=date(2026, 3, 9), name="own rest")
    lives(world, world.office_id)
    before = case(web, her)
    second_line_moved(world, town)
    assert case(web, her) == before
    assert case(web, other)["office"]["name"] == "Agencia IZP-6"


def test_each_office_goes_on_with_its_own_lines(world: World, town: Town) -> None:
    world.push("a1", "CI06", occurred_on="2026-02-20")
    world.push("b1", "CI01", proceeding=2, occurred_on="2026-02-20")
    second_line_moved(world, town)
    assert world.push("a2", "CI01").receipt
    with pytest.raises(NumberTaken):
        town.new.push("n1", "CI06")
    with pytest.raises(NumberTaken):
        world.push("a3", "CI06", proceeding=2)
    with pytest.raises(RegistrationRefused):
        town.new.admit(proceedings=[1])
    assert town.new.admit(proceedings=[2]).pin


@pytest.mark.parametrize("hidden_too", [False, True])
def test_a_hidden_line_of_the_case_that_hers_was_joined_into_holds_nothing_back(
    web: TestClient, world: World, town: Town, *, hidden_too: bool
) -> None:
    world.push("b1", "CI01", case_number=OTHER, occurred_on="2026-01-01")
    if hidden_too:
        world.push("h1", "CI12", case_number=OTHER, proceeding=2, hidden=True, occurred_on="2026-01-01")
    world.push("a1", "CI01", occurred_on="2026-01-01")
    her = world.admit()
    world.push("a2", "CI11", occurred_on="2026-02-01", details={"to_number": OTHER})
    world.push("b2", "CI10", case_number=OTHER, occurred_on="2026-02-02", details={"to_office": "IZP-6"})
    town.new.push("n1", "CI06", case_number=OTHER, office="IZP-6")
    [line] = case(web, her)["proceedings"]
    assert line["office"]["name"] == "Agencia IZP-6"
    if hidden_too:
        assert world.push("h2", "CI12", case_number=OTHER, proceeding=2, reveals="h1").flags == []


def test_an_office_reads_the_lines_that_it_writes_and_no_others(
    web: TestClient, world: World, town: Town, settings: Settings
) -> None:
    """Line 2 waits for the new office; of line 1, where a warrant is hidden, it is told nothing."""
    opened = world.push("a1", "CI01", occurred_on="2026-02-20")
    world.push("h1", "CI12", occurred_on="2026-02-21")
    world.push("b1", "CI01", proceeding=2, occurred_on="2026-02-20")
    world.push("b2", "CI10", proceeding=2, occurred_on="2026-02-28", details={"to_office": "IZP-6"})
    old, new = system_of(web, world, settings), system_of(web, town.new, settings)

    def lines_of(office: OfficeSystem) -> list[list[int]]:
        shown = [
            office.ask(f"/cases/{opened.case_id}").json(),
            office.post("/cases/search", {"case_number": NUMBER}).json(),
        ]
        assert ("CI12" in str(shown)) is (office is old)
        return [[line["ordinal"] for line in each["proceedings"]] for each in shown]

    assert (lines_of(old), lines_of(new)) == ([[1, 2], [1, 2]], [[2], [2]])
    town.new.push("n1", "CI01", proceeding=2, office="IZP-6", occurred_on="2026-03-01")
    assert (lines_of(old), lines_of(new)) == ([[1], [1]], [[2], [2]])
