"""`casestatus import` as an office without a system of its own types it."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select

from casestatus.access.clients import NewClient, add_client
from casestatus.access.scopes import Scope
from casestatus.cases.models import Case, TimelineEvent
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.offices.models import Office, Source
from casestatus.offices.registering import add_institution, add_office
from casestatus.settings import Limits

ROOT = Path(__file__).resolve().parents[2]
HEADER = ["source_id", "case_number", "model", "stage", "occurred_on", "office", "crime", "opened_on"]
Row = Sequence[str]


def row(number: int, **changes: str) -> Row:
    """A row that opens a case of its own."""
    cells = {
        "source_id": f"row-{number}",
        "case_number": f"CI-FICUH/CUH-2/UI-2 C/D/{number:05d}/04-2026",
        "model": "CI",
        "stage": "CI01",
        "occurred_on": "2026-04-02",
        "office": "CUH-2",
        "crime": "rnid2026.robo-a-negocio",
        "opened_on": "2026-04-02",
    }
    return list((cells | changes).values())


class Clerk:
    """Has a folder, a key ring and a database with one institution and its office."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder, self.database = folder, database
        KeyRing.generate().write(folder / "keys.json")
        now = database.now()
        with database.writing() as session:
            institution = add_institution(session, code="FGJ", name="Fiscalía", now=now)
            for code in ("CUH-2", "BJU-1"):
                add_office(session, institution, code=code, name=code, time_zone="America/Mexico_City", now=now)

    def writes(self, *rows: Row, header: Row = HEADER) -> None:
        with (self.folder / "rows.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])

    def begins(self, *options: str, **settings: str) -> subprocess.Popen[str]:
        named = {f"CASESTATUS_{name.upper()}": value for name, value in settings.items()}
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "casestatus", "import", "rows.csv", *options],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "CASESTATUS_DATABASE_URL": self.database.url,
                "CASESTATUS_KEYS": "keys.json",
                **named,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def imports(self, *options: str, expecting: int = 0) -> str:
        process = self.begins(*options)
        out, errors = process.communicate(timeout=120)
        assert process.returncode == expecting, errors
        assert "Traceback" not in errors
        return out + errors

    def refused(self) -> list[dict[str, str]]:
        with (self.folder / "rows.csv.errors.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def events(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(TimelineEvent)) or 0


@pytest.fixture
def clerk(tmp_path: Path, database: Database) -> Clerk:
    return Clerk(tmp_path, database)


def test_good_rows_are_kept_and_each_wrong_one_is_named_with_its_field(clerk: Clerk) -> None:
    clerk.writes(row(1), row(2, stage="CI99"), row(3, occurred_on="02/04/2026"), row(4, office="XYZ"), row(5))
    said = clerk.imports(expecting=1)
    assert "rows 5, new 2, known before 0, refused 3" in said
    assert [(each["row"], each["source_id"], each["field"]) for each in clerk.refused()] == [
        ("3", "row-2", "stage"),
        ("4", "row-3", "occurred_on"),
        ("5", "row-4", "office"),
    ]
    assert clerk.events() == 2


def test_the_same_file_again_changes_nothing_and_clears_old_errors(clerk: Clerk) -> None:
    clerk.writes(row(1), row(2, stage="CI99"))
    clerk.imports(expecting=1)
    clerk.writes(row(1), row(2))
    assert "new 1, known before 1, refused 0" in clerk.imports()
    assert "new 0, known before 2, refused 0" in clerk.imports()
    assert not (clerk.folder / "rows.csv.errors.csv").exists()
    assert clerk.events() == 2


def test_a_dry_run_tells_the_same_and_keeps_nothing(clerk: Clerk) -> None:
    clerk.writes(row(1), row(2, stage="CI99"))
    assert "new 1, known before 0, refused 1" in clerk.imports("--dry-run", expecting=1)
    assert len(clerk.refused()) == 1
    assert clerk.events() == 0


def test_with_an_office_named_its_rows_need_not_name_it_and_others_are_refused(clerk: Clerk) -> None:
    clerk.writes(row(1, office=""), row(2, office="BJU-1"))
    clerk.imports("--office", "CUH-2", expecting=1)
    assert [each["field"] for each in clerk.refused()] == ["office"]
    with clerk.database.reading() as session:
        owner = session.scalars(select(Office.code).join(Case, Case.office_id == Office.id)).all()
    assert owner == ["CUH-2"]


def test_as_a_client_the_rows_are_its_own(clerk: Clerk) -> None:
    clerk.writes(row(1))
    client = client_of(clerk, "CUH-2")
    clerk.imports("--as", str(client.client_id))
    with clerk.database.reading() as session:
        by = select(Source.client_id).join(TimelineEvent, TimelineEvent.source_id == Source.id)
        assert session.scalars(by).all() == [client.client_id]


def client_of(clerk: Clerk, code: str) -> NewClient:
    now = clerk.database.now()
    with clerk.database.writing() as session:
        office = session.scalars(select(Office).where(Office.code == code)).one()
        return add_client(
            session, [office], name="SIAP", scopes=[Scope.UPDATES_WRITE], limits=Limits(_env_file=None), now=now
        )


@pytest.mark.parametrize("options", [("--office", "XYZ"), ("--as", "01a206cf-e594-7301-9fee-2f9c05dcd82e")])
def test_somebody_unknown_imports_nothing(clerk: Clerk, options: tuple[str, str]) -> None:
    clerk.writes(row(1))
    clerk.imports(*options, expecting=1)
    assert clerk.events() == 0


def test_a_wrong_header_is_refused_before_any_row(clerk: Clerk) -> None:
    clerk.writes(row(1), header=["source", *HEADER[1:]])
    assert "source_id" in clerk.imports(expecting=1)
    assert clerk.events() == 0


def test_what_a_spreadsheet_would_run_is_written_so_that_it_runs_nothing(clerk: Clerk) -> None:
    clerk.writes(row(1, source_id="=HYPERLINK(1)", stage="CI99"))
    clerk.imports(expecting=1)
    assert clerk.refused()[0]["source_id"] == "'=HYPERLINK(1)"


def test_an_import_killed_in_the_middle_ends_like_one_run(clerk: Clerk) -> None:
    clerk.writes(*(row(number) for number in range(1, 301)))
    process = clerk.begins(limits_import_chunk_rows="10")
    while clerk.events() == 0 and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    kept = clerk.events()
    assert 0 < kept < 300
    assert f"rows 300, new {300 - kept}, known before {kept}, refused 0" in clerk.imports()
    assert clerk.events() == 300
