"""Times in stage from the noised duration bins of T5: quartiles by interpolation, shares, their intervals. Pure.

No mean, minimum, maximum or exact median is ever published: only what the noised bins tell, which costs nothing more.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cache
from itertools import groupby, pairwise

from casestatus.statistics.reconciling import spread
from casestatus.statistics.reliability import Z95
from casestatus.statistics.rows import Estimate, Row, StageTime
from casestatus.statistics.tables import sigma_of

FEWEST = 50
EDGES = (0, 8, 31, 91, 181, 366, 731)  # the day on which each bin begins; the last one is open
LONGEST = EDGES[-1]
THOUSANDTH = Decimal("0.001")


def stage_times(rows: Iterable[Row]) -> Iterator[StageTime]:
    """One for each period, edition, crime group and stage of T5's `rows`, in their order."""
    for _, bins in groupby(rows, key=lambda row: (row.period, row.edition, row.crime, row.stage)):
        yield _stage_time(list(bins))


def _stage_time(bins: Sequence[Row]) -> StageTime:
    first, measured = bins[0], [row.measured for row in bins]
    total, sigma = sum(measured), sigma_of("T5", first.edition)
    shown = total >= fewest_told(sigma)
    first_quarter, half, third_quarter = quartiles(measured, sigma=sigma) if shown else (None,) * 3
    return StageTime(
        period=first.period,
        group=str(first.crime),
        stage=str(first.stage),
        edition=first.edition,
        total=total,
        quartile1=first_quarter,
        median=half,
        quartile3=third_quarter,
        shares=[(str(row.days), _share(row, total, sigma=sigma)) for row in bins] if shown else [],
    )


def fewest_told(sigma: int) -> int:
    """Noised exits of a row from which on more than their number is told: 50, and clear of the noise of their sum."""
    return max(FEWEST, math.ceil(3 * sigma * math.sqrt(len(EDGES))))


def quartiles(measured: Sequence[int], *, sigma: float) -> tuple[Estimate, Estimate, Estimate]:
    """The days by which a quarter, half and three quarters had left, from a row's bins of equal noise."""
    first, half, third = (quantile(measured, part, sigma=sigma) for part in (0.25, 0.5, 0.75))
    return first, half, third


def quantile(measured: Sequence[int], part: float, *, sigma: float) -> Estimate:
    """The day by which `part` of the cases had left, of a row whose total is positive; 731 means "731 or more".

    The day is that of the reconciled bins. Its interval comes from the noised ones, whose noise alone is known: it
    holds every day on which (gone by then) - part·(all) may be nothing but noise.
    """
    counts = spread(measured, sum(measured))
    value = next((day for day, gone in enumerate(_gone(counts)) if gone >= part * sum(counts)), LONGEST)
    possible = [*_possible_days(measured, part, sigma), value]
    return Estimate(value=Decimal(value), low=Decimal(min(possible)), high=Decimal(max(possible)))


def _possible_days(measured: Sequence[int], part: float, sigma: float) -> Iterator[int]:
    """Days on which, at some hour, the distance from zero is within the noise. Within a day the distance is a straight
    line and the noise's spread is convex: if both ends are too far on one side, so is every hour between them.
    """
    distances = [gone - part * sum(measured) for gone in _gone(measured)]
    within = [abs(far) <= Z95 * sigma * one for far, one in zip(distances, _spreads(part), strict=True)]
    for day in range(1, LONGEST + 1):
        if within[day - 1] or within[day] or distances[day - 1] < 0 < distances[day]:
            yield day
    if distances[LONGEST] < 0:  # beyond the last edge nothing is told apart
        yield LONGEST


def _gone(bins: Sequence[int]) -> list[float]:
    """How many had gone by each day: a bin's leave evenly over its days, of the open one nobody has."""
    gone, before = [0.0], 0
    for count, (begin, end) in zip(bins, pairwise(EDGES), strict=False):
        gone += [before + count * day / (end - begin) for day in range(1, end - begin + 1)]
        before += count
    return gone


@cache
def _spreads(part: float) -> tuple[float, ...]:
    """The standard deviation of (gone by each day) - `part`·(all), for noise of 1 in each bin."""
    alone = [_gone([int(each == bin_) for each in range(len(EDGES))]) for bin_ in range(len(EDGES))]
    return tuple(math.sqrt(sum((weight - part) ** 2 for weight in weights)) for weights in zip(*alone, strict=True))


def _share(row: Row, total: int, *, sigma: int) -> Estimate:
    """A bin's share of all as it is displayed, with its interval."""
    share = Decimal(row.count / total).quantize(THOUSANDTH)
    low, high = share_interval(row.measured, total, sigma=sigma)
    return Estimate(value=share, low=min(low, share), high=max(high, share))


def share_interval(part: int, total: int, *, sigma: int) -> tuple[Decimal, Decimal]:
    """Every share p at which part - p·total may be nothing but noise (Fieller, 1954), rounded outwards: of seven bins
    with equal noise its variance is sigma² ((1-p)² + 6p²). It holds the truth at both ends as often as in the middle.
    """
    reach = (Z95 * sigma + 0.5) ** 2  # half a case more: noise comes in whole numbers
    square = total**2 - len(EDGES) * reach
    if square <= 0:  # the total itself is lost in the noise
        return Decimal(0), Decimal(1)
    middle = part * total - reach
    half = math.sqrt(max(0.0, middle**2 - square * (part**2 - reach)))
    low, high = (min(1.0, max(0.0, end / square)) for end in (middle - half, middle + half))
    return Decimal(low).quantize(THOUSANDTH, ROUND_FLOOR), Decimal(high).quantize(THOUSANDTH, ROUND_CEILING)
