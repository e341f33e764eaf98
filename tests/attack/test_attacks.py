"""What attackers learn of one case: where nothing protects, everything; here, no more than is proven to be left."""

import itertools
import math
from statistics import NormalDist

import pytest

from casestatus.statistics.noise import noised
from casestatus.statistics.released import released_rows
from casestatus.statistics.tables import TABLES
from tests.attack.attacks import ATTACKS
from tests.attack.bounds import best_guess, best_pick, is_there
from tests.attack.scene import exact
from tests.statistics.crowd import DECEMBER, FEBRUARY, JANUARY, NOVEMBER, Crowd


@pytest.mark.parametrize("name", ATTACKS)
def test_it_works_without_protection_and_not_here(name: str) -> None:
    attack, tries, _ = ATTACKS[name]
    outcome = attack(tries, noised)
    assert outcome.control >= outcome.able
    assert outcome.held, str(outcome)


@pytest.mark.parametrize("name", ATTACKS)
def test_it_breaks_a_service_whose_noise_is_none(name: str) -> None:
    attack, tries, _ = ATTACKS[name]
    outcome = attack(tries, exact)
    assert outcome.learned > 0.9
    assert not outcome.held, str(outcome)


def test_the_bounds_are_those_of_the_law_of_the_noise() -> None:
    """Worked out otherwise: one cell by its own law, many by the Gaussian that they come near."""
    at_nothing = 1 / sum(math.exp(-(at**2) / 8) for at in range(-60, 61))
    assert is_there([2]) == pytest.approx((1 + at_nothing) / 2)
    life = [table.sigma(1) for table in TABLES.values() for _ in range(table.events)]
    assert is_there(life) == pytest.approx(NormalDist().cdf(math.sqrt(2 * 0.87) / 2), abs=1e-5)
    assert best_pick(2, [2]) == pytest.approx(is_there([2, 2]))
    assert best_guess([0.99, 0.01], life) == pytest.approx(0.99, abs=1e-4)
    assert best_guess([1, 0], [2]) == pytest.approx(1)


def test_what_reading_more_tables_adds_is_told_as_it_is() -> None:
    """docs/statistics.md §4 and §8: each attack's bound is that of the numbers that it reads."""
    cell = [1 / 13] * 13
    more = [best_pick(66, [2]), best_pick(66, [2, 4, 5, 10]), best_guess(cell, [2, 2]), best_guess(cell, [2, 2, 4, 4])]
    assert [round(100 * share, 1) for share in more] == [4.4, 5.4, 32.9, 36.1]


def test_two_releases_differ_in_nothing_that_both_hold(crowd: Crowd) -> None:
    """On the database itself: late cases come between the cuts, and each release is read as it stands."""
    crowd.fill(NOVEMBER, FEBRUARY)
    crowd.write()
    read = []
    for month in (NOVEMBER, DECEMBER, JANUARY):
        release = crowd.cut(month)
        assert release is not None
        crowd.new_cases(month, 50)
        crowd.write()
        with crowd.database.reading() as session:
            read.append({name: list(released_rows(session, release, name)) for name in TABLES})
    for before, after in itertools.pairwise(read):
        for name, rows in before.items():
            assert after[name][: len(rows)] == rows
