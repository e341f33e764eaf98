"""Which published counts add up to which, from the top down (reconciling.py spreads each total over its parts). Pure.

- T1 over crimes is T1s, for every office and month; T1s keeps the sum of all offices unbiased.
- T2 over offices is T4 over crimes, for every stage and month.
- T3 over crime groups and outcomes is the sum of T2's months, for every office and stage of a quarter.
- T5 over durations is the noised number of exits of its crime group and stage.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

from casestatus.statistics.domain import Cell, cells
from casestatus.statistics.reconciling import spread, total_of, whole
from casestatus.statistics.rows import CodeLists
from casestatus.statistics.tables import TABLES, sigma_of

Cells = Mapping[str, Sequence[int]]  # a table's cells in domain order, by table


def month_counts(codes: CodeLists, measured: Cells, *, edition: int) -> dict[str, list[int]]:
    """The reconciled counts of a month's four tables."""
    new_of_office, new_by_crime = _new_cases(codes, measured, edition)
    entries, entries_by_crime = _entries(codes, measured, edition)
    return {"T1s": new_of_office, "T1": new_by_crime, "T2": entries, "T4": entries_by_crime}


def _new_cases(codes: CodeLists, measured: Cells, edition: int) -> tuple[list[int], list[int]]:
    width = len(measured["T1"]) // max(1, len(codes.offices))
    by_office = [measured["T1"][at * width : (at + 1) * width] for at in range(len(codes.offices))]
    estimates = [
        total_of([total], sigma=sigma_of("T1s", edition), other=by_crime, other_sigma=sigma_of("T1", edition))
        for total, by_crime in zip(measured["T1s"], by_office, strict=True)
    ]
    totals = spread(estimates, whole(sum(estimates, start=total_of([], sigma=1))))
    parts = [spread(by_crime, total) for by_crime, total in zip(by_office, totals, strict=True)]
    return totals, [count for office in parts for count in office]


def _entries(codes: CodeLists, measured: Cells, edition: int) -> tuple[list[int], list[int]]:
    stages = len(codes.stages)
    by_office, by_crime = list(measured["T2"]), list(measured["T4"])
    for stage in range(stages):
        offices, crimes = by_office[stage::stages], by_crime[stage::stages]
        estimate = total_of(offices, sigma=sigma_of("T2", edition), other=crimes, other_sigma=sigma_of("T4", edition))
        by_office[stage::stages] = spread(offices, whole(estimate))
        by_crime[stage::stages] = spread(crimes, sum(by_office[stage::stages]))
    return by_office, by_crime


def quarter_entries(codes: CodeLists, measured: Sequence[int], of_months: Mapping[tuple[str, str], int]) -> list[int]:
    """T3's counts. `of_months` are T2's counts added over the quarter's months, by office and stage as published."""
    domain = cells(TABLES["T3"], codes)
    parts: dict[tuple[str, str], list[int]] = {}
    for at, cell in enumerate(domain):
        parts.setdefault((str(cell.office), str(cell.stage)), []).append(at)
    published_as = {part: office.code for office in codes.offices for part in (office.code, *office.includes)}
    totals: dict[tuple[str, str], int] = {}
    for (office, stage), count in of_months.items():
        key = published_as[office], stage
        totals[key] = totals.get(key, 0) + count
    counts = [0] * len(domain)
    for key, places in parts.items():
        for at, count in zip(places, spread([measured[at] for at in places], totals.get(key, 0)), strict=True):
            counts[at] = count
    return counts


def quarter_durations(codes: CodeLists, measured: Sequence[int]) -> list[int]:
    """T5's counts: each row of bins adds up to its own noised total."""
    counts: list[int] = []
    numbered = zip(cells(TABLES["T5"], codes), measured, strict=True)
    for _, row in groupby(numbered, key=lambda pair: _without_days(pair[0])):
        bins = [number for _, number in row]
        counts += spread(bins, max(0, sum(bins)))
    return counts


def _without_days(cell: Cell) -> Cell:
    return cell._replace(days=None)
