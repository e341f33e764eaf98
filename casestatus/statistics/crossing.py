"""The periods since 2026 in the classification of 2015, by adding up noised cells: a longer series at no cost. Pure.

Each crime of 2026 came out of one of 2015, so that sums are whole; the way back would have to split what was counted
together, and nobody can. Source of the pairs: cases/crime_lists/crosswalk.csv.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from casestatus.cases.crimes import crime
from casestatus.cases.crosswalk import crossings
from casestatus.statistics.domain import ALTA_SENSIBILIDAD
from casestatus.statistics.reliability import Z95
from casestatus.statistics.rows import Row
from casestatus.statistics.tables import sigma_of


@dataclass(slots=True)
class _Sum:
    first: Row
    measured: int = 0
    count: int = 0
    cells: int = 0

    def add(self, row: Row) -> None:
        self.measured += row.measured
        self.count += row.count
        self.cells += 1

    def row(self, former: str) -> Row:
        """As one row; the interval of a sum of n cells is ±1.96 sigma √n, and it is reliable from 3 sigma √n."""
        spread = sigma_of(self.first.table, self.first.edition) * math.sqrt(self.cells)
        half = round(Z95 * spread)
        return replace(
            self.first,
            crime=former,
            count=self.count,
            measured=self.measured,
            low=self.measured - half,
            high=self.measured + half,
            reliable=self.measured >= 3 * spread,
        )


def crossed_rows(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows of T1 or T4, each period of 2026 and later told by the crimes of 2015; earlier periods stay as they are."""
    sums: dict[tuple[str, int, str | None, str | None, str], _Sum] = {}
    for row in rows:
        former = former_of(str(row.crime), at_office=row.office is not None)
        key = row.period, row.edition, row.office, row.stage, former
        sums.setdefault(key, _Sum(row)).add(row)
    for (_, _, _, _, former), summed in sorted(sums.items(), key=lambda each: tuple(map(str, each[0]))):
        yield summed.row(former)


def former_of(code: str, *, at_office: bool) -> str:
    """The code of 2015 that a code of either classification belongs to. What was sensitive in 2015 is together at
    office level, although some of its successors are not.
    """
    formers = {row.former for row in crossings() if row.current == code}
    former = formers.pop() if formers else code
    known = crime(former)
    return ALTA_SENSIBILIDAD if at_office and known is not None and known.sensitive else former
