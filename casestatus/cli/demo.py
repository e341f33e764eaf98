"""The command `demo`: prepares the small country, says what to open and what to type, and serves it."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from casestatus.cli.opening import database_of, key_ring, read_settings, refuse_broken_help
from casestatus.cli.serving import Port, delivering, end_when_told, listening_on, serve_here, web_of
from casestatus.cli.watching import progress_bars

if TYPE_CHECKING:
    from casestatus.database import Clock
    from casestatus.demo.preparing import Folder
    from casestatus.settings import Settings

LOOPBACK = "127.0.0.1"
COUNTRY_ZONE = ZoneInfo("America/Mexico_City")
SMALLEST = 60  # cases: each victim with a PIN has one


def demo(
    port: Port = 8000,
    folder: Annotated[Path, typer.Option("--data", metavar="DIR", help="where the sample data lies")] = Path(
        "casestatus-demo"
    ),
    cases: Annotated[int, typer.Option(min=SMALLEST, help="cases to make up")] = 2000,
    seed: Annotated[int, typer.Option(help="the same seed and day make the same cases; secrets never follow it")] = 1,
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="the day until which cases go (default: today)")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document and nothing else")] = False,
) -> None:
    """Build (or reopen) a small sample country in DIR and serve it in one process, on this machine only.

    Messages go to a local page, unless the environment names a provider. Production refuses the database.
    """
    from casestatus.database import Clock
    from casestatus.demo.preparing import Folder
    from casestatus.telemetry import configure_logs

    configure_logs()
    end_when_told()
    data = Folder(folder.resolve())
    settings = _settings(data, port)
    refuse_broken_help(settings)
    clock = Clock(settings.as_of)  # one for building and serving: time must not go back between them
    with listening_on(LOOPBACK, port) as listening:
        _prepare(data, settings, clock, cases=cases, seed=seed, today=today.date() if today else None)
        keys = key_ring(settings)
        with database_of(settings, clock) as database, delivering(settings, database, keys):
            web = web_of(settings, database, keys)  # before we say that it is there
            _tell(_document(data, port), data, as_json=as_json)
            serve_here(web, listening)


def _settings(data: "Folder", port: int) -> "Settings":
    """The environment's settings, but for what makes a demo one; it never touches the database they name."""
    from casestatus.settings import Environment

    asked = read_settings(environment=Environment.DEMO, database_url=data.database_url, keys=data.keys)
    ours = {
        "public_url": f"http://{LOOPBACK}:{port}",
        "notice_delay_minutes": 0.0,
        "notice_hours": "00:00-24:00",
        "releases": data.releases,
    }
    return asked.with_changes(**{name: value for name, value in ours.items() if name not in asked.model_fields_set})


def _prepare(
    data: "Folder", settings: "Settings", clock: "Clock", *, cases: int, seed: int, today: date | None
) -> None:
    from casestatus.demo.building import Order
    from casestatus.demo.preparing import prepare

    def order(now: datetime) -> Order:
        return Order(cases=cases, seed=seed, today=today or now.astimezone(COUNTRY_ZONE).date())

    with progress_bars() as tell:
        prepare(data, order, clock, settings=settings, tell=tell)


def _document(data: "Folder", port: int) -> dict[str, Any]:
    from casestatus.web.outbox import router

    url = f"http://{LOOPBACK}:{port}"
    return {"url": url, "outbox_url": f"{url}{router.url_path_for('outbox')}", **data.credentials()}


def _tell(document: dict[str, Any], data: "Folder", *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(document, ensure_ascii=False), flush=True)
        return
    victim, client = document["victims"][0], document["clients"][0]
    print(
        f"""
  Open        {document["url"]}
  Sign in     number {victim["case_number"]}
              PIN    {_grouped(victim["pin"])}
              (the folio {victim["folio"]} serves as number, and the backup key {victim["backup_key"]} as PIN)
  Messages    {document["outbox_url"]}
  An office   client_id {client["client_id"]}  client_secret {client["client_secret"]}  (office {client["office"]})

  All {len(document["victims"])} victims with a PIN, the staff and the clients: {data.credentials_file}
  Everything is made up. Ctrl-C ends it; the same command opens it again.
""",
        flush=True,
    )


def _grouped(pin: str) -> str:
    """As pages and letters show it: 4821 0937 615."""
    return " ".join(pin[at : at + 4] for at in range(0, len(pin), 4))
