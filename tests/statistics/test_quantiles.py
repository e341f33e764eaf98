"""Times in stage: from noised bins only, with their intervals, or not at all."""

import math
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from casestatus.statistics.noise import noised
from casestatus.statistics.publishing.totals import totals_of
from casestatus.statistics.quantiles import FEWEST, fewest_told, quantile, share_interval, stage_times
from casestatus.statistics.reconciling import spread
from casestatus.statistics.rows import Estimate, Row

BINS = ("0-7", "8-30", "31-90", "91-180", "181-365", "366-730", "731+")
ROW = Row(
    table="T5", period="2026-T1", office=None, crime="robo", stage="pausa", outcome=None, days="0-7",
    count=0, measured=0, low=-10, high=10, reliable=False, coverage=None, edition=1,
)  # fmt: skip


def rows(counts: list[int]) -> list[Row]:
    return [replace(ROW, days=days, count=count, measured=count) for days, count in zip(BINS, counts, strict=True)]


def test_a_quartile_lies_where_its_share_has_gone() -> None:
    (found,) = stage_times(rows([0, 0, 600, 0, 0, 0, 0]))
    assert found.median is not None
    assert found.total == 600
    assert int(found.median.value) == 61  # half of 60 days from the 31st on
    assert found.median.low < found.median.value < found.median.high
    assert found.shares[2] == ("31-90", found.shares[2][1])
    assert found.shares[2][1].value == Decimal(1)


def test_beyond_two_years_is_told_as_731() -> None:
    (found,) = stage_times(rows([10, 10, 10, 10, 10, 10, 900]))
    assert found.median is not None
    assert [int(day) for day in (found.median.value, found.median.high)] == [731, 731]


def test_below_fifty_nothing_but_the_number_is_told() -> None:
    (found,) = stage_times(rows([7, 7, 7, 7, 7, 7, 7]))
    assert (found.total, found.median, found.shares) == (49, None, [])
    (enough,) = stage_times(rows([7, 7, 7, 7, 7, 7, 8]))
    assert enough.median is not None


def test_an_edition_2_tells_no_times_of_what_its_greater_noise_can_make_of_nothing() -> None:
    """Of rows without a single exit, three in a hundred would reach 50 under its noise."""
    second = [[replace(row, edition=2) for row in rows(counts)] for counts in ([11] * 7, [12] * 7)]
    (nothing,), (enough,) = (stage_times(each) for each in second)
    assert (nothing.total, nothing.median, nothing.shares) == (77, None, [])
    assert enough.median is not None
    for edition, sigma in ((1, 5), (2, 10)):
        empty = ten_thousandths_shown(0, sigma)
        assert empty <= 14, edition


def ten_thousandths_shown(total: int, sigma: int) -> float:
    """Of rows with so many exits, how many in ten thousand are told more of than their number."""
    return 10_000 * math.erfc((fewest_told(sigma) - 0.5 - total) / (sigma * math.sqrt(2 * 7))) / 2


def test_each_group_and_stage_stands_alone() -> None:
    two = [*rows([60] * 7), *(replace(row, stage="juicio") for row in rows([1] * 7))]
    assert [(each.stage, each.total) for each in stage_times(two)] == [("pausa", 420), ("juicio", 7)]


@pytest.mark.parametrize("true", [[40, 60, 200, 120, 60, 20, 10], [5, 10, 20, 10, 10, 5, 5], [150, 0, 0, 0, 0, 0, 0]])
@pytest.mark.parametrize("part", [0.5, 0.75])
def test_the_interval_holds_the_true_quartile_at_least_as_often_as_it_says(true: list[int], part: float) -> None:
    exact = quantile(true, part, sigma=5).value
    held = shown = 0
    for measured in drawn(true, times=300):
        if sum(measured) >= FEWEST:
            found = quantile(measured, part, sigma=5)
            held += found.low <= exact <= found.high
            shown += 1
    assert held > shown * 0.95 - 5 * math.sqrt(shown * 0.95 * 0.05)  # fewer happens once in three million times


def drawn(true: list[int], *, times: int) -> list[list[int]]:
    """A row's bins, each time with noise of their own."""
    cells = noised(true * times, sigma=5)
    return [cells[at : at + len(true)] for at in range(0, len(cells), len(true))]


