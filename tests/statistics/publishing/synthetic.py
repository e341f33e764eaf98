"""Releases of made-up cells: a small country without a database, the same every time."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import product

from casestatus.statistics import ledger
from casestatus.statistics.periods import ends_quarter, month_after, months_of, quarter_of
from casestatus.statistics.publishing.charts import charts_of
from casestatus.statistics.publishing.files import SiteFile
from casestatus.statistics.rows import Code, CodeLists, Draw, Ledger, Release, Row
from casestatus.statistics.tables import TABLES

FIRST_MONTH = "2025-01"
OFFICES = ("CMX-1", "CUH-2", "=1+1", "otras")
CRIMES = ("rnid2026.homicidio-doloso", "rnid2026.robo-a-negocio", "alta_sensibilidad")
GROUPS = ("vida", "robo", "alta_sensibilidad")
STAGES = ("inicio", "investigacion", "pausa", "concluida")
OUTCOMES = ("no_ejercicio", "sobreseimiento")
DAYS = ("0-7", "8-30", "31-90", "91-180", "181-365", "366-730", "731+")


def _codes(*codes: str, **more) -> tuple[Code, ...]:
    return tuple(Code(code=code, es=f"«{code}»", en=f"“{code}”", valid_from="2025-01", **more) for code in codes)


CODES = CodeLists(
    offices=_codes(*OFFICES, region="09"),
    crimes=(
        *_codes(*CRIMES, group="robo"),
        replace(_codes("alta_sensibilidad")[0], includes=("a", "b"), valid_from="2024-01", valid_to="2024-12"),
    ),
    groups=_codes(*GROUPS),
    stages=_codes(*STAGES),
    outcomes=_codes(*OUTCOMES),
    days=_codes(*DAYS),
    crossings=(("sesnsp2015.robo", "rnid2026.robo-a-negocio", "split"),),
)


@dataclass
class Synthetic:
    """So many months, cut one by one. `publish_from` reads it as it would read the database."""

    months: int
    second_editions: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()

    def releases(self) -> Sequence[Release]:
        made: list[Release] = []
        month, months = FIRST_MONTH, []
        for _ in range(self.months):
            months.append(month)
            made.append(self._release(month, tuple(months), draws_of(month, 1), made))
            month = month_after(month)
        for month in self.second_editions:
            made.append(self._release(f"{month}-e2", tuple(months), draws_of(month, 2), made))
        return made

    def codes(self, _release: Release) -> CodeLists:
        return CODES

    def ledger(self, release: Release) -> Ledger:
        known = list(self.releases())
        until = known[: [each.name for each in known].index(release.name) + 1]
        return ledger.ledger(ledger.cost_of(draw) for each in until for draw in each.draws)

    def rows_of_draw(self, draw: Draw) -> Iterator[Row]:
        table = TABLES[draw.table]
        for cell in cells_of(table.dimensions):
            yield row_of(draw, dict(zip(table.dimensions, cell, strict=True)), table.sigma(draw.edition))

    def charts(self, release: Release) -> Iterator[SiteFile]:
        return charts_of(partial(self._rows_of_table, release), CODES)

    def _rows_of_table(self, release: Release, table: str) -> Iterator[Row]:
        for each in self.releases():
            for draw in each.draws:
                if draw.table == table:
                    yield from self.rows_of_draw(draw)
            if each.name == release.name:
                return

    def _release(self, name: str, months: tuple[str, ...], draws: tuple[Draw, ...], before: list[Release]) -> Release:
        closed = datetime.fromisoformat(f"{month_after(months[-1])}-15T16:00:00+00:00")
        cut_at = closed + timedelta(hours=len(before))  # a correction comes after the month that is cut with it
        withdrawn_at = cut_at + timedelta(days=3) if name in self.withdrawn else None
        return Release(
            name=name,
            cut_at=cut_at,
            months=months,
            draws=draws,
            previous=before[-1].name if before else None,
            withdrawn_at=withdrawn_at,
            reason="Un error de método" if withdrawn_at else None,
        )


class Plain(Synthetic):
    """The same with a picture that takes no time to draw, for tests of everything else."""

    def charts(self, release: Release) -> Iterator[SiteFile]:
        body = f'<svg xmlns="http://www.w3.org/2000/svg"><title>{release.name}</title></svg>'.encode()
        yield SiteFile(path="graficas/new_cases.es.svg", media_type="image/svg+xml", body=body)


def draws_of(month: str, edition: int) -> tuple[Draw, ...]:
    """What closing a month draws."""
    period = {False: month, True: quarter_of(month)}
    wanted = [table for table in TABLES.values() if not table.quarterly or ends_quarter(month)]
    return tuple(Draw(table=table.name, period=period[table.quarterly], edition=edition) for table in wanted)


def cells_of(dimensions: tuple[str, ...]) -> Iterator[tuple[str | None, ...]]:
    """The fixed domain: an outcome only for concluded cases."""
    codes = {"office": OFFICES, "crime": CRIMES, "stage": STAGES, "outcome": (None, *OUTCOMES), "days": DAYS}
    for cell in product(*(codes[dimension] for dimension in dimensions)):
        told = dict(zip(dimensions, cell, strict=True))
        if "outcome" not in told or (told["outcome"] is None) != (told["stage"] == "concluida"):
            yield cell


def row_of(draw: Draw, cell: dict[str, str | None], sigma: int) -> Row:
    """A number that looks like one, by the cell's own name."""
    seed = hashlib.sha256(repr((draw, sorted(cell.items(), key=str))).encode()).digest()
    measured = int.from_bytes(seed[:2]) % 60 - 5
    office = cell.get("office")
    return Row(
        table=draw.table,
        period=draw.period,
        office=office,
        crime=cell.get("crime"),
        stage=cell.get("stage"),
        outcome=cell.get("outcome"),
        days=cell.get("days"),
        count=max(measured, 0),
        measured=measured,
        low=measured - 2 * sigma,
        high=measured + 2 * sigma,
        reliable=measured >= 3 * sigma,
        coverage=Decimal(seed[2] % 11) / 10 if office and len(months_of(draw.period)) == 1 else None,
        edition=draw.edition,
    )
