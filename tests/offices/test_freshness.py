"""How fresh an office's information is, by the days since its last signal."""

from datetime import date, timedelta

import pytest

from casestatus.offices.freshness import Freshness, freshness

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("silence", "limit", "state"),
    [
        (0, 3, "up_to_date"),
        (3, 3, "up_to_date"),
        (4, 3, "behind"),
        (6, 3, "behind"),
        (7, 3, "no_signal"),
        (7, 30, "up_to_date"),
    ],
)
def test_silence_is_measured_by_the_office_s_own_limit(silence: int, limit: int, state: str) -> None:
    assert freshness(TODAY - timedelta(days=silence), today=TODAY, limit=limit) == state


def test_an_office_that_never_sent_a_signal_has_none() -> None:
    assert freshness(None, today=TODAY, limit=3) is Freshness.NO_SIGNAL
