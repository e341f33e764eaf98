"""What anybody can work out from the published cells alone: the numbers that pages and files may rightly say."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from casestatus.statistics.publishing.manifest import Listed
from casestatus.statistics.publishing.reading_back import rows_of_file
from casestatus.statistics.publishing.totals import Sum, Totals, totals_of
from casestatus.statistics.rows import Row


def computable_numbers(folder: Path) -> set[int]:
    """Noised cells and their intervals, their sums, times in stage, and sizes of files. Reads the folder only."""
    tables: dict[str, list[Row]] = {}
    numbers: set[int] = set()
    for file in listed_files(folder):
        numbers |= {file.bytes, file.rows or 0}
        if file.edition is not None and file.extension == "csv":
            tables.setdefault(str(file.table), []).extend(rows_of_file(folder, file))
    for row in (row for rows in tables.values() for row in rows):
        numbers |= {row.count, row.measured, row.low, row.high}
    return numbers | set(_sums(totals_of(tables.__getitem__))) | set(_exits(tables["T5"]))


def listed_files(folder: Path) -> Iterator[Listed]:
    """Every file that a manifest lists."""
    for manifest in folder.glob("datos/v1/publicaciones/*/manifest.json"):
        yield from map(Listed.model_validate, json.loads(manifest.read_bytes())["files"])


def _sums(totals: Totals) -> Iterator[int]:
    cells: list[Sum] = [*totals.new_by_month.values(), *totals.new_by_office.values()]
    cells += [cell for months in totals.entries.values() for cell in months.values()]
    cells += [time.exits for time in totals.times.values()]
    for cell in cells:
        yield from (cell.value, cell.low, cell.high, cell.margin, cell.least_told)


def _exits(durations: list[Row]) -> Iterator[int]:
    """`salidas_medidas`: the noised exits of a crime group and stage, all bins together."""
    exits: Counter[tuple[str, int, str | None, str | None]] = Counter()
    for row in durations:
        exits[row.period, row.edition, row.crime, row.stage] += row.measured
    yield from exits.values()
