"""An office's system reads what its people have to do, and says what they did."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx2 import Response
from sqlalchemy import select

from casestatus.access.own_contacts import call_unsafe
from casestatus.database import Clock
from casestatus.intake.case_for import NumberTaken
from casestatus.offices.models import OfficeTask
from casestatus.settings import Limits
from casestatus.victims.models import Contact
from casestatus.victims.reports import Reason, report_wrong
from tests.clocks import StoppedClock
from tests.factories import World, make_world
from tests.intake.town import make_town
from tests.web.conftest import OfficeSystem

BOTH = "cases:read updates:write"


@pytest.fixture
def clock() -> Clock:
    return StoppedClock(datetime(2026, 3, 2, 18, 0, 30, tzinfo=UTC))


def ask(system: OfficeSystem, path: str = "", *, method: str = "GET", scope: str = BOTH) -> Response:
    headers = {"Authorization": f"Bearer {system.token(scope=scope)}"}
    return system.web.request(method, f"/api/v1/office/tasks{path}", headers=headers)


def listed(system: OfficeSystem, query: str = "", **options: str) -> list[dict[str, Any]]:
    return list(ask(system, query, **options).json()["tasks"])


def reported(world: World) -> UUID:
    """A case with a crime that nobody knows, of which a victim said that its stage is wrong."""
    world.push("a1", "CI01", crime="nobody.knows")
    her, now = world.admit(), world.database.now()
    with world.database.writing() as session:
        report_wrong(session, her.victim_id, Reason.STAGE, number=1, keys=world.keys, limits=Limits(), now=now)
    return her.victim_id


def test_an_office_reads_what_its_people_have_to_do(office_system: OfficeSystem, world: World, clock: Clock) -> None:
    victim_id = reported(world)
    clock.advance(timedelta(days=3))
    unknown, wrong = listed(office_system)
    assert (unknown["kind"], unknown["line"], unknown["office"]) == ("crime_unknown", 1, "CUH-2")
    assert (wrong["kind"], wrong["line"], wrong["reason"], wrong["days"]) == ("reported", 1, "stage", 3)
    assert wrong["victim_id"] is None
    [known] = listed(office_system, "?kind=reported", scope="cases:read victims:write")
    assert known["victim_id"] == str(victim_id)


def test_what_was_done_leaves_the_list(office_system: OfficeSystem, world: World, clock: Clock) -> None:
    reported(world)
    first, second = listed(office_system)
    assert ask(office_system, f"/{first['task_id']}/done", method="POST").status_code == 204
    assert ask(office_system, f"/{first['task_id']}/done", method="POST").status_code == 204
    assert [task["task_id"] for task in listed(office_system)] == [second["task_id"]]
    assert ask(office_system, f"/{second['task_id']}/done", method="POST", scope="cases:read").status_code == 403


def test_a_list_is_read_in_parts(office_system: OfficeSystem, world: World) -> None:
    reported(world)
    start = ask(office_system, "?limit=1").json()
    rest = ask(office_system, f"?limit=1&after={start['next']}").json()
    assert [task["kind"] for task in start["tasks"] + rest["tasks"]] == ["crime_unknown", "reported"]
    assert rest["next"] is None


def test_a_move_that_waits_ends_by_an_update_only(office_system: OfficeSystem, world: World) -> None:
    town = make_town(world)
    town.new.push("b1", "CI01", office="IZP-6")
    town.new.push("b2", "CI10", details={"to_office": "CUH-2"}, office="IZP-6")
    [waiting] = listed(office_system)
    refused = ask(office_system, f"/{waiting['task_id']}/done", method="POST")
    assert (refused.status_code, refused.json()["type"].rsplit("/")[-1]) == (409, "task-ends-by-itself")


def test_another_offices_tasks_are_as_unknown_as_none(office_system: OfficeSystem, world: World) -> None:
    elsewhere = make_world(world.database, world.keys, code="FGJ-2")
    victim_id = reported(elsewhere)
    assert listed(office_system) == []
    assert ask(office_system, f"/{victim_id}/done", method="POST").status_code == 404


def test_what_she_chose_about_a_contact_is_for_those_who_may_register_victims(
    office_system: OfficeSystem, world: World
) -> None:
    world.push("a1", "CI01")
    her = world.admit()
    with world.database.writing() as session:
        [contact_id] = session.scalars(select(Contact.id).where(Contact.victim_id == her.victim_id))
        call_unsafe(session, her.victim_id, contact_id, now=world.database.now())
    assert (listed(office_system), listed(office_system, "?kind=contact_unsafe")) == ([], [])
    assert figures(office_system, BOTH) == {}
    [unsafe] = listed(office_system, scope="cases:read victims:write")
    assert figures(office_system, "cases:read victims:write") == {"contact_unsafe": 1}
    done = f"/{unsafe['task_id']}/done"
    assert ask(office_system, done, method="POST").status_code == 404
    assert ask(office_system, done, method="POST", scope="updates:write victims:write").status_code == 204


def figures(system: OfficeSystem, scope: str) -> dict[str, int]:
    """How many tasks of each kind the figures of the office count."""
    headers = {"Authorization": f"Bearer {system.token(scope=scope)}"}
    [office] = system.web.get("/api/v1/office/figures", headers=headers).json()["offices"]
    return dict(office["open_tasks"])


def test_what_she_says_of_her_case_goes_to_the_office_that_has_her_line_and_on_with_it(
    office_system: OfficeSystem, world: World
) -> None:
    """Line 2 is hers; line 1 stays with the case's own office."""
    town = make_town(world)
    world.push("a1", "CI01")
    world.push("b1", "CI01", proceeding=2)
    her = world.admit(proceedings=[2])
    says(world, her.victim_id, Reason.DATE)
    world.push("b2", "CI10", proceeding=2, details={"to_office": "IZP-6"})
    town.new.push("n1", "CI01", proceeding=2, office="IZP-6")
    says(world, her.victim_id, Reason.MISSING)
    with world.database.writing() as session:
        [contact_id] = session.scalars(select(Contact.id).where(Contact.victim_id == her.victim_id))
        call_unsafe(session, her.victim_id, contact_id, now=world.database.now())
    assert open_at(world, town.new.office_id) == ["contact_unsafe", "reported", "reported"]
    assert open_at(world, world.office_id) == []


