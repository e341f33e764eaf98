"""Whether a line that an update touched is still in the same stay in its stage. Pure."""

from collections.abc import Sequence
from itertools import takewhile

from casestatus.cases.timeline import Entry, in_order


def stays_where_it_stood(before: Sequence[Entry], after: Sequence[Entry]) -> bool:
    """Whether a line is still in the stay that it was in, of whatever day that is now told to be.

    A corrected or an earlier day of the same stage changes nothing about that; a stage that is told to lie between
    begins another stay.
    """
    stay, stays_now = _stay(before), _stay(after)
    if not stay or not stays_now or stay[0].stage.code != stays_now[0].stage.code:
        return False
    left_behind = {entry.event_id for entry in after} - {entry.event_id for entry in stays_now}
    return left_behind.isdisjoint(entry.event_id for entry in stay)


def _stay(entries: Sequence[Entry]) -> list[Entry]:
    """The unbroken run of the latest stage, the latest entry first."""
    latest_first = in_order(entries)[::-1]
    return list(takewhile(lambda entry: entry.stage.code == latest_first[0].stage.code, latest_first))
