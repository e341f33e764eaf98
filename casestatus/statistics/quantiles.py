"""Times in stage from the noised duration bins of T5: quartiles by interpolation, shares, their intervals. Pure.

No mean, minimum, maximum or exact median is ever published: only what the noised bins tell, which costs nothing more.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import groupby

from casestatus.statistics.reliability import Z95
from casestatus.statistics.rows import Estimate, Row, StageTime
from casestatus.statistics.tables import sigma_of

FEWEST = 50  # noised exits of a row from which on anything but their number is shown
EDGES = (0, 8, 31, 91, 181, 366, 731)  # the day on which each bin begins; the last one is open
LONGEST = EDGES[-1]


def stage_times(rows: Iterable[Row]) -> Iterator[StageTime]:
    """One for each period, edition, crime group and stage of T5's `rows`, in their order."""
    for _, bins in groupby(rows, key=lambda row: (row.period, row.edition, row.crime, row.stage)):
        yield _stage_time(list(bins))


def _stage_time(bins: Sequence[Row]) -> StageTime:
    first, total = bins[0], sum(row.measured for row in bins)
    counts, sigma = [row.count for row in bins], sigma_of("T5", bins[0].edition)
    shown = total >= FEWEST
    first_quarter, half, third_quarter = quartiles(counts, sigma=sigma) if shown else (None,) * 3
    return StageTime(
        period=first.period,
        group=str(first.crime),
        stage=str(first.stage),
        edition=first.edition,
        total=total,
        quartile1=first_quarter,
        median=half,
        quartile3=third_quarter,
        shares=[(str(row.days), _share(row.count, counts, sigma=sigma)) for row in bins] if shown else [],
    )


def quartiles(counts: Sequence[int], *, sigma: float) -> tuple[Estimate, Estimate, Estimate]:
    """The days by which a quarter, half and three quarters had left, from reconciled bins of equal noise."""
    first, half, third = (quantile(counts, part, sigma=sigma) for part in (0.25, 0.5, 0.75))
    return first, half, third


def quantile(counts: Sequence[int], part: float, *, sigma: float) -> Estimate:
    """The day by which `part` of the cases had left. The interval holds every day t at which the noise of
    (cases gone by t) - part·(all cases) may explain its distance from zero; 731 means "731 or more".
    """
    days = range(LONGEST + 1)
    value = next((day for day in days if _gone(counts, day) >= part * sum(counts)), LONGEST)
    possible = [day for day in days if _may_be_quantile(counts, day, part, sigma)] or [value]
    return Estimate(value=Decimal(value), low=Decimal(min(*possible, value)), high=Decimal(max(*possible, value)))


@cache
def _weights(day: int) -> tuple[float, ...]:
    """How much of each bin has gone by `day`, spread evenly over its days; of the open one, nothing."""
    ends = [*EDGES[1:], math.inf]
    return tuple(min(1.0, max(0.0, (day - begin) / (end - begin))) for begin, end in zip(EDGES, ends, strict=True))


@cache
def _spread(day: int, part: float) -> float:
    """The standard deviation of (gone by `day`) - `part`·(all), for noise of 1 in each bin."""
    return math.sqrt(sum((weight - part) ** 2 for weight in _weights(day)))


def _gone(counts: Sequence[int], day: int) -> float:
    return sum(count * weight for count, weight in zip(counts, _weights(day), strict=True))


def _may_be_quantile(counts: Sequence[int], day: int, part: float, sigma: float) -> bool:
    distance = _gone(counts, day) - part * sum(counts)
    at_the_end = day == LONGEST and distance < 0  # beyond the last edge nothing is told apart
    return at_the_end or abs(distance) <= Z95 * sigma * _spread(day, part)


def _share(count: int, counts: Sequence[int], *, sigma: int) -> Estimate:
    """A bin's share of all; its variance is sigma² ((1-p)² + 6 p²) / total², of seven bins with equal noise."""
    total = sum(counts)
    share = count / total
    spread = Z95 * sigma * math.sqrt((1 - share) ** 2 + (len(counts) - 1) * share**2) / total
    return Estimate(
        value=_rounded(share), low=_rounded(max(0.0, share - spread)), high=_rounded(min(1.0, share + spread))
    )


def _rounded(share: float) -> Decimal:
    return Decimal(share).quantize(Decimal("0.001"))
