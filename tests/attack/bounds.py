"""The most that any reader learns through a Gaussian mechanism: one who knows all but the case that she asks about,
and guesses best. It is what the method allows where a guess without looking isn't all that can be had.
"""

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist

import numpy as np

STEPS = np.arange(-12, 12, 0.01)  # standard deviations


def together(sigmas: Iterable[int]) -> float:
    """The noise of the best estimate from independent tellings of one number: inverse variances add up."""
    return 1 / math.sqrt(sum(1 / sigma**2 for sigma in sigmas))


def best_guess(chances: Sequence[float], sigma: float) -> float:
    """How often the likeliest number is right, when number i has chances[i] and is told with this noise."""
    told = np.arange(-12 * sigma, len(chances) + 12 * sigma, sigma / 50)
    density = [
        chance * np.exp(-((told - number) ** 2) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi))
        for number, chance in enumerate(chances)
    ]
    return float(np.max(density, axis=0).sum() * sigma / 50)


def best_pick(options: int, sigma: float) -> float:
    """How often the greatest of so many cells is the one that holds her: N(1, sigma²) above all other N(0, sigma²)."""
    normal, shift = NormalDist(), 1 / sigma
    return sum(normal.cdf(step) ** (options - 1) * normal.pdf(step - shift) * 0.01 for step in STEPS)


def is_there(rho: float) -> float:
    """How often she tells right whether one case is there, at even chances: that case costs rho."""
    return NormalDist().cdf(math.sqrt(2 * rho) / 2)
