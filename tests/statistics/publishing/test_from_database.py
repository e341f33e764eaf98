"""Months closed one by one, from what was counted to files that others validate; and a database from before the cut.

In `make test` three months of two small offices; in `make endurance` 24 months of the demo's country.
"""

import json
import os
import warnings
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pyarrow.parquet as pq
import pytest
from frictionless import system, validate
from sqlalchemy import delete

from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.demo.building import Order, build_cases
from casestatus.demo.country import add_country
from casestatus.demo.places import states
from casestatus.demo.releasing import give_signs_of_life
from casestatus.statistics.adopting import adopt
from casestatus.statistics.cutting import cut_months
from casestatus.statistics.models import FrozenMonth, LedgerEntry, ReleaseMade, StoredDraw
from casestatus.statistics.periods import closes_on, month_after
from casestatus.statistics.publishing.publish import FolderAhead, publish
from casestatus.statistics.publishing.reading_back import published
from casestatus.statistics.publishing.verifying import CHANGING, findings
from casestatus.statistics.released import releases, rows_of_draw
from casestatus.statistics.rows import Release
from tests.statistics.crowd import make_crowd
from tests.statistics.publishing.conftest import PUBLISHER, content_of
from tests.statistics.publishing.dcat_us_facts import CATALOG

ENDURANCE = bool(os.environ.get("ENDURANCE"))
FIRST, MONTHS = ("2024-10", 24) if ENDURANCE else ("2025-11", 3)


@dataclass
class Service:
    """A database with counted months, and the folder of its releases."""

    database: Database
    keys: KeyRing
    folder: Path

    def cut(self, month: str) -> Release | None:
        now = datetime.combine(closes_on(month), datetime.min.time(), UTC).replace(hour=18)
        known = published(self.folder, self.keys)
        with self.database.writing() as session:
            adopt(session, known)
            drawn = {draw for each in known for draw in each.release.draws}
            return cut_months(session, keys=self.keys, now=now, until=month, published=drawn)

    def publish(self) -> list[str]:
        with self.database.reading() as session:
            return publish(self.folder, session, self.keys, PUBLISHER)

    def cells(self) -> list:
        """Everything that is stored of all releases."""
        with self.database.reading() as session:
            known = releases(session)
            return [(each, [list(rows_of_draw(session, draw)) for draw in each.draws]) for each in known]

    def forget_last_release(self) -> None:
        """As if the database had been restored from a backup that was made before the cut."""
        with self.database.writing() as session:
            last = releases(session)[-1]
            for draw in last.draws:
                session.delete(session.get_one(LedgerEntry, (draw.table, draw.period, draw.edition)))
            for kind in (StoredDraw, FrozenMonth):
                session.execute(delete(kind).where(kind.release_name == last.name))
            session.execute(delete(ReleaseMade).where(ReleaseMade.name == last.name))


@pytest.fixture
def service(database: Database, keys: KeyRing, tmp_path: Path) -> Service:
    if ENDURANCE:
        _build_country(database, keys)
    else:
        crowd = make_crowd(database, keys)
        crowd.fill(FIRST, "2026-01", lineages=20)
        crowd.write()
        crowd.beat(0, [f"2025-11-{day:02d}" for day in range(3, 31)])
    return Service(database, keys, tmp_path / "releases")


def _build_country(database: Database, keys: KeyRing) -> None:
    country, today = states(), date(2026, 11, 20)
    since = datetime.fromisoformat(f"{FIRST}-01T18:00:00+00:00")
    with database.writing() as session:
        places = add_country(session, country, now=since)
        give_signs_of_life(session, since.date(), now=datetime(2026, 11, 20, 18, tzinfo=UTC))
    order = Order(cases=2000, seed=1, today=today)
    build_cases(database, keys, country, places, order, progress=lambda _: None)


def months() -> list[str]:
    named = [FIRST]
    while len(named) < MONTHS:
        named.append(month_after(named[-1]))
    return named


def lasting(folder: Path) -> dict[str, bytes]:
    return {path: body for path, body in content_of(folder).items() if path not in {*CHANGING, ".lock"}}


def test_months_cut_one_by_one_stay_as_they_were_and_a_restored_database_adopts_them(service):
    before: dict[str, bytes] = {}
    for month in months():
        made = service.cut(month)
        assert made is not None
        assert service.publish() == [month]
        now = lasting(service.folder)
        assert {path: now.get(path) for path in before} == before
        before = now
    _require_valid(service.folder)

    whole, stored = content_of(service.folder), service.cells()
    assert (service.publish(), service.cut(months()[-1])) == ([], None)
    service.forget_last_release()
    with pytest.raises(FolderAhead):
        service.publish()
    assert service.cut(months()[-1]) is None
    assert service.publish() == []
    assert service.cells() == stored
    assert content_of(service.folder) == whole


def _require_valid(folder: Path) -> None:
    assert list(findings(folder)) == []
    with warnings.catch_warnings(), system.use_context(trusted=False):
        warnings.simplefilter("ignore")
        report = validate(str(folder / "datos/v1/datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "message"])
    jsonschema.validate(json.loads((folder / "data.json").read_text()), CATALOG)
    for path in folder.glob("datos/v1/T1s/*/*/*.parquet"):
        assert pq.read_table(path).num_rows > 0


def test_stored_cells_make_the_same_bytes_again_pictures_too(service, tmp_path):
    service.cut(FIRST)
    service.publish()
    again = Service(service.database, service.keys, tmp_path / "again")
    again.publish()

    def unsigned(folder: Path) -> dict[str, bytes]:
        return {path: body for path, body in content_of(folder).items() if not path.endswith(".jws")}

    assert unsigned(again.folder) == unsigned(service.folder)
