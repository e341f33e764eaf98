"""Counts that add up: whole, never negative, as near as can be, and never further than the noise."""

import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from casestatus.statistics.reconciling import spread, total_of, whole

PARTS = st.lists(st.integers(-40, 400), min_size=1, max_size=30)


@given(PARTS, st.integers(0, 2_000))
def test_parts_add_up_to_their_total_and_are_never_negative(parts: list[int], total: int) -> None:
    found = spread(parts, total)
    assert sum(found) == total
    assert all(count >= 0 for count in found)


@given(PARTS)
def test_what_adds_up_already_stays(parts: list[int]) -> None:
    kept = [max(0, part) for part in parts]
    assert spread(kept, sum(kept)) == kept


@given(PARTS, st.integers(0, 2_000))
def test_a_larger_part_never_becomes_the_smaller_one(parts: list[int], total: int) -> None:
    found = spread(parts, total)
    pairs = zip(parts, found, strict=True)
    ordered = [count for _, count in sorted(pairs, key=lambda pair: pair[0])]
    assert all(later >= earlier - 1 for earlier, later in itertools.pairwise(ordered))  # ±1 by rounding


def test_it_is_the_nearest_point_that_a_solver_finds() -> None:
    parts, total = [12, -7, 3, 0, 5], 9
    solved = minimize(
        lambda point: sum((one - part) ** 2 for one, part in zip(point, parts, strict=True)),
        [total / len(parts)] * len(parts),
        bounds=[(0, None)] * len(parts),
        constraints={"type": "eq", "fun": lambda point: sum(point) - total},
    )
    assert all(abs(one - other) <= 1 for one, other in zip(spread(parts, total), solved.x, strict=True))


def test_two_sums_of_the_same_weigh_by_their_noise() -> None:
    assert total_of([100], sigma=2, other=[20] * 4, other_sigma=2) == Fraction(100 * 4 + 80, 5)
    assert total_of([3, 4], sigma=5) == 7
    assert (whole(Fraction(-5)), whole(Fraction(7, 2) + Fraction(1, 10))) == (0, 4)
