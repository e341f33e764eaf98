"""An office's system reads what its people have to do, and says what they did."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx2 import Response

from casestatus.database import Clock
from casestatus.settings import Limits
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
    assert (unknown["kind"], unknown["line"], unknown["office"]) == ("crime_unknown", None, "CUH-2")
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
