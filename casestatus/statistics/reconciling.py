"""`conteo`: the noised numbers made to add up and never negative. It reads noised numbers only, so it costs nothing.

From the top down: a total is estimated from all cells that tell of it, then spread over its parts as near to their own
noised numbers as can be (least squares). Estimating the total first keeps sums unbiased where most parts are empty.
Pure.
"""

from collections.abc import Sequence
from fractions import Fraction


def total_of(parts: Sequence[int], *, sigma: int, other: Sequence[int] = (), other_sigma: int = 1) -> Fraction:
    """The best estimate of a total from its parts and, where there is one, a second way of adding it up.

    Each sum weighs by the inverse of its variance (number of cells × sigma²). May be negative.
    """
    if not other:
        return Fraction(sum(parts))
    variance, other_variance = len(parts) * sigma**2, len(other) * other_sigma**2
    return Fraction(sum(parts) * other_variance + sum(other) * variance, variance + other_variance)


def whole(estimate: Fraction) -> int:
    """An estimate as a count: rounded, never negative."""
    return max(0, round(estimate))


def spread(parts: Sequence[int | Fraction], total: int) -> list[int]:
    """The whole numbers >= 0 that add up to `total` and lie nearest to `parts` (projection onto the simplex)."""
    if not parts:
        return []
    excess, kept = _excess(parts, total)
    shares = [max(Fraction(0), part - Fraction(excess, kept)) for part in parts]
    counts = [share.numerator // share.denominator for share in shares]
    by_remainder = sorted(range(len(parts)), key=lambda at: (counts[at] - shares[at], at))
    for at in by_remainder[: total - sum(counts)]:
        counts[at] += 1
    return counts


def _excess(parts: Sequence[int | Fraction], total: int) -> tuple[int | Fraction, int]:
    """How much the largest parts together exceed the total, and how many of them stay above zero without it."""
    running: int | Fraction = 0
    found: tuple[int | Fraction, int] = (max(parts) - total, 1)
    for number, part in enumerate(sorted(parts, reverse=True), 1):
        running += part
        if part * number > running - total:
            found = running - total, number
    return found
