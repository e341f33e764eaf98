from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestatus.access.waiting import AddressHistory, address_opens_at, number_opens_at, remembered_tries, wait_after
from casestatus.settings import Limits

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LIMITS = Limits(_env_file=None)
YEAR = timedelta(days=365)


def seconds(*offsets: float) -> list[datetime]:
    return [START + timedelta(seconds=offset) for offset in offsets]


@pytest.mark.parametrize(
    ("tries", "wait"), [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (11, 1920), (12, 3600), (100, 3600), (10**6, 3600)]
)
def test_five_tries_are_free_then_the_wait_doubles_up_to_an_hour(tries, wait):
    assert wait_after(tries, LIMITS) == timedelta(seconds=wait)


def test_an_untried_number_is_open():
    assert number_opens_at([], LIMITS) is None


def test_four_tries_at_once_bring_no_wait_and_the_fifth_does():
    assert number_opens_at(seconds(0, 0, 0, 0), LIMITS) is None
    assert number_opens_at(seconds(0, 0, 0, 0, 0), LIMITS) == START + timedelta(seconds=30)


def eager(until: datetime) -> list[datetime]:
    """The moments of somebody who tries whenever she may."""
    tries: list[datetime] = []
    at = START
    while at < until:
        tries.append(at)
        at = max(at, number_opens_at(tries, LIMITS) or at)
    return tries


def test_ten_tries_in_24_hours_and_no_more():
    tries = eager(START + timedelta(days=3))
    assert all(later - earlier >= timedelta(days=1) for earlier, later in zip(tries, tries[10:], strict=False))
    assert len([at for at in tries if at < START + timedelta(days=1)]) == 10


def test_a_hundred_tries_in_a_year_and_no_more():
    assert len(eager(START + YEAR)) == 100
    tries = eager(START + 3 * YEAR)
    assert all(later - earlier >= YEAR for earlier, later in zip(tries, tries[100:], strict=False))


def test_a_week_of_peace_makes_tries_free_again():
    tries = seconds(0, 0, 0, 0, 0)
    assert number_opens_at([*tries, START + timedelta(days=7)], LIMITS) is None


@given(st.lists(st.floats(0, 10**8), min_size=1, max_size=30), st.integers(0, 29))
def test_taking_a_try_back_never_makes_another_device_wait_longer(offsets, position):
    tries = seconds(*sorted(offsets))
    left = tries[:position] + tries[position + 1 :]
    before, after = number_opens_at(tries, LIMITS), number_opens_at(left, LIMITS)
    assert after is None or (before is not None and after <= before)


@given(st.lists(st.floats(0, 10**8), min_size=1, max_size=150), st.floats(0, 10**8))
def test_forgetting_old_tries_changes_no_answer(offsets, later):
    tries = seconds(*sorted(offsets))
    now = tries[-1] + timedelta(seconds=later)
    kept = remembered_tries(tries, LIMITS, now=now)
    before, after = number_opens_at(tries, LIMITS), number_opens_at(kept, LIMITS)
    assert (before is not None and before > now) == (after is not None and after > now)
    assert len(kept) <= 100


@pytest.mark.parametrize(
    ("failures", "numbers", "braked"), [(19, 4, False), (20, 1, True), (5, 5, True), (0, 0, False), (200, 50, True)]
)
def test_an_address_waits_a_minute_after_twenty_failures_or_five_numbers(failures, numbers, braked):
    history = AddressHistory(failures, numbers, START if failures else None)
    assert address_opens_at(history, LIMITS) == (START + timedelta(seconds=60) if braked else None)


def test_a_network_may_fail_ten_times_as_often():
    assert address_opens_at(AddressHistory(199, 49, START), LIMITS, times=10) is None
    assert address_opens_at(AddressHistory(200, 49, START), LIMITS, times=10) is not None


def test_pins_keep_the_budget_of_security_md():
    """At most 0.1 wrong openings a year for 10 M cases attacked from 10,000 addresses, whoever waits best."""
    cases, addresses, pins = 10_000_000, 10_000, 10**10
    by_number = cases * len(eager(START + YEAR))
    ten_minutes = LIMITS.address_failures + 600 // LIMITS.address_wait
    by_address = addresses * ten_minutes * YEAR // timedelta(minutes=10)
    assert min(by_number, by_address) / pins <= 0.1
    assert by_address / 10**16 <= 0.000_01  # backup keys: only addresses are counted


def test_waits_only_grow_within_a_row():
    assert all(earlier <= later for earlier, later in pairwise(wait_after(tries, LIMITS) for tries in range(40)))
