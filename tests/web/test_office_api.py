"""Offices' systems, over HTTP."""

import base64
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, text

from casestatus.cases.models import Case, TimelineEvent
from casestatus.notices.models import DeliveryAttempt, Notice
from casestatus.offices.models import Client, Heartbeat
from casestatus.statistics.models import StatisticsEvent
from tests.factories import NUMBER, World, make_world, update_content
from tests.web.conftest import OfficeSystem


def content(world: World, source_id: str = "u1", stage: str = "CI01", **fields: Any) -> dict[str, Any]:
    return update_content(source_id, stage, today=world.today) | fields


def count(world: World, table: type) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_an_update_is_answered_by_its_receipt_and_again_by_the_same(office_system: OfficeSystem, world: World) -> None:
    first = office_system.post("/updates", content(world))
    again = office_system.post("/updates", content(world))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json().keys() == {
        "receipt", "event_id", "case_id", "case_created", "held", "flags", "notices_queued",
    }  # fmt: skip


def test_an_update_under_a_used_source_id_with_other_content_is_a_conflict(
    office_system: OfficeSystem, world: World
) -> None:
    office_system.post("/updates", content(world))
    answer = office_system.post("/updates", content(world, stage="CI05"))
    assert (answer.status_code, answer.json()["type"]) == (409, "source-id-taken")
    assert [error["field"] for error in answer.json()["errors"]] == ["source_id"]


@pytest.mark.parametrize(
    ("fields", "problem", "named"),
    [
        ({"office": "NOWHERE"}, "office-unknown", "office"),
        ({"stage": "CI99"}, "stage-unknown", "stage"),
        ({"occurred_on": "yesterday"}, "unprocessable", "occurred_on"),
        ({"surprise": 1}, "unprocessable", "surprise"),
        ({"proceeding": "first"}, "unprocessable", "proceeding"),
        ({"details": {"cause": "x"}}, "details-refused", "details.cause"),
        ({"crime": None}, "case-unknown", "crime"),
    ],
)
def test_bad_input_is_answered_by_a_problem_that_names_the_field(
    office_system: OfficeSystem, world: World, fields: dict[str, Any], problem: str, named: str
) -> None:
    answer = office_system.post("/updates", content(world, **fields))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == problem
    assert [error["field"] for error in answer.json()["errors"]] == [named]
    assert count(world, Case) == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 422), (b'{"source_id": "\xff"}', 422), (b"[]", 422), (b"x" * 1_000_000, 413), (b"", 422)],
)
def test_a_body_that_is_no_update_is_refused_in_the_same_form(
    office_system: OfficeSystem, body: bytes, status: int
) -> None:
    headers = {"Authorization": f"Bearer {office_system.token()}", "Content-Type": "application/json"}
    answer = office_system.web.post("/api/v1/office/updates", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_body_without_a_declared_length_is_stopped_at_the_limit(office_system: OfficeSystem) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 10_000

    headers = {"Authorization": f"Bearer {office_system.token()}", "Content-Type": "application/json"}
    assert office_system.web.post("/api/v1/office/updates", content=endless(), headers=headers).status_code == 413


def test_a_problem_speaks_the_callers_language(office_system: OfficeSystem, world: World) -> None:
    headers = {"Authorization": f"Bearer {office_system.token()}"}
    url = "/api/v1/office/updates"
    spanish = office_system.web.post(url, json=content(world, stage="CI99"), headers=headers)
    english = office_system.web.post(
        url, json=content(world, stage="CI99"), headers=headers | {"Accept-Language": "en"}
    )
    assert spanish.json()["title"] == "Esa etapa no existe."
    assert english.json()["title"] == "That stage does not exist."


def test_a_push_whose_commit_fails_is_answered_500_and_leaves_nothing(
    office_system: OfficeSystem, world: World
) -> None:
    refuse_commits(world)
    answer = office_system.post("/updates", content(world))
    assert answer.status_code == 500
    assert answer.json()["type"] == "failure"
    for table in (Case, TimelineEvent, Notice, DeliveryAttempt, StatisticsEvent):
        assert count(world, table) == 0


def refuse_commits(world: World) -> None:
    """A constraint of the database's own that is only checked at commit, and never holds."""
    with world.database.writing() as session:
        if world.database.dialect == "postgresql":
            for statement in POSTGRESQL_REFUSAL:
                session.execute(text(statement))
        else:
            for statement in SQLITE_REFUSAL:
                session.execute(text(statement))


POSTGRESQL_REFUSAL = (
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$",
    """CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON timeline_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()""",
)
SQLITE_REFUSAL = (
    "CREATE TABLE nobody (id INTEGER PRIMARY KEY)",
    "CREATE TABLE refused (id INTEGER REFERENCES nobody(id) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TRIGGER refuse AFTER INSERT ON timeline_event BEGIN INSERT INTO refused VALUES (1); END",
)


def test_a_victims_access_is_given_once_and_tells_no_more_than_it_must(
    office_system: OfficeSystem, world: World
) -> None:
    office_system.post("/updates", content(world))
    contact = {"channel": "sms", "address": "55 1234 5678", "safe": True, "confirmed_in_person": True}
    registration = {
        "case_number": NUMBER, "proceedings": [1], "language": "es", "risk_tier": "ordinary", "contacts": [contact],
    }  # fmt: skip
    answer = office_system.post("/victims", registration)
    assert answer.status_code == 201
    assert answer.json().keys() == {"victim_id", "folio", "pin", "backup_key"}
    again = office_system.post("/victims", registration)
    assert again.json()["victim_id"] != answer.json()["victim_id"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"case_number": "CI-FICUH/CUH-2/UI-2 C/D/99999/04-2026"}, "case_number"),
        ({"proceedings": [7]}, "proceedings"),
        ({"proceedings": []}, "proceedings"),
        ({"language": "fr"}, "language"),
        ({"name": "somebody"}, "name"),
        ({"contacts": [{"channel": "sms", "address": "123", "safe": True}]}, "contacts.0.address"),
        *(
            (
                {"contacts": [{"channel": "sms", "address": "5512345678", "safe": True, "hours": hours}]},
                "contacts.0.hours",
            )
            for hours in ("9-5", "09Z-20Z", "09:00-09:00")
        ),
        ({"contacts": [{"channel": "email", "address": "5512345678", "safe": True}]}, "contacts.0.address"),
        ({"contacts": [{"channel": "sms", "address": "ana@correo.example", "safe": True}]}, "contacts.0.address"),
        ({"contacts": [{"channel": "fax", "address": "5512345678", "safe": True}]}, "contacts.0.channel"),
        ({"represents": "01a206a3-6ac6-767a-8855-3ecd562ca38d"}, "represents"),
    ],
)
def test_a_registration_that_cannot_be_taken_names_the_field(
    office_system: OfficeSystem, world: World, fields: dict[str, Any], named: str
) -> None:
    office_system.post("/updates", content(world))
    answer = office_system.post("/victims", {"case_number": NUMBER, "proceedings": [1]} | fields)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [named]