@pytest.mark.parametrize(
    ("sigma", "total", "part"),
    [(sigma, total, part) for sigma in (5, 10) for total, part in ((150, 150), (150, 1), (1000, 300))]
    + [(5, 50, 50), (5, 50, 0), (5, 60, 30), (10, 80, 80), (10, 80, 0), (10, 100, 50)],
)
def test_a_shares_interval_holds_the_truth_95_times_of_100_also_where_all_left_at_once(
    sigma: int, total: int, part: int
) -> None:
    assert 0.95 <= held_as_shown(sigma=sigma, total=total, part=part) <= 0.985


@pytest.mark.parametrize(("total", "told"), [(20, 27), (30, 74), (40, 92)])
def test_a_row_that_noise_alone_lifted_over_fifty_is_told_with_less_certainty_than_that(total: int, told: int) -> None:
    """docs/statistics.md §9 says so, with these numbers."""
    assert round(100 * held_as_shown(sigma=5, total=total, part=total)) == told
    page = (Path(__file__).parents[2] / "docs" / "statistics.md").read_text("utf-8")
    assert f"{told} of 100 where there were {total}" in " ".join(page.split())


def held_as_shown(*, sigma: int, total: int, part: int) -> float:
    """How often the interval of a bin's share holds the truth, of rows that are shown: summed over every outcome of
    the noise, of the bin itself and of the six others together.
    """
    own, others = chances(sigma), {0: 1.0}
    for _ in range(6):
        others = added(others, own)
    truth = Fraction(part, total)
    shown = held = 0.0
    for (mine, one), (theirs, other) in product(own.items(), others.items()):
        if total + mine + theirs >= fewest_told(sigma):
            low, high = share_interval(part + mine, total + mine + theirs, sigma=sigma)
            shown += one * other
            held += one * other * (low <= truth <= high)
    return held / shown


def chances(sigma: int) -> dict[int, float]:
    """The discrete Gaussian, as far as it matters."""
    weights = {each: math.exp(-(each**2) / (2 * sigma**2)) for each in range(-6 * sigma, 6 * sigma + 1)}
    return {each: weight / sum(weights.values()) for each, weight in weights.items()}


def added(some: dict[int, float], more: dict[int, float]) -> dict[int, float]:
    sums: dict[int, float] = defaultdict(float)
    for (a, one), (b, other) in product(some.items(), more.items()):
        sums[a + b] += one * other
    return {each: chance for each, chance in sums.items() if chance > 1e-9}


def test_a_share_is_told_in_thousandths_inside_its_interval() -> None:
    """All left within a week: what the noise takes from the largest bin is no share of the others."""
    for measured in drawn([150, 0, 0, 0, 0, 0, 0], times=50):
        counted = spread(measured, sum(measured))
        (found,) = stage_times(
            [replace(each, count=count) for each, count in zip(rows(measured), counted, strict=True)]
        )
        for _, share in found.shares:
            assert 0 <= share.low <= share.value <= share.high <= 1
            assert {each.as_tuple().exponent for each in (share.low, share.value, share.high)} <= {0, -1, -2, -3}


def test_the_portal_tells_the_times_of_the_file_and_is_not_drawn_to_the_long_end_by_noise() -> None:
    """All left within a week; six empty bins hold noise only, and nothing is added by hiding what is negative."""
    told: list[Estimate] = []
    for _ in range(300):
        measured = noised([150, 0, 0, 0, 0, 0, 0], sigma=5)
        counted = spread(measured, sum(measured))
        row = [
            replace(each, measured=cell, count=count)
            for each, cell, count in zip(rows(measured), measured, counted, strict=True)
        ]
        (in_file,) = stage_times(row)
        on_page = totals_of({"T1s": [], "T2": [], "T5": row}.__getitem__).times["pausa"].quartiles
        assert on_page is not None
        assert on_page == (in_file.quartile1, in_file.median, in_file.quartile3)
        told.append(on_page[2])
    assert abs(sum((each.value for each in told), start=Decimal(0)) / len(told) - 6) < 4
    assert sum(each.low <= 6 <= each.high for each in told) > 0.95 * len(told) - 5 * math.sqrt(0.05 * 0.95 * len(told))
