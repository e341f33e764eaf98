"""How fresh an office's information is: whole days since its last scheduled signal, never moved by an update. Pure."""

from datetime import date
from enum import StrEnum


class Freshness(StrEnum):
    """What everybody may know of an office's feed."""

    UP_TO_DATE = "up_to_date"
    BEHIND = "behind"
    NO_SIGNAL = "no_signal"


def freshness(last_signal: date | None, *, today: date, limit: int) -> Freshness:
    """Up to date within the office's `limit` (days of silence), behind above it, without signal above twice that."""
    if last_signal is None or (today - last_signal).days > 2 * limit:
        return Freshness.NO_SIGNAL
    return Freshness.BEHIND if (today - last_signal).days > limit else Freshness.UP_TO_DATE
