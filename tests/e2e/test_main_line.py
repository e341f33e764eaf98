"""The main line, whole: an office pushes, an SMS leaves, she signs in with a browser and reads her status.

Every part is real but the telephone network: the command line, web and worker processes, Twilio's client, Chromium.
"""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select

from casestatus.database import Database
from casestatus.statistics.models import CountKind, StatisticsEvent
from tests.e2e.processes import CASESTATUS, TwilioProcess, command, until

NUMBER = "CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026"
AS_TYPED = "ci-ficuh / cuh—2/ui-2 c-d/123/04-2026"
WEATHER = "/ayuda"  # stands in for the weather page: the machine reaches none
TOLD_NOWHERE = ("CUH", "123", "CI06", "pausa", "Fiscal", "http", "www", "55 1234", "Juzgado")


@pytest.fixture
def run(environment: dict[str, str]) -> Any:
    def run_command(*words: str) -> str:
        done = subprocess.run(
            [*CASESTATUS, *words], env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run_command


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def web(environment: dict[str, str], run: Any, port: int) -> Iterator[httpx.Client]:
    """A new installation, as an operator makes it, serving."""
    run("keys", "create", environment["CASESTATUS_KEYS"])
    run("migrate")
    run("institution", "add", "FGJ", "--name", "Fiscalía de prueba")
    run("office", "add", "CUH-2", "--institution", "FGJ", "--name", "Agencia CUH-2")
    url = f"http://127.0.0.1:{port}"
    environment |= {
        "CASESTATUS_NOTICE_DELAY_MINUTES": "0",
        "CASESTATUS_PUBLIC_URL": url,
        "CASESTATUS_EXIT_URL": f"{url}{WEATHER}",
    }
    with (
        command("serve", "--port", str(port), environment=environment),
        command("worker", environment=environment),
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        until(lambda: is_ready(client), "the web process")
        yield client


def is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def office(web: httpx.Client, run: Any) -> httpx.Client:
    """The office's own system, with its token."""
    scopes = [word for scope in ("updates:write", "victims:write") for word in ("--scope", scope)]
    shown = run("client", "add", "JusticiaNet", "--institution", "FGJ", "--office", "CUH-2", *scopes)
    named = dict(re.findall(r"(client_\w+)\s+(\S+)", shown))
    token = web.post("/oauth/token", data={"grant_type": "client_credentials"} | named).json()["access_token"]
    web.headers["Authorization"] = f"Bearer {token}"
    return web


def update(source_id: str, stage: str, days_ago: int) -> dict[str, Any]:
    today = datetime.now(UTC).date() - timedelta(days=1)
    return {
        "source_id": source_id,
        "case_number": NUMBER,
        "model": "CI",
        "stage": stage,
        "occurred_on": (today - timedelta(days=days_ago)).isoformat(),
        "office": "CUH-2",
        "crime": "rnid2026.robo-a-negocio",
        "opened_on": "2026-04-02",
    }


@pytest.fixture
def browser_page() -> Iterator[Page]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_context(locale="es-MX", viewport={"width": 360, "height": 740}).new_page()
        yield page
        browser.close()


def test_from_the_offices_push_to_her_telephone_and_her_page(
    office: httpx.Client, twilio: TwilioProcess, browser_page: Page, database: Database, tmp_path: Path
) -> None:
    assert office.post("/api/v1/office/updates", json=update("u1", "CI01", 9)).status_code == 201
    contact = {"channel": "sms", "address": "55 1234 5678", "safe": True, "confirmed_in_person": True}
    registration = {"case_number": NUMBER, "proceedings": [1], "contacts": [contact]}
    access = office.post("/api/v1/office/victims", json=registration).json()

    pushed = office.post("/api/v1/office/updates", json=update("u2", "CI06", 0))
    assert (pushed.status_code, pushed.json()["notices_queued"]) == (201, 1)
    until(lambda: twilio.has_accepted(1), "the SMS")
    [message] = twilio.accepted()
    assert message["parameters"]["To"] == "+525512345678"
    body = message["parameters"]["Body"]
    assert not [word for word in TOLD_NOWHERE if word.lower() in body.lower()]
    reference = body[-3:]

    page = browser_page
    page.goto(str(office.base_url))
    page.get_by_role("link", name="Entrar", exact=True).click()
    page.get_by_label("Número de tu caso o folio").fill(AS_TYPED)
    page.get_by_label("PIN", exact=True).fill(f"{access['pin'][:4]} {access['pin'][4:8]} {access['pin'][8:]}")
    page.get_by_role("button", name="Entrar").click()
    assert page.locator(".stage").inner_text().strip() == "En pausa por falta de datos"
    page.goto(f"{office.base_url}/caso/avisos")
    assert reference in page.locator("main").inner_text()
    twilio.tell(message["sid"], "delivered")
    twilio.tell(message["sid"], "sent")
    page.reload()
    assert "La red dice que llegó" in page.locator("main").inner_text()
    page.get_by_role("link", name="Salir ya").first.click()
    assert page.url.endswith(WEATHER)
    page.goto(f"{office.base_url}/caso")
    assert page.url.endswith("/entrar")

    with database.reading() as session:
        counted = {(row.kind, row.stage) for row in session.scalars(select(StatisticsEvent))}
    assert counted == {
        (CountKind.NEW, "inicio"),
        (CountKind.ENTRY, "investigacion"),
        (CountKind.EXIT, "investigacion"),
        (CountKind.ENTRY, "pausa"),
    }
