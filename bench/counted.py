"""The database that a release is cut from: the demo's offices, and so many cases that are all counted in one month."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random
from uuid import UUID

from sqlalchemy import select

from casestatus.cases.crimes import crimes
from casestatus.crypto import KeyRing
from casestatus.database import Database, migrate, new_id
from casestatus.demo.country import add_country
from casestatus.demo.places import states
from casestatus.offices.models import Office

MONTH, FIRST_DAY = "2026-09", "2026-09-01"  # the last of its quarter, so that all six tables are drawn
BEGAN, CUT_AT = datetime(2026, 9, 1, 18, tzinfo=UTC), datetime(2026, 10, 15, 18, tzinfo=UTC)
STAGES = ("inicio", "investigacion", "pausa", "solucion_alterna", "decision_en_revision", "ante_juez", "juicio")
BINS = ("0-7", "8-30", "31-90", "91-180", "181-365", "366-730", "731+")
OUTCOMES = ("no_ejercicio", "sobreseimiento", "sentencia_condenatoria", "otra")
ROWS_AT_ONCE = 20_000
INSERT = (
    "INSERT INTO statistics_event (id, lineage_key, kind, stage, month, office_id, crime, outcome, duration_bin)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
Row = tuple[object, ...]


@dataclass(frozen=True)
class Counted:
    """A SQLite file with its keys."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "counted.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    @property
    def keys(self) -> Path:
        return self.folder / "counted-keys.json"


def build_counted(folder: Path, *, cases: int) -> Counted:
    """Each case is new, enters some four stages and leaves some three, all in one month."""
    made = Counted(folder)
    KeyRing.generate().write(made.keys)
    migrate(made.url)
    database = Database(made.url)
    with database.writing() as session:
        add_country(session, states(), now=BEGAN)
    with database.reading() as session:
        offices = session.scalars(select(Office.id)).all()
    database.close()
    _insert(made.path, _rows(list(offices), cases))
    return made


def _insert(path: Path, rows: Iterator[Row]) -> None:
    """Through the driver: SQLAlchemy would take minutes for millions of rows."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        connection.executemany(INSERT, batch)
    connection.commit()
    connection.execute("ANALYZE")
    connection.close()


def _rows(offices: list[UUID], cases: int) -> Iterator[Row]:
    chance, slugs = Random(20), sorted(crimes())
    for number in range(cases):
        common = (FIRST_DAY, chance.choice(offices).hex, chance.choice(slugs))
        lineage = number.to_bytes(32)
        yield (new_id().hex, lineage, "new", "inicio", *common, None, None)
        for stage in chance.sample(STAGES, 3):
            yield (new_id().hex, lineage, "entry", stage, *common, None, None)
            yield (new_id().hex, lineage, "exit", stage, *common, None, chance.choice(BINS))
        yield (new_id().hex, lineage, "entry", "concluida", *common, chance.choice(OUTCOMES), None)
