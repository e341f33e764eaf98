"""Which formal notice (*notificación formal*) counts for a stage: time limits run from it, never from our messages."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from casestatus.cases.events import entries
from casestatus.cases.models import EventKind, TimelineEvent
from casestatus.cases.stages import Model
from casestatus.cases.timeline import position


def stage_notified(
    model: Model, events: Sequence[TimelineEvent], *, stage: str, occurred_on: date
) -> TimelineEvent | None:
    """The event that a formal notice told later is about: the line's entry into `stage` on that day, or, if the line
    stands there, its latest one. None when there is neither: then the update is news of its own."""
    standing = entries(model, events)
    now = position(standing)
    known = [entry.event_id for entry in standing if (entry.stage.code, entry.rank) == (stage, occurred_on)]
    if not known and now is not None and now.stage.code == stage:
        known = [now.entry.event_id]
    return next((event for event in events if known and event.id == known[-1]), None)


def formal_notices(events: Sequence[TimelineEvent]) -> dict[UUID, date]:
    """The day of the formal notice by stage event, read off the events that somebody may see, oldest first.

    The latest one recorded counts. A revealed event's own day stays unsaid: it is a day of the time when it was hidden.
    """
    by_id = {event.id: event for event in events}
    corrections = {event.supersedes_id: event for event in events if event.supersedes_id}
    silent = corrections.keys() | {event.reveals_id for event in events}
    found = {}
    for event in events:
        if event.formal_notice_on is not None and event.id not in silent:
            about = _latest_correction(_about(event, by_id), corrections)
            found[about.id] = event.formal_notice_on
    return found


def _about(event: TimelineEvent, by_id: dict[UUID, TimelineEvent]) -> TimelineEvent:
    if event.kind is EventKind.REVEAL and event.reveals_id in by_id:
        return _about(by_id[event.reveals_id], by_id)
    if event.kind is EventKind.FORMAL_NOTICE:
        of_stage = [other for other in by_id.values() if _is_entry(other, event)]
        return of_stage[-1] if of_stage else event
    return event


def _is_entry(other: TimelineEvent, notice: TimelineEvent) -> bool:
    """Whether `notice` may tell of `other`: it carries the stage and the day of the event that it is about."""
    same = (other.stage, other.occurred_on) == (notice.stage, notice.occurred_on)
    return same and other.kind is EventKind.STAGE and other.sequence < notice.sequence


def _latest_correction(event: TimelineEvent, corrections: dict[UUID, TimelineEvent]) -> TimelineEvent:
    """A correction that keeps the stage keeps its formal notice."""
    while (correction := corrections.get(event.id)) is not None and correction.stage == event.stage:
        event = correction
    return event
