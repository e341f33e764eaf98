"""A victim tells her office that something is wrong, by the page and as JSON."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from casestatus.cases.models import Proceeding
from casestatus.offices.models import OfficeTask, TaskKind
from casestatus.settings import Limits
from tests.factories import World
from tests.intake.town import OTHER, make_town
from tests.web.visiting import Program, enter, form_token, open_session


@pytest.fixture
def program(web: TestClient, world: World) -> Program:
    """She sees line 2 of her case, as her line 1, and no other."""
    world.push("u1", "CI01")
    world.push("u2", "CI06", proceeding=2)
    her = world.admit(proceedings=[2])
    return Program(web, open_session(web, her.pin).json()["token"])


def tasks(world: World) -> list[OfficeTask]:
    with world.database.reading() as session:
        found = list(session.scalars(select(OfficeTask).where(OfficeTask.kind == TaskKind.REPORTED)))
        session.expunge_all()
        return found


def report(program: Program, **content: Any) -> Any:
    return program.ask("POST", "/reports", json=content)


def test_a_report_becomes_a_task_of_the_office_that_names_line_and_reason(program: Program, world: World) -> None:
    answer = report(program, reason="date", proceeding=1)
    assert (answer.status_code, answer.json()) == (201, {"reason": "date", "proceeding": 1})
    [task] = tasks(world)
    with world.database.reading() as session:
        second = session.scalars(select(Proceeding.id).where(Proceeding.ordinal == 2)).one()
    assert (task.office_id, task.reason, task.proceeding_id) == (world.office_id, "date", second)


def test_the_same_is_one_task_while_it_lies_there_and_another_once_it_was_dealt_with(
    program: Program, world: World
) -> None:
    for _ in range(3):
        assert report(program, reason="stage", proceeding=1).status_code == 201
    report(program, reason="missing", proceeding=1)
    report(program, reason="stage")
    assert len(tasks(world)) == 3
    with world.database.writing() as session:
        session.execute(update(OfficeTask).values(resolved_at=world.database.now()))
    report(program, reason="stage", proceeding=1)
    assert len(tasks(world)) == 4


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"reason": "bad"}, "reason"),
        ({"reason": "date", "proceeding": 2}, "proceeding"),
        ({"reason": "date", "proceeding": 0}, "proceeding"),
        ({"reason": "date", "text": "it was another day"}, "text"),
        ({}, "reason"),
    ],
)
def test_what_can_t_be_reported_names_the_field(program: Program, world: World, content: Any, field: str) -> None:
    answer = report(program, **content)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert tasks(world) == []


def test_what_is_wrong_with_a_joined_line_is_told_to_the_office_that_has_it(web: TestClient, world: World) -> None:
    town = make_town(world)
    world.push("a1", "CI01")
    town.new.push("b1", "CI15", case_number=OTHER, office="IZP-6")
    her = world.admit()
    world.push("a2", "CI11", details={"to_number": OTHER})
    town.link(town.new, her, 1, case_number=OTHER)
    program = Program(web, open_session(web, her.pin).json()["token"])
    assert [line["stage"] for line in program.ask("GET", "/case").json()["proceedings"]] == ["CI11", "CI15"]
    report(program, reason="stage", proceeding=2)
    assert [task.office_id for task in tasks(world)] == [town.new.office_id]


def test_reports_have_a_limit_a_day(program: Program, world: World) -> None:
    reasons = ["date", "not_mine", "stage", "missing", "not_understood"]
    for reason in reasons:
        report(program, reason=reason, proceeding=1)
        report(program, reason=reason)
    assert len(tasks(world)) == Limits().reports_per_day
    with world.database.writing() as session:
        session.execute(update(OfficeTask).values(resolved_at=world.database.now()))
    answer = report(program, reason="date")
    assert (answer.status_code, answer.json()["type"]) == (429, "too-many-reports")


def test_without_a_session_nothing_can_be_reported(web: TestClient, world: World) -> None:
    assert web.post("/api/v1/reports", json={"reason": "date"}).status_code == 401
    assert web.get("/caso/reporte").headers["location"] == "/entrar"


def test_the_form_thanks_her_and_promises_no_answer(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    enter(web, world.admit().pin)
    token = form_token(web.get("/caso/reporte?linea=1").text)
    answer = web.post("/caso/reporte", data={"csrf_token": token, "reason": "not_mine", "line": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/caso/reporte?avisado=si")
    thanks = web.get("/caso/reporte?avisado=si").text
    assert "Gracias." in thanks
    assert "La oficina lo va a revisar.</p>" in thanks  # and promises no answer here: none can be given yet
    assert "respuesta" not in thanks
    assert [task.reason for task in tasks(world)] == ["not_mine"]


def test_the_form_wants_a_reason_and_a_line_of_hers(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    enter(web, world.admit().pin)
    token = form_token(web.get("/caso/reporte?linea=1").text)
    answer = web.post("/caso/reporte", data={"csrf_token": token, "line": "1"})
    assert answer.status_code == 422
    assert "Elige una opción." in answer.text
    assert web.post("/caso/reporte", data={"csrf_token": token, "reason": "date", "line": "2"}).status_code == 404
    assert tasks(world) == []


def test_another_site_can_t_report_in_her_name(web: TestClient, world: World) -> None:
    world.push("u1", "CI01")
    enter(web, world.admit().pin)
    assert web.post("/caso/reporte", data={"csrf_token": "x", "reason": "date"}).status_code == 403
    assert tasks(world) == []
