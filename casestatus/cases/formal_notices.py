"""Which formal notice (*notificación formal*) counts for a stage: time limits run from it, never from our messages."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from casestatus.cases.events import entries, shown_entries
from casestatus.cases.models import EventKind, TimelineEvent
from casestatus.cases.stages import Model
from casestatus.cases.timeline import Entry, position


def stage_notified(
    model: Model, events: Sequence[TimelineEvent], *, stage: str, occurred_on: date
) -> TimelineEvent | None:
    """The event that a formal notice told later is about: the line's entry into `stage` on that day, or, if the line
    stands there since before, its latest one. None when there is neither: then the update is news of its own.

    What is hidden counts only where nothing visible fits: else a victim could tell that there is something hidden.
    """
    for standing in (shown_entries(model, events), entries(model, events)):
        event_id = _entry_notified(standing, stage, occurred_on)
        if event_id is not None:
            return next(event for event in events if event.id == event_id)
    return None


def _entry_notified(standing: Sequence[Entry], stage: str, occurred_on: date) -> UUID | None:
    known = [entry.event_id for entry in standing if (entry.stage.code, entry.rank) == (stage, occurred_on)]
    if known:
        return known[-1]
    now = position(standing)
    stands_there = now is not None and now.stage.code == stage and now.entry.rank <= occurred_on
    return now.entry.event_id if now is not None and stands_there else None


def still_notified(events: Sequence[TimelineEvent], notice: TimelineEvent) -> TimelineEvent:
    """What a formal notice of these events is about by now: its stage event, or the correction that took its place.

    A hidden correction takes no visible event's place. The notice itself where its stage event can't be told.
    """
    about = _about(notice, {event.id: event for event in events})
    unseen_too = about.shown_at is None
    return _latest_correction(about, _corrections(event for event in events if unseen_too or event.shown_at))


def formal_notices(events: Sequence[TimelineEvent]) -> dict[UUID, date]:
    """The day of the formal notice by stage event, read off the events that somebody may see, oldest first.

    The latest one recorded counts. A revealed event's own day stays unsaid: it is a day of the time when it was hidden.
    """
    by_id = {event.id: event for event in events}
    corrections = _corrections(events)
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
        return max(of_stage, key=lambda other: (_was_visible(other, event), other.sequence), default=event)
    return event


def _was_visible(other: TimelineEvent, notice: TimelineEvent) -> bool:
    return other.shown_at is not None and other.shown_at <= notice.received_at


def _corrections(events: Iterable[TimelineEvent]) -> dict[UUID, TimelineEvent]:
    return {event.supersedes_id: event for event in events if event.supersedes_id}


def _is_entry(other: TimelineEvent, notice: TimelineEvent) -> bool:
    """Whether `notice` may tell of `other`: it carries the stage and the day of the event that it is about."""
    same = (other.stage, other.occurred_on) == (notice.stage, notice.occurred_on)
    return same and other.kind is EventKind.STAGE and other.sequence < notice.sequence


def _latest_correction(event: TimelineEvent, corrections: dict[UUID, TimelineEvent]) -> TimelineEvent:
    """A correction that keeps the stage keeps its formal notice."""
    while (correction := corrections.get(event.id)) is not None and correction.stage == event.stage:
        event = correction
    return event
