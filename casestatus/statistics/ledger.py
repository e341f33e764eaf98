"""The privacy ledger: what was spent, the bound that holds for one case over all of it, and the hard stop. Pure.

A case's events never share a cell, and each lies in one cell of each table, once (`statistics_event` is unique in
lineage, kind and stage). So a table with n events of a case costs it n/(2 sigma²) over ALL its periods together,
however they fall: the bound is the sum over tables and editions of the maximum over periods, not the sum of the rows.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from casestatus.errors import N_, Conflict
from casestatus.statistics.rows import Draw, Ledger, Spent
from casestatus.statistics.tables import EDITIONS, TABLES, rho

RHO_LIMIT = Fraction(110, 100)
DELTAS = ("1e-9", "1e-6")


class LedgerExhausted(Conflict):
    """Drawing this would spend more than the limit."""

    type = "ledger-exhausted"
    detail = N_("Publicarlo gastaría más privacidad que el límite de %(limit)s. No se publicó nada.")


class NoiseMayNotShrink(Conflict):
    """The table was published with more noise before."""

    type = "noise-may-not-shrink"
    detail = N_("La tabla %(table)s ya salió con más ruido. El ruido solo puede crecer.")


class EditionUnknown(Conflict):
    """There are two editions of a period, for ever."""

    type = "edition-unknown"
    detail = N_("Un periodo tiene edición 1 y, a lo más una vez, edición 2.")


@dataclass(frozen=True)
class Cost:
    """What one draw costs."""

    draw: Draw
    events: int
    sigma: int

    @property
    def rho(self) -> Fraction:
        return rho(events=self.events, sigma=self.sigma)


def cost_of(draw: Draw) -> Cost:
    """The cost of a draw under the tables as they stand."""
    if draw.edition not in EDITIONS:
        raise EditionUnknown
    table = TABLES[draw.table]
    return Cost(draw, table.events, table.sigma(draw.edition))


def bound(costs: Iterable[Cost]) -> Fraction:
    """What all of it costs one case at most: the sum over (table, edition) of the maximum over periods."""
    greatest: dict[tuple[str, int], Fraction] = {}
    for cost in costs:
        key = cost.draw.table, cost.draw.edition
        greatest[key] = max(greatest.get(key, Fraction(0)), cost.rho)
    return sum(greatest.values(), Fraction(0))


def require_may_spend(spent: Iterable[Cost], new: Iterable[Cost]) -> None:
    """Raises LedgerExhausted when `new` after `spent` costs one case more than the limit, NoiseMayNotShrink."""
    known, coming = list(spent), list(new)
    for cost in coming:
        same = (each.sigma for each in known if _is_same_series(each.draw, cost.draw))
        if cost.sigma < max(same, default=0):
            raise NoiseMayNotShrink(params={"table": cost.draw.table})
    if bound([*known, *coming]) > RHO_LIMIT:
        raise LedgerExhausted(params={"limit": _decimal(RHO_LIMIT)})


def _is_same_series(one: Draw, other: Draw) -> bool:
    return (one.table, one.edition) == (other.table, other.edition)


def ledger(costs: Iterable[Cost]) -> Ledger:
    """All costs as they are published."""
    known = list(costs)
    whole = bound(known)
    return Ledger(
        spent=tuple(
            Spent(draw=each.draw, events=each.events, sigma=each.sigma, rho=_decimal(each.rho)) for each in known
        ),
        bound=_decimal(whole),
        limit=_decimal(RHO_LIMIT),
        epsilon=tuple((delta, epsilon(float(whole), float(delta))) for delta in DELTAS),
    )


def epsilon(rho: float, delta: float) -> Decimal:
    """The epsilon at which rho-zCDP is (epsilon, delta)-DP, rounded to hundredths.

    Canonne, Kamath, Steinke (2020), Proposition 12: the least epsilon over all orders alpha of
    alpha·rho + (ln(1/(alpha·delta)) / (alpha - 1)) + ln(1 - 1/alpha). A test compares it with OpenDP's own map.
    """
    if rho == 0:
        return Decimal(0)
    best = min(_epsilon_at(1 + math.exp(step / 1000), rho, delta) for step in range(-7000, 7000))
    return Decimal(max(best, 0.0)).quantize(Decimal("0.01"))


def _epsilon_at(alpha: float, rho: float, delta: float) -> float:
    return alpha * rho + math.log(1 / (alpha * delta)) / (alpha - 1) + math.log(1 - 1 / alpha)


def _decimal(exact: Fraction) -> Decimal:
    return Decimal(exact.numerator) / Decimal(exact.denominator)
