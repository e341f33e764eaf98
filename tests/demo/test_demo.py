"""`casestatus demo` as a visitor meets it: one process, one document, everything it promises."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from casestatus.cases.numbers import readings
from casestatus.database import Clock, Database, is_migrated
from casestatus.demo.building import Order
from casestatus.demo.preparing import Folder, FolderTaken, prepare
from casestatus.offices.models import Role
from casestatus.settings import Settings
from casestatus.statistics.publishing.verifying import findings
from tests.statistics.publishing.others import require_readable_by_others

ROOT = Path(__file__).resolve().parents[2]
CASES = 150


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def typed(folder: Path, *words: str, **settings: str) -> subprocess.Popen[str]:
    environment = {f"CASESTATUS_{name.upper()}": value for name, value in settings.items()}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "casestatus", "demo", "--cases", str(CASES), "--data", "d", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def serving(folder: Path, *words: str, **settings: str) -> Iterator[dict[str, Any]]:
    """A demo that runs; what it printed. It must end in order when it is told to."""
    process = typed(folder, "--json", "--port", str(free_port()), *words, **settings)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield json.loads(line)
    finally:
        process.send_signal(signal.SIGINT)
        rest, logs = process.communicate(timeout=30)
    assert rest == ""
    assert process.returncode == 0, logs
    assert "Traceback" not in logs


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def built(folder: Path) -> dict[str, Any]:
    """What the command printed that built the demo, and has ended."""
    with serving(folder, database_url="postgresql://nobody@127.0.0.1:1/none") as document:
        return document


@pytest.fixture(scope="module")
def demo(built: dict[str, Any], folder: Path) -> Iterator[dict[str, Any]]:
    """The same demo, opened again."""
    with serving(folder, database_url="postgresql://nobody@127.0.0.1:1/none") as document:
        yield document


@pytest.fixture
def visitor(demo: dict[str, Any]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=demo["url"], timeout=20) as client:
        yield client


def token_of(visitor: httpx.Client, client: dict[str, Any]) -> dict[str, str]:
    secret = (client["client_id"], client["client_secret"])
    answer = visitor.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=secret)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def messages(visitor: httpx.Client, demo: dict[str, Any]) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = visitor.get(demo["outbox_url"], headers={"Accept": "application/json"}).json()
    return listed


def test_sixty_victims_belong_to_four_offices_of_two_institutions(demo: dict[str, Any]) -> None:
    offices = Counter(victim["office"] for victim in demo["victims"])
    assert offices == {"CMX-1": 15, "CMX-2": 15, "MEX-1": 15, "MEX-2": 15}
    assert sum(victim["contact_confirmed"] for victim in demo["victims"]) >= 30


def test_each_of_these_offices_has_a_system_that_pushes_and_reads(demo: dict[str, Any]) -> None:
    able = {client["office"] for client in demo["clients"] if {"updates:write", "cases:read"} <= set(client["scopes"])}
    assert {victim["office"] for victim in demo["victims"]} == able
    named = Counter(client["office"] for client in demo["clients"])
    assert set(named.values()) == {1}


def test_a_system_of_its_own_registers_victims_and_closes_their_access(
    visitor: httpx.Client, demo: dict[str, Any]
) -> None:
    offices = {victim["office"] for victim in demo["victims"]}
    registering = [client for client in demo["clients"] if "victims:write" in client["scopes"]]
    assert not [client for client in registering if client["office"] in offices or "updates:write" in client["scopes"]]
    for office in sorted(offices):
        victim = next(victim for victim in demo["victims"] if victim["office"] == office)
        client = next(client for client in registering if client["office"][:3] == office[:3])
        token = token_of(visitor, client)
        asked = {"case_number": victim["case_number"], "proceedings": [1]}
        given = visitor.post("/api/v1/office/victims", json=asked, headers=token)
        assert given.status_code == 201
        access = {"case_number": given.json()["folio"], "pin": given.json()["pin"]}
        assert visitor.post("/api/v1/sessions", json=access).status_code == 201
        closed = visitor.delete(f"/api/v1/office/victims/{given.json()['victim_id']}", headers=token)
        assert closed.status_code == 204
        assert visitor.post("/api/v1/sessions", json=access).status_code == 401


def test_its_newest_closed_quarter_is_published_and_everything_holds(demo: dict[str, Any], folder: Path) -> None:
    releases = folder / "d" / "releases"
    assert list(findings(releases)) == []
    require_readable_by_others(releases)
    assert len(list((releases / "datos" / "v1" / "T1s").rglob("*.csv"))) >= 3


def test_there_is_somebody_of_every_role(demo: dict[str, Any]) -> None:
    assert {member["role"] for member in demo["staff"]} == set(Role)
    assert all(member["password"] and member["totp_secret"] for member in demo["staff"])


def test_numbers_are_unique_in_every_form_in_which_they_can_be_typed(demo: dict[str, Any]) -> None:
    forms = Counter(
        (form, segments)
        for victim in demo["victims"]
        for reading in readings(victim["case_number"])
        for form, segments in reading.segments.items()
    )
    assert set(forms.values()) == {1}


@pytest.mark.parametrize("number", range(0, 60, 7))
@pytest.mark.parametrize(("by", "secret"), [("case_number", "pin"), ("folio", "pin"), ("case_number", "backup_key")])
def test_a_victim_signs_in_with_what_was_printed(
    visitor: httpx.Client, demo: dict[str, Any], number: int, by: str, secret: str
) -> None:
    victim = demo["victims"][number]
    entered = visitor.post("/api/v1/sessions", json={"case_number": victim[by], "pin": victim[secret]})
    assert entered.status_code == 201
    token = {"Authorization": f"Bearer {entered.json()['token']}"}
    case = visitor.get("/api/v1/case", headers=token).json()
    assert case["folio"] == victim["folio"]
    assert case["proceedings"]


def test_a_pushed_update_becomes_a_message_on_the_local_page(visitor: httpx.Client, demo: dict[str, Any]) -> None:
    victim = next(victim for victim in demo["victims"] if victim["contact_confirmed"])
    client = next(client for client in demo["clients"] if client["office"] == victim["office"])
    token, model = token_of(visitor, client), "AP" if victim["case_number"].startswith("F") else "CI"
    before = len(messages(visitor, demo))
    update = {
        "source_id": "visitor-1",
        "case_number": victim["case_number"],
        "model": model,
        "stage": f"{model}03",
        "occurred_on": visitor.get("/api/v1/case", headers=sign_in(visitor, victim)).json()["information_as_of"],
    }
    receipt = visitor.post("/api/v1/office/updates", json=update, headers=token)
    assert receipt.status_code == 201
    assert receipt.json()["notices_queued"] >= 1
    for _ in range(100):
        if len(messages(visitor, demo)) > before:
            break
        time.sleep(0.1)
    assert "novedad" in messages(visitor, demo)[0]["body"]


def sign_in(visitor: httpx.Client, victim: dict[str, Any]) -> dict[str, str]:
    entered = visitor.post("/api/v1/sessions", json={"case_number": victim["case_number"], "pin": victim["backup_key"]})
    return {"Authorization": f"Bearer {entered.json()['token']}"}


def test_the_same_folder_is_opened_again_with_the_same_secrets(
    visitor: httpx.Client, built: dict[str, Any], demo: dict[str, Any]
) -> None:
    assert demo["victims"] == built["victims"]
    assert sign_in(visitor, demo["victims"][59])


def test_the_environment_decides_what_is_not_the_demo_s_own(tmp_path: Path) -> None:
    settings = {"as_of": "2026-11-20T09:00:00-06:00", "limits_session_idle": "120", "notice_delay_minutes": "30"}
    with serving(tmp_path, **settings) as demo, httpx.Client(base_url=demo["url"]) as visitor:
        victim = next(victim for victim in demo["victims"] if victim["contact_confirmed"])
        case = {"case_number": victim["case_number"], "pin": victim["pin"]}
        entered = visitor.post("/api/v1/sessions", json=case).json()
        token = {"Authorization": f"Bearer {entered['token']}"}
        assert visitor.get("/api/v1/case", headers=token).json()["information_as_of"] == "2026-11-20"
        assert entered["expires_at"] < "2026-11-20T16:10"


def test_seed_and_day_decide_the_cases_and_never_the_secrets(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with serving(tmp_path / "a", "--seed", "5", "--today", "2026-11-20") as one:
        pass
    with serving(tmp_path / "b", "--seed", "5", "--today", "2026-11-20") as other:
        pass
    assert [v["case_number"] for v in one["victims"]] == [v["case_number"] for v in other["victims"]]
    secrets = [
        {victim[name] for victim in demo["victims"] for name in ("pin", "backup_key", "folio")} for demo in (one, other)
    ]
    assert not secrets[0] & secrets[1]


def test_a_demo_killed_while_it_is_built_is_built_by_the_next_command(tmp_path: Path) -> None:
    killed = typed(tmp_path, "--port", str(free_port()))
    while not (tmp_path / "d" / ".building" / "casestatus.db").exists() and killed.poll() is None:
        time.sleep(0.02)
    killed.kill()
    killed.communicate()
    assert not (tmp_path / "d" / "casestatus.db").exists()
    with serving(tmp_path) as demo:
        assert len(demo["victims"]) == 60
    assert not (tmp_path / "d" / ".building").exists()


def test_a_demo_that_was_built_only_in_part_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "keys.json").write_text("mine")
    refused = typed(tmp_path, "--json")
    out, logs = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert out == ""
    assert "Traceback" not in logs
    assert (tmp_path / "d" / "keys.json").read_text() == "mine"


def test_a_database_that_no_demo_made_is_not_touched(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for file in folder.files:
        file.touch()
    with pytest.raises(FolderTaken):
        prepare(folder, no_order, Clock(), settings=Settings(_env_file=None), tell=no_progress)
    assert not is_migrated(Database(folder.database_url))


def no_order(now: datetime) -> Order:
    raise AssertionError("nothing is built here")


def no_progress(_doing: str, _done: int, _of: int | None) -> None:
    """Nobody watches."""


def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = typed(tmp_path, "--port", str(port))
        _, logs = refused.communicate(timeout=60)
    assert refused.returncode == 1
    assert str(port) in logs


def test_production_refuses_a_database_that_a_demo_made(demo: dict[str, Any], folder: Path) -> None:
    fit = {
        "CASESTATUS_DATABASE_URL": f"sqlite:///{folder}/d/casestatus.db",
        "CASESTATUS_KEYS": f"{folder}/d/keys.json",
        "CASESTATUS_PUBLIC_URL": "https://consulta.example",
        "CASESTATUS_SMS_PROVIDER": "twilio",
        "CASESTATUS_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "CASESTATUS_TWILIO_AUTH_TOKEN": "0" * 32,
        "CASESTATUS_TWILIO_FROM": "+525500000000",
        "CASESTATUS_EMAIL_PROVIDER": "smtp",
        "CASESTATUS_SMTP_URL": "smtp+starttls://consulta:made-up@correo.example",
        "CASESTATUS_EMAIL_FROM": "avisos@consulta.example",
    }
    for command in ("serve", "worker"):
        done = subprocess.run(
            [sys.executable, "-m", "casestatus", command],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **fit},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert "demo" in done.stderr
