"""The time zones that exist, by their IANA names."""

from functools import cache
from zoneinfo import available_timezones


@cache
def time_zones() -> frozenset[str]:
    """Every name that `ZoneInfo` takes. Read once: it looks through hundreds of files."""
    return frozenset(available_timezones())
