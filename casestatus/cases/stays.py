"""Whether a line that an update touched is still in the same stay in its stage. Pure."""

from collections.abc import Sequence

from casestatus.cases.timeline import Entry, position


def stays_where_it_stood(before: Sequence[Entry], after: Sequence[Entry]) -> bool:
    """Whether a line is still in the stay that it was in, of whatever day that is now told to be.

    A corrected or an earlier day of the same stage changes nothing about that; a stage that is told to lie between
    begins another stay.
    """
    stood, stands = position(before), position(after)
    if stood is None or stands is None or stood.stage.code != stands.stage.code:
        return False
    left_behind = {entry.event_id for entry in after} - {entry.event_id for entry in stands.run}
    return left_behind.isdisjoint(entry.event_id for entry in stood.run)
