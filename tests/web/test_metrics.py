"""Figures for an operator: only with the token, and sums that nobody can turn against a victim."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from casestatus.app import build_app
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.notices.models import SenderBreaker
from casestatus.notices.passes import SignOfLife
from casestatus.settings import Environment, Settings
from tests.notices.town import Town

TOKEN = "0123456789abcdef"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def keys() -> KeyRing:
    return KeyRing.generate()


def settings(**changes: object) -> Settings:
    usual = Settings(_env_file=None, environment=Environment.DEMO, metrics_token=SecretStr(TOKEN))
    return usual.with_changes(**changes)


@pytest.fixture
def web(database: Database, keys: KeyRing) -> Iterator[TestClient]:
    with TestClient(build_app(settings(), database, keys), base_url="http://127.0.0.1:8000") as client:
        yield client


def figures(web: TestClient) -> dict[str, float]:
    answer = web.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    lines = (line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(figure) for name, _, figure in lines}


@pytest.mark.parametrize("headers", [{}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": f"Basic {TOKEN}"}])
def test_without_the_token_there_is_nothing(web: TestClient, headers: dict[str, str]) -> None:
    refused = web.get("/metrics", headers=headers)
    assert refused.status_code == 404
    assert "casestatus_" not in refused.text


def test_where_no_token_is_set_an_empty_one_opens_nothing(database: Database, keys: KeyRing) -> None:
    with TestClient(build_app(settings(metrics_token=""), database, keys), base_url="http://127.0.0.1:8000") as web:
        assert web.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_token_that_can_be_guessed_is_refused_in_production() -> None:
    short = Settings(_env_file=None, metrics_token=SecretStr("short"))
    assert any("CASESTATUS_METRICS_TOKEN" in reason for reason in short.refusals())


def test_attempts_and_notices_are_counted_by_their_states(web: TestClient, database: Database, keys: KeyRing) -> None:
    town = Town(database, keys)
    for _ in range(3):
        town.victim()
    town.event(delay=timedelta(minutes=-10))
    read = figures(web)
    assert read['casestatus_attempts{provider="",state="pending"}'] == 3
    assert read['casestatus_open_attempts{channel="sms",state="pending"}'] == 3
    assert read['casestatus_notices{state="waiting"}'] == 3
    assert 600 <= read['casestatus_overdue_seconds{channel="sms"}'] < 700
    assert read['casestatus_overdue_seconds{channel="email"}'] == 0


def test_a_fleet_that_is_silent_is_seen(web: TestClient, database: Database) -> None:
    assert figures(web)["casestatus_last_pass_timestamp_seconds"] == 0
    SignOfLife(database, ["all"]).note("all")
    SignOfLife(database, ["all"]).note("all")
    read = figures(web)
    assert abs(read["casestatus_last_pass_timestamp_seconds"] - database.now().timestamp()) < 60
    assert read["casestatus_workers"] == 2
    database.clock.advance(timedelta(minutes=2))
    assert figures(web)["casestatus_workers"] == 0


def test_a_sender_that_is_left_alone_is_seen(web: TestClient, database: Database) -> None:
    with database.writing() as session:
        rest = database.now() + timedelta(minutes=1)
        session.add(SenderBreaker(sender="twilio", failures=[], openings=1, open_until=rest, probe_until=None))
    read = figures(web)
    assert read['casestatus_sender_stand{sender="twilio",stand="open"}'] == 1
    assert read['casestatus_sender_stand{sender="twilio",stand="closed"}'] == 0


def test_tasks_are_counted_by_their_kind_over_all_offices(web: TestClient, database: Database, keys: KeyRing) -> None:
    town = Town(database, keys)
    town.victim(contacts=0)
    town.event()
    assert figures(web)['casestatus_open_tasks{kind="unreachable"}'] == 1


def test_requests_are_counted_by_route_and_never_by_path(web: TestClient) -> None:
    web.post("/webhooks/twilio/status/a-secret-token")
    web.get("/nothing/here/CI-FICUH-123")
    read = figures(web)
    assert read['casestatus_requests_total{method="POST",route="/webhooks/twilio/status/{token}",status="403"}'] == 1
    assert read['casestatus_requests_total{method="GET",route="unmatched",status="404"}'] == 1
    assert read['casestatus_request_seconds_count{route="/webhooks/twilio/status/{token}"}'] == 1
    assert not [name for name in read if "a-secret-token" in name or "FICUH" in name]


def test_no_figure_names_a_case_an_office_or_a_person(web: TestClient, database: Database, keys: KeyRing) -> None:
    town = Town(database, keys)
    town.victim("+525511112222")
    town.event()
    labels = {name for line in figures(web) for name in re.findall(r"(\w+)=", line)}
    assert labels <= {
        "version",
        "state",
        "provider",
        "channel",
        "sender",
        "stand",
        "kind",
        "method",
        "route",
        "status",
        "le",
    }
    told = web.get("/metrics", headers=BEARER).text
    assert not [named for named in ("FGJ", "CUH", "5511112222", str(town.case_id)) if named in told]
