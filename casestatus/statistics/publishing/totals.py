"""What the pictures show, summed once from the published cells: only noised numbers come in, with their intervals."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from casestatus.statistics.quantiles import FEWEST, quartiles
from casestatus.statistics.reliability import Z95
from casestatus.statistics.rows import Estimate, Row
from casestatus.statistics.tables import sigma_of


@dataclass(frozen=True, slots=True)
class Sum:
    """Published cells added up; `variance` is that of their noise."""

    value: int
    variance: float

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.value + other.value, self.variance + other.variance)

    @property
    def margin(self) -> int:
        """Half of the 95 % interval: 1.96 sigma √n for n equal cells (open_data.md §3e)."""
        return round(Z95 * math.sqrt(self.variance))

    @property
    def low(self) -> int:
        """Nothing can be counted fewer than zero times."""
        return max(self.value - self.margin, 0)

    @property
    def high(self) -> int:
        return max(self.value + self.margin, 0)

    @property
    def least_told(self) -> int:
        """Three standard deviations: below it a page says only "fewer than this"."""
        return math.ceil(3 * math.sqrt(self.variance))

    @property
    def below(self) -> int:
        """What a sentence may say that the true number is fewer than: above its band, and above what noise reaches."""
        return max(self.least_told, self.high + 1)

    @property
    def reliable(self) -> bool:
        return self.value >= self.least_told


NOTHING = Sum(0, 0.0)


@dataclass(frozen=True, slots=True)
class StageTime:
    """How long cases of all crimes stayed in a stage: the days by which a quarter, half and three quarters had left.

    731 means "731 or more". Without enough exits nothing but their number is told.
    """

    exits: Sum
    quartiles: tuple[Estimate, Estimate, Estimate] | None


@dataclass(frozen=True)
class Totals:
    """Periods ascend; offices and stages stand in their code lists' order; `times` are the newest quarter's."""

    new_by_month: dict[str, Sum]
    new_by_office: dict[str, Sum]
    entries: dict[str, dict[str, Sum]]
    coverage: dict[str, dict[str, Decimal]]
    quarter: str | None
    times: dict[str, StageTime]

    @property
    def months(self) -> tuple[str, ...]:
        return tuple(self.new_by_month)


def totals_of(rows_of: Callable[[str], Iterable[Row]]) -> Totals:
    """The sums of one release."""

    def newest(table: str) -> Iterator[tuple[Row, Sum]]:
        for row in newest_editions(rows_of(table)):
            yield row, Sum(row.measured, sigma_of(table, row.edition) ** 2)

    new_cases = list(newest("T1s"))
    durations = list(newest("T5"))
    year = set(sorted({row.period for row, _ in new_cases})[-12:])
    quarter = max((row.period for row, _ in durations), default=None)
    return Totals(
        new_by_month=_summed((row.period, cell) for row, cell in new_cases),
        new_by_office=_summed((str(row.office), cell) for row, cell in new_cases if row.period in year),
        entries=_summed_twice((str(row.stage), row.period, cell) for row, cell in newest("T2")),
        coverage=_coverage(row for row, _ in new_cases),
        quarter=quarter,
        times={stage: _time(list(bins.values())) for stage, bins in _by_stage(durations, quarter).items()},
    )


def _by_stage(durations: Iterable[tuple[Row, Sum]], quarter: str | None) -> dict[str, dict[str, Sum]]:
    """A quarter's exits by stage and bin, of all crime groups."""
    return _summed_twice((str(row.stage), str(row.days), cell) for row, cell in durations if row.period == quarter)


def _time(bins: Sequence[Sum]) -> StageTime:
    """By the very estimator of the published times."""
    exits, sigma = sum(bins, NOTHING), math.sqrt(bins[0].variance)
    if exits.value < max(FEWEST, exits.least_told):
        return StageTime(exits, None)
    return StageTime(exits, quartiles([cell.value for cell in bins], sigma=sigma))


def newest_editions(rows: Iterable[Row]) -> list[Row]:
    """The rows of each period's last edition, periods ascending; within a period the order stays."""
    by_period: dict[str, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        by_period[row.period][row.edition].append(row)
    return [row for _, editions in sorted(by_period.items()) for row in editions[max(editions)]]


def _summed(cells: Iterable[tuple[str, Sum]]) -> dict[str, Sum]:
    sums: dict[str, Sum] = {}
    for key, cell in cells:
        sums[key] = sums.get(key, NOTHING) + cell
    return sums


def _summed_twice(cells: Iterable[tuple[str, str, Sum]]) -> dict[str, dict[str, Sum]]:
    sums: dict[str, dict[str, Sum]] = {}
    for outer, inner, cell in cells:
        below = sums.setdefault(outer, {})
        below[inner] = below.get(inner, NOTHING) + cell
    return sums


def _coverage(rows: Iterable[Row]) -> dict[str, dict[str, Decimal]]:
    shares: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        if row.coverage is not None:
            shares.setdefault(row.period, {})[str(row.office)] = row.coverage
    return shares
