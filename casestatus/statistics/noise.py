"""The only place where chance comes in: OpenDP's exact discrete Gaussian, without any seed.

Nothing else in this room draws a number. A draw is made in the transaction that stores it (cutting.py).
"""

from collections.abc import Sequence
from typing import Any


def noised(counts: Sequence[int], *, sigma: int) -> list[int]:
    """Each count plus its own independent draw of N_Z(0, sigma²)."""
    drawn: list[int] = gaussian(sigma)(list(counts))
    return drawn


def gaussian(sigma: int) -> Any:
    """OpenDP's measurement: a vector of integers under the L2 distance to zero-concentrated differential privacy.

    OpenDP asks for `contrib` before it hands out what its reviewers haven't proven line by line. Its sampler is that of
    Canonne, Kamath and Steinke (2020), over exact rationals and the system's randomness: no floating point, no seed.
    """
    import opendp.prelude as dp

    dp.enable_features("contrib")
    return dp.m.make_gaussian(dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T=float), scale=float(sigma))