def test_a_closed_access_answers_as_if_it_had_never_been(office_system: OfficeSystem, world: World) -> None:
    office_system.post("/updates", content(world))
    access = office_system.post("/victims", {"case_number": NUMBER, "proceedings": [1]}).json()
    knock = {"case_number": NUMBER, "pin": access["pin"]}
    web, headers = office_system.web, {"Authorization": f"Bearer {office_system.token()}"}
    session = web.post("/api/v1/sessions", json=knock)
    closed = web.delete(f"/api/v1/office/victims/{access['victim_id']}", headers=headers)
    assert (session.status_code, closed.status_code) == (201, 204)
    hers = {"Authorization": f"Bearer {session.json()['token']}"}
    assert web.get("/api/v1/case", headers=hers).status_code == 401
    unknown = web.post("/api/v1/sessions", json=knock | {"case_number": "CI-FICUH/CUH-2/UI-2 C/D/00999/04-2026"})
    refused = web.post("/api/v1/sessions", json=knock)
    assert refused.status_code == unknown.status_code == 401
    assert refused.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


def test_an_access_of_another_office_cannot_be_closed(office_system: OfficeSystem, world: World) -> None:
    stranger = make_world(world.database, world.keys, code="FGJ-2")
    stranger.push("u1", "CI01")
    access = stranger.admit()
    headers = {"Authorization": f"Bearer {office_system.token()}"}
    answer = office_system.web.delete(f"/api/v1/office/victims/{access.victim_id}", headers=headers)
    assert answer.status_code == 404


def test_an_office_reads_its_own_cases_by_number_folio_or_id(office_system: OfficeSystem, world: World) -> None:
    receipt = office_system.post("/updates", content(world)).json()
    office_system.post("/updates", content(world, "u2", "CI12"))
    access = office_system.post("/victims", {"case_number": NUMBER, "proceedings": [1]}).json()
    by_number = office_system.post("/cases/search", {"case_number": NUMBER.lower()})
    by_folio = office_system.post("/cases/search", {"case_number": access["folio"]})
    headers = {"Authorization": f"Bearer {office_system.token()}"}
    by_id = office_system.web.get(f"/api/v1/office/cases/{receipt['case_id']}", headers=headers)
    assert by_number.status_code == 200
    assert by_number.json() == by_folio.json() == by_id.json()
    [line] = by_number.json()["proceedings"]
    assert (line["stage"], line["shown_stage"]) == ("CI12", "CI01")
    assert [event["shown_at"] is None for event in line["timeline"]] == [False, True]


