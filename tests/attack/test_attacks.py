"""What attackers learn of one case: where nothing protects, everything; here, no more than a guess."""

import itertools

import pytest

from casestatus.statistics.noise import noised
from casestatus.statistics.released import released_rows
from casestatus.statistics.tables import TABLES
from tests.attack.attacks import ATTACKS
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
