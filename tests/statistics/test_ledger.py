"""The ledger: its bound by hand and by OpenDP's own map, and its hard stop."""

import math
from decimal import Decimal
from fractions import Fraction

import opendp.prelude as dp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestatus.statistics.ledger import (
    RHO_LIMIT,
    Cost,
    EditionUnknown,
    LedgerExhausted,
    NoiseMayNotShrink,
    bound,
    cost_of,
    epsilon,
    ledger,
    require_may_spend,
)
from casestatus.statistics.noise import gaussian
from casestatus.statistics.rows import Draw
from casestatus.statistics.tables import TABLES
from tests.attack.bounds import least_delta

FIRST, SECOND = ([table.sigma(edition) for table in TABLES.values() for _ in range(table.events)] for edition in (1, 2))
MONTHS = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)]


def everything(edition: int) -> list[Cost]:
    return [cost_of(Draw(table=name, period=month, edition=edition)) for name in TABLES for month in MONTHS]


def test_the_bound_is_the_hand_sum_however_many_months_there_are() -> None:
    by_hand = Fraction(1, 8) + Fraction(1, 8) + Fraction(8, 50) * 3 + Fraction(7, 50)
    assert bound(everything(1)) == by_hand == Fraction(87, 100)
    assert bound(everything(1) + everything(2)) == by_hand + Fraction(1, 32) * 2 + Fraction(8, 200) * 3 + Fraction(
        7, 200
    )


def test_the_bound_is_opendp_s_own_map_over_all_that_one_case_can_move() -> None:
    """A case moves at most n cells of a table by one, in whatever periods: an L2 distance of sqrt(n)."""
    mapped = sum(gaussian(table.sigma(1)).map(math.sqrt(table.events)) for table in TABLES.values())
    assert mapped == pytest.approx(float(bound(everything(1))), rel=1e-12)


@given(st.lists(st.sampled_from(MONTHS), min_size=8, max_size=8))
def test_no_way_to_spread_a_case_s_events_over_months_costs_more_than_the_bound(months: list[str]) -> None:
    for name, table in TABLES.items():
        fallen = [months[: table.events].count(month) for month in set(months[: table.events])]
        spent = sum(Fraction(events, 2 * table.sigma(1) ** 2) for events in fallen)
        assert spent <= bound([cost_of(Draw(table=name, period="2026-01", edition=1))])


@pytest.mark.parametrize(
    ("rho", "delta", "told"),
    [
        (0.87, 1e-9, "8.80"),
        (0.87, 1e-6, "7.16"),
        (1.74, 1e-9, "13.05"),
        (1.74, 1e-6, "10.75"),
        (1.0875, 1e-9, "9.98"),
        (1.0875, 1e-6, "8.15"),
        (0.47, 1e-6, "5.04"),
    ],
)
def test_epsilon_is_the_one_that_is_printed_and_opendp_s(rho: float, delta: float, told: str) -> None:
    dp.enable_features("contrib")
    one = dp.m.make_gaussian(
        dp.atom_domain(T=float, nan=False), dp.absolute_distance(T=float), scale=1 / math.sqrt(2 * rho)
    )
    theirs = dp.c.make_zCDP_to_approxDP(one).map(1.0).epsilon(delta)
    assert epsilon(rho, delta) == Decimal(told)
    assert abs(float(told) - theirs) <= 0.005 + 1e-5


@pytest.mark.parametrize(
    ("moved", "epsilon_at_1e9", "epsilon_at_1e6"),
    [
        (FIRST, 8.80, 7.16),
        ([*FIRST, *SECOND], 9.98, 8.15),
        ([*FIRST, *FIRST], 13.05, 10.75),
        ([2, 2, *[5] * 11], None, 5.04),
    ],
    ids=["each period once", "each period twice", "another crime or stage", "3 entries and 2 exits"],
)
def test_what_is_printed_holds_of_the_noise_itself(
    moved: list[int], epsilon_at_1e9: float | None, epsilon_at_1e6: float
) -> None:
    """It is the nearest hundredth to what zCDP alone implies (8.8048). The noise leaves room for the rest."""
    if epsilon_at_1e9 is not None:
        assert least_delta(epsilon_at_1e9, moved) < 0.2e-9
    assert least_delta(epsilon_at_1e6, moved) < 0.2e-6


def test_it_stops_at_its_limit_and_not_before() -> None:
    spent = everything(1) + everything(2)
    left = RHO_LIMIT - bound(spent)
    last = Cost(Draw(table="T6", period="2026-01", edition=1), events=10, sigma=20)
    assert last.rho == left
    require_may_spend(spent, [last])
    with pytest.raises(LedgerExhausted):
        require_may_spend(spent, [Cost(last.draw, events=11, sigma=20)])
    with pytest.raises(LedgerExhausted):
        require_may_spend([*spent, last], [Cost(Draw(table="T7", period="2026-01", edition=1), events=1, sigma=10_000)])


def test_a_further_month_costs_nothing_more() -> None:
    spent = everything(1) + everything(2)
    require_may_spend(spent, [cost_of(Draw(table="T2", period="2031-05", edition=1))])


def test_a_table_s_noise_never_shrinks() -> None:
    spent = [Cost(Draw(table="T2", period="2026-01", edition=1), events=8, sigma=6)]
    with pytest.raises(NoiseMayNotShrink):
        require_may_spend(spent, [cost_of(Draw(table="T2", period="2026-02", edition=1))])


def test_there_is_no_third_edition() -> None:
    with pytest.raises(EditionUnknown):
        cost_of(Draw(table="T2", period="2026-01", edition=3))


def test_the_published_ledger_adds_up() -> None:
    told = ledger(everything(1))
    assert (told.bound, told.limit) == (Decimal("0.87"), Decimal("1.1"))
    assert dict(told.epsilon) == {"1e-9": Decimal("8.80"), "1e-6": Decimal("7.16")}
    assert {each.draw.table: each.rho for each in told.spent}["T5"] == Decimal("0.14")
