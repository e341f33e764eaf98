"""The most that any reader learns from what is told: one who knows all but the case that she asks about, and the law of
the noise, and guesses best. Nobody guesses better than by the likeliest answer (Bayes), and its share of right guesses
is summed here exactly, under the discrete Gaussian itself. It is the bound that the attacks are held to.

Of one number told several times, Σ told / σ² says all that can be known of it: cells that hold the same 0 or 1 of a
case, both editions of one, or a cell with its sums.
"""

import math
from collections.abc import Sequence
from functools import reduce

import numpy as np
from scipy.signal import fftconvolve

REACH = 12  # standard deviations: what lies beyond adds less than 1e-30


def best_guess(chances: Sequence[float], sigmas: Sequence[int]) -> float:
    """How often the likeliest number is right, when number i has chances[i] and is told with each of these noises."""
    law, step = _law(tuple(sigmas))
    told = np.zeros((len(chances), len(law) + step * (len(chances) - 1)))
    for number, chance in enumerate(chances):
        told[number, number * step : number * step + len(law)] = chance * law
    return float(told.max(axis=0).sum())


def best_pick(options: int, sigmas: Sequence[int]) -> float:
    """How often the greatest of so many cells (of equals, any) is the one that holds her 1, where the others hold 0."""
    law, step = _law(tuple(sigmas))
    hers, others = np.zeros(len(law) + step), np.zeros(len(law) + step)
    hers[step:], others[: len(law)] = law, law
    up_to = np.cumsum(others)
    below = up_to - others
    possible = others > 1e-14  # beyond, all the others lie below hers
    picked = np.ones(len(others))
    powers = up_to[possible] ** options - below[possible] ** options
    picked[possible] = powers / (options * others[possible])
    return float((hers * picked).sum())


def is_there(sigmas: Sequence[int]) -> float:
    """How often she tells right whether one case is there, at even chances, from the cells that it is or isn't in."""
    return best_guess((0.5, 0.5), sigmas)


def least_delta(epsilon: float, sigmas: Sequence[int]) -> float:
    """The least delta at which cells with these noises, each moved by one, are (epsilon, delta)-differentially private:
    the law of their whole privacy loss, Σ noise / σ² + rho, summed above epsilon.
    """
    law, _ = _law(tuple(sigmas))
    steps = np.arange(len(law)) - len(law) // 2
    loss = steps / math.lcm(*(sigma**2 for sigma in sigmas)) + sum(1 / (2 * sigma**2) for sigma in sigmas)
    above = loss > epsilon
    return float((law[above] * -np.expm1(epsilon - loss[above])).sum())


def _law(sigmas: tuple[int, ...]) -> tuple[np.ndarray, int]:
    """The law of Σ weight · noise, weights as 1/σ² in whole numbers, and by how much one more case moves it."""
    whole = math.lcm(*(sigma**2 for sigma in sigmas))
    laws = [_spread(_discrete_gaussian(sigma), whole // sigma**2) for sigma in sigmas]
    law = reduce(fftconvolve, laws)
    return np.clip(law, 0, None), sum(whole // sigma**2 for sigma in sigmas)


def _discrete_gaussian(sigma: int) -> np.ndarray:
    at = np.arange(-REACH * sigma, REACH * sigma + 1)
    weights = np.exp(-(at**2) / (2 * sigma**2))
    return np.asarray(weights / weights.sum())


def _spread(law: np.ndarray, weight: int) -> np.ndarray:
    """The law of a multiple."""
    spread = np.zeros((len(law) - 1) * weight + 1)
    spread[::weight] = law
    return spread
