"""How long tries have to wait, as rules over the moments of earlier tries. Counters decay with time only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casestatus.settings import Limits

DAY = timedelta(days=1)
FAILURES_WINDOW = timedelta(minutes=10)
NUMBERS_WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class AddressHistory:
    """What one address (or network) has failed at lately."""

    failures: int  # in the last FAILURES_WINDOW
    failing_numbers: int  # different ones in the last NUMBERS_WINDOW
    last_failure_at: datetime | None


def wait_after(tries: int, limits: Limits) -> timedelta:
    """The wait that the last of so many tries brings: none at first, then doubling up to the longest."""
    if tries < limits.number_free_tries:
        return timedelta(0)
    doublings = min(tries - limits.number_free_tries, 30)  # 2**30 seconds are longer than any limit
    return timedelta(seconds=min(limits.number_first_wait * 2**doublings, limits.number_longest_wait))


def number_opens_at(tries: Sequence[datetime], limits: Limits) -> datetime | None:
    """When a number (or a case) may be tried again after `tries`, oldest first; None if it need not wait.

    The strictest of three rules decides: the doubling wait, so many in 24 hours, and so many in a row (security.md,
    "Signing in", 1). A right PIN does not end a row: what one device does changes nothing for another.
    """
    waits = [tries[-most] + window for most, window in _windows(limits) if len(tries) >= most]
    remembered = timedelta(days=limits.number_wait_memory_days)
    recent = sum(moment > tries[-1] - remembered for moment in tries)
    if pause := wait_after(recent, limits):
        waits.append(tries[-1] + pause)
    return max(waits, default=None)


def remembered_tries(tries: Sequence[datetime], limits: Limits, *, now: datetime) -> list[datetime]:
    """Those of `tries` that still matter to `number_opens_at`, at most as many as any rule counts."""
    longest = max(window for _, window in _windows(limits))
    most = max(most for most, _ in _windows(limits))
    return [moment for moment in tries if moment > now - longest][-most:]


def address_opens_at(history: AddressHistory, limits: Limits, *, times: int = 1) -> datetime | None:
    """When an address over its thresholds may be tried from again; None while it is below them.

    `times` widens the thresholds for a whole network. Until the brake of security.md comes, an address over them
    gets one try after each wait, because carriers put thousands of people behind one address.
    """
    too_many = history.failures >= limits.address_failures * times
    too_wide = history.failing_numbers >= limits.address_failing_numbers * times
    if history.last_failure_at is None or not (too_many or too_wide):
        return None
    return history.last_failure_at + timedelta(seconds=limits.address_wait)


def _windows(limits: Limits) -> tuple[tuple[int, timedelta], ...]:
    in_a_row = (limits.number_tries_in_a_row, timedelta(days=limits.number_memory_days))
    return ((limits.number_tries_per_day, DAY), in_a_row)
