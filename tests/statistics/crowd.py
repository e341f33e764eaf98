"""What the statistics' tests arrange: offices that exist since two years, and made-up counts set aside in bulk."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from casestatus.cases.crimes import crimes
from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database, new_id
from casestatus.offices.models import Heartbeat
from casestatus.statistics.cutting import cut_months
from casestatus.statistics.models import CountKind, StatisticsEvent
from casestatus.statistics.periods import first_day, months_between
from casestatus.statistics.released import released_rows, releases
from casestatus.statistics.rows import Release, Row
from tests.factories import add_institution, add_office

BEGAN = datetime(2025, 11, 3, 18, tzinfo=UTC)
NOVEMBER, DECEMBER, JANUARY, FEBRUARY, MARCH = "2025-11", "2025-12", "2026-01", "2026-02", "2026-03"
STAGES = ("inicio", "investigacion", "pausa", "solucion_alterna", "decision_en_revision", "ante_juez", "juicio")
BINS = ("0-7", "8-30", "31-90", "91-180", "181-365", "366-730", "731+")


def at(day: str) -> datetime:
    """A moment at noon, in Mexico City, more or less."""
    return datetime.fromisoformat(f"{day}T18:00:00+00:00")


def set_clock(clock: Clock, day: str) -> None:
    clock.advance(at(day) - clock.now())


@dataclass
class Crowd:
    """A service with some offices, and whatever was counted in it."""

    database: Database
    keys: KeyRing
    offices: list[UUID]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, kind: CountKind, month: str, *, office: int = 0, **values: Any) -> bytes:
        """One count of a new lineage, or of the one given."""
        row: dict[str, Any] = {
            "id": new_id(),
            "lineage_key": secrets.token_bytes(32),
            "kind": kind,
            "stage": "inicio",
            "month": first_day(month),
            "office_id": self.offices[office],
            "crime": "rnid2026.robo-a-negocio",
            "outcome": None,
            "duration_bin": None,
            "event_id": None,
        }
        self.rows.append(row | values)
        return bytes(self.rows[-1]["lineage_key"])

    def new_cases(self, month: str, number: int, *, office: int = 0, crime: str = "rnid2026.robo-a-negocio") -> None:
        for _ in range(number):
            self.add(CountKind.NEW, month, office=office, crime=crime)

    def fill(self, first: str, last: str, *, lineages: int = 30, seed: int = 1) -> None:
        """Some cases in every month, each with a few entries and exits."""
        chance, slugs = Random(seed), sorted(crimes())
        for month in months_between(first, last):
            for _ in range(lineages):
                case: dict[str, Any] = {"office": chance.randrange(len(self.offices)), "crime": chance.choice(slugs)}
                case["lineage_key"] = self.add(CountKind.NEW, month, **case)
                for stage in chance.sample(STAGES, 3):
                    self.add(CountKind.ENTRY, month, stage=stage, **case)
                    self.add(CountKind.EXIT, month, stage=stage, duration_bin=chance.choice(BINS), **case)
                self.add(CountKind.ENTRY, month, stage="concluida", outcome="otra", **case)

    def write(self) -> None:
        rows, self.rows = self.rows, []
        with self.database.writing() as session:
            session.execute(insert(StatisticsEvent), rows)

    def beat(self, office: int, days: Sequence[str]) -> None:
        with self.database.writing() as session:
            session.add_all(
                Heartbeat(office_id=self.offices[office], seen_on=at(day).date(), seen_at=at(day)) for day in days
            )

    def cut(self, until: str | None = None, *, day: str = "2026-12-20") -> Release | None:
        with self.database.writing() as session:
            return cut_months(session, keys=self.keys, now=at(day), until=until)

    def releases(self) -> list[Release]:
        with self.database.reading() as session:
            return list(releases(session))

    def table(self, name: str) -> list[Row]:
        """A table with all its periods, as the newest release has it."""
        with self.database.reading() as session:
            return list(released_rows(session, releases(session)[-1], name))


def make_crowd(database: Database, keys: KeyRing, *, offices: int = 2) -> Crowd:
    """Offices that exist since November 2025, without any count."""
    with database.writing() as session:
        institution = add_institution(session, "FGJ-1", BEGAN)
        made = [add_office(session, institution.id, f"CUH-{number}", BEGAN).id for number in range(1, offices + 1)]
    return Crowd(database, keys, made)


def by_cell(rows: Sequence[Row]) -> Iterator[tuple[tuple[str | None, ...], Row]]:
    for row in rows:
        yield (row.period, row.office, row.crime, row.stage, row.outcome, row.days), row