def says(world: World, victim_id: UUID, reason: Reason) -> None:
    """She says that this is wrong with her case as a whole."""
    with world.database.writing() as session:
        report_wrong(
            session, victim_id, reason, number=None, keys=world.keys, limits=Limits(), now=world.database.now()
        )


def open_at(world: World, office_id: UUID) -> list[str]:
    with world.database.reading() as session:
        open_ones = select(OfficeTask.kind).where(OfficeTask.office_id == office_id, OfficeTask.resolved_at.is_(None))
        return sorted(kind.value for kind in session.scalars(open_ones))


def test_whose_line_another_office_sent_is_told_so_and_not_the_sender(
    office_system: OfficeSystem, world: World
) -> None:
    """The case is the old office's, its second line the new one's: each tries to write what the other has."""
    town = make_town(world)
    world.push("a1", "CI01")
    world.push("b1", "CI10", proceeding=2, details={"to_office": "IZP-6"})
    town.new.push("n1", "CI01", proceeding=2, office="IZP-6")
    with pytest.raises(NumberTaken) as refused:
        world.push("a2", "CI06", proceeding=2)
    assert [problem.field for problem in refused.value.fields] == ["case_number"]
    assert (open_at(world, world.office_id), open_at(world, town.new.office_id)) == ([], ["number_taken"])
    with pytest.raises(NumberTaken):
        town.new.push("n2", "CI06")
    [told] = listed(office_system)
    assert (told["kind"], told["line"]) == ("number_taken", 1)