def test_another_offices_case_is_as_unknown_as_none(office_system: OfficeSystem, world: World) -> None:
    stranger = make_world(world.database, world.keys, code="FGJ-2")
    receipt = stranger.push("u1", "CI01")
    headers = {"Authorization": f"Bearer {office_system.token()}"}
    by_id = office_system.web.get(f"/api/v1/office/cases/{receipt.case_id}", headers=headers)
    by_number = office_system.post("/cases/search", {"case_number": NUMBER})
    unknown = office_system.post("/cases/search", {"case_number": "CI-FICUH/CUH-2/UI-2 C/D/00777/04-2026"})
    assert by_id.status_code == by_number.status_code == unknown.status_code == 404
    assert by_number.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


def test_further_lines_are_linked_to_an_access(office_system: OfficeSystem, world: World) -> None:
    world.push("u1", "CI01")
    world.push("u2", "CI06", proceeding=2)
    her = world.admit()
    path = f"/victims/{her.victim_id}/proceedings"
    answer = office_system.post(path, {"proceedings": [2]})
    assert (answer.status_code, answer.json()) == (200, {"victim_id": str(her.victim_id), "proceedings": [1, 2]})
    for wrong, field in (({"proceedings": [9]}, "proceedings"), ({"proceedings": []}, "proceedings")):
        refused = office_system.post(path, wrong)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    unknown = office_system.post(f"/victims/{UUID(int=7)}/proceedings", {"proceedings": [1]})
    assert unknown.status_code == 404


def test_a_heartbeat_is_noted_once_a_day(office_system: OfficeSystem, world: World) -> None:
    assert [office_system.post("/heartbeat", None).status_code for _ in range(2)] == [204, 204]
    with world.database.reading() as session:
        assert session.scalars(select(Heartbeat.seen_on)).all() == [world.today]


def test_a_token_is_asked_for_by_basic_authentication_too(office_system: OfficeSystem) -> None:
    client = office_system.client
    basic = base64.b64encode(f"{client.client_id}:{client.client_secret}".encode()).decode()
    answer = office_system.web.post(
        "/oauth/token",
        data={"grant_type": "client_credentials", "scope": "updates:write", "unknown": "x"},
        headers={"Authorization": f"Basic {basic}"},
    )
    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 600)
    assert answer.json()["scope"] == "updates:write"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "client_credentials", "client_id": "x", "client_secret": "x"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({}, 400, "invalid_request"),
    ],
)
def test_a_token_request_is_refused_in_oauths_own_form(
    web: TestClient, form: dict[str, str], status: int, error: str
) -> None:
    answer = web.post("/oauth/token", data=form)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


@pytest.mark.parametrize(
    "form",
    [
        "grant_type=client_credentials&grant_type=client_credentials",
        "grant_type=client_credentials&scope=cases:read&scope=updates:write",
        "grant_type=client_credentials&client_id=another",
        "grant_type=client_credentials&client_id={client_id}&client_secret={client_secret}",
    ],
)
def test_a_token_request_that_says_something_twice_is_refused(office_system: OfficeSystem, form: str) -> None:
    name, secret = str(office_system.client.client_id), office_system.client.client_secret
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = form.format(client_id=name, client_secret=secret)
    answer = office_system.web.post("/oauth/token", content=body, headers=headers, auth=(name, secret))
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_a_client_may_name_itself_in_the_body_beside_basic_authentication(office_system: OfficeSystem) -> None:
    name, secret = str(office_system.client.client_id), office_system.client.client_secret
    form = {"grant_type": "client_credentials", "client_id": name, "scope": ""}
    assert office_system.web.post("/oauth/token", data=form, auth=(name, secret)).status_code == 200


def test_without_a_token_or_with_a_forged_one_nothing_is_done(web: TestClient, world: World) -> None:
    for headers in ({}, {"Authorization": "Bearer x.y.z"}, {"Authorization": "Basic eDp5"}):
        answer = web.post("/api/v1/office/updates", json=content(world), headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (401, "token-wrong")
    assert count(world, Case) == 0


def test_a_token_without_the_scope_is_forbidden(office_system: OfficeSystem, world: World) -> None:
    token = office_system.token(scope="cases:read")
    answer = office_system.web.post(
        "/api/v1/office/updates", json=content(world), headers={"Authorization": f"Bearer {token}"}
    )
    assert (answer.status_code, answer.json()["type"]) == (403, "scope-missing")


def test_a_client_that_was_switched_off_is_out_at_once(office_system: OfficeSystem, world: World) -> None:
    token = office_system.token()
    with world.database.writing() as session:
        session.scalars(select(Client)).one().disabled_at = world.database.now()
    answer = office_system.web.post(
        "/api/v1/office/updates", json=content(world), headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 401
