"""Which formal notice (*notificación formal*) counts for a stage: time limits run from it, never from our messages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import takewhile
from uuid import UUID

from casestatus.cases.events import entries, revealed_events, shown_entries
from casestatus.cases.models import EventKind, TimelineEvent
from casestatus.cases.stages import Model
from casestatus.cases.timeline import Entry, Flag, position, steps


def stage_notified(
    model: Model, events: Sequence[TimelineEvent], *, stage: str, occurred_on: date
) -> TimelineEvent | None:
    """The event that a formal notice told later is about: the line's entry into `stage` on that day, or, if the line
    stands there since before, its latest one. None when there is neither: then the update is news of its own.

    The day decides before where the line stands: the notice of a hidden decision isn't told as that of a visible one.
    What is hidden counts only where nothing visible fits as well, else a victim could tell that there is something.
    """
    seen, happened = shown_entries(model, events), entries(model, events)
    of_day = (_entered_on(seen, stage, occurred_on), _entered_on(happened, stage, occurred_on))
    standing = (_stands_there(seen, stage, occurred_on), _stands_there(happened, stage, occurred_on))
    found = next((event_id for event_id in (*of_day, *standing) if event_id is not None), None)
    return next((event for event in events if event.id == found), None)


def _entered_on(entries: Sequence[Entry], stage: str, occurred_on: date) -> UUID | None:
    known = [entry.event_id for entry in entries if entry.stage.code == stage and occurred_on in _days_of(entry)]
    return known[-1] if known else None


def _stands_there(entries: Sequence[Entry], stage: str, occurred_on: date) -> UUID | None:
    now = position(entries)
    stands_there = now is not None and now.stage.code == stage and now.entry.happened_on <= occurred_on
    return now.entry.event_id if now is not None and stands_there else None


def _days_of(entry: Entry) -> set[date]:
    """The days by which an office may call an entry: its own, or the one on which it was revealed."""
    return {entry.happened_on, entry.on}


def still_notified(events: Sequence[TimelineEvent], notice: TimelineEvent) -> TimelineEvent:
    """What a formal notice of these events is about by now: its stage event, or the correction that took its place.

    A hidden correction takes no visible event's place. The notice itself where its stage event can't be told.
    """
    about = _about(notice, {event.id: event for event in events})
    unseen_too = about.shown_at is None
    return _latest_correction(about, _corrections(event for event in events if unseen_too or event.shown_at))


def formal_notices(events: Sequence[TimelineEvent]) -> dict[UUID, tuple[date, ...]]:
    """The days of the formal notices by stage event, the earliest first, read off the events that somebody may see.

    Victims are notified one by one. One of a day before the decision, as that is told by now, isn't of it.
    """
    by_id = {event.id: event for event in events}
    corrections, unsaid = _corrections(events), unsaid_notices(events)
    found: dict[UUID, set[date]] = {}
    for event in events:
        if not tells_notice(event) or event.id in unsaid or _is_replaced(event, corrections):
            continue
        about = _latest_correction(_about(event, by_id), corrections)
        day = event.formal_notice_on
        if day is not None and day >= about.occurred_on:
            found.setdefault(about.id, set()).add(day)
    return {event_id: tuple(sorted(days)) for event_id, days in found.items()}


def tells_notice(event: TimelineEvent) -> bool:
    """Whether the event tells the day of a formal notice. One that repeats a hidden day was flagged, and doesn't."""
    alone = event.kind is EventKind.FORMAL_NOTICE
    return event.formal_notice_on is not None and (alone or Flag.FORMAL_NOTICE_UNSAID not in event.flags)


def notices_of_latest(steps: Sequence[Entry], notices: Mapping[UUID, Sequence[date]]) -> tuple[date, ...]:
    """The days of the formal notices of what a line's steps, oldest first, tell last; none while none is known.

    The same told once more of the same day is the same decision; of another day it is another one, with its own notice.
    """
    latest = steps[-1]
    same = takewhile(lambda entry: (entry.stage.code, entry.on) == (latest.stage.code, latest.on), reversed(steps))
    return tuple(sorted({day for entry in same for day in notices.get(entry.event_id, ())}))


def loses_notice(model: Model, earlier: Sequence[TimelineEvent], event: TimelineEvent) -> bool:
    """Whether a visible event leaves the stage where victims see the line stand without the formal notice it had.

    It had it before the event, or before the corrections that this one takes back.
    """
    if event.kind is not EventKind.STAGE or event.shown_at is None:
        return False
    stage, notified = where_notified(model, [*earlier, event])
    if notified or stage is None:
        return False
    had = (where_notified(model, earlier[:count]) for count in _before_corrections(earlier, event))
    return any(each_stage == stage and each_notified for each_stage, each_notified in had)


def _before_corrections(earlier: Sequence[TimelineEvent], event: TimelineEvent) -> Iterator[int]:
    """How many events there were before this one, and before each of those that it corrects in turn."""
    by_id = {each.id: each for each in earlier}
    corrects: TimelineEvent | None = event
    while corrects is not None:
        yield corrects.sequence - 1
        corrects = by_id.get(corrects.supersedes_id) if corrects.supersedes_id else None


def where_notified(model: Model, events: Sequence[TimelineEvent]) -> tuple[str | None, tuple[date, ...]]:
    """The stage where victims see the line stand, and the days of the formal notices of what tells it last."""
    shown = steps(shown_entries(model, events))
    if not shown:
        return None, ()
    notices = formal_notices([event for event in events if event.shown_at is not None])
    return shown[-1].stage.code, notices_of_latest(shown, notices)


def unsaid_notices(events: Sequence[TimelineEvent]) -> set[UUID]:
    """The formal notices that came out with a reveal, but are of the time that was hidden: their days aren't told.

    Told with the reveal or after it, a day is no secret of that time. Neither is one that the office reveals by itself,
    but for the very day on which what it tells happened.
    """
    by_id, revealed = {event.id: event for event in events}, revealed_events(events)
    told_at = {event.reveals_id: event.sequence for event in events if event.reveals_id is not None}
    unsaid = set()
    for event in events:
        about = _about(event, by_id)
        alone = event.kind is EventKind.FORMAL_NOTICE and event.id in told_at
        hidden_then = event.sequence < told_at.get(about.id, 0)
        secret = _of_hidden_day(event, about) if alone else hidden_then and _before_reveal(event)
        if secret and about.id in revealed:
            unsaid.add(event.id)
    return unsaid


def _of_hidden_day(notice: TimelineEvent, about: TimelineEvent) -> bool:
    return notice.formal_notice_on in {about.occurred_on, notice.occurred_on}


def _before_reveal(event: TimelineEvent) -> bool:
    notified_on, shown_on = event.formal_notice_on, event.shown_on
    return notified_on is not None and shown_on is not None and notified_on < shown_on


def hidden_notices_of(
    events: Sequence[TimelineEvent], stage_event: TimelineEvent
) -> tuple[list[TimelineEvent], list[TimelineEvent]]:
    """The hidden formal notices of a hidden stage event: those that its reveal brings along, and days that it doesn't.

    What nobody asked to hide was hidden for the stage's sake only, and comes out with it.
    """
    by_id, corrections = {event.id: event for event in events}, _corrections(events)
    hidden = [
        event
        for event in events
        if event.kind is EventKind.FORMAL_NOTICE and event.shown_at is None and event.id not in corrections
    ]
    of_stage = [each for each in hidden if still_notified(events, each).id == stage_event.id]
    coming = [each for each in of_stage if _hidden_by_rule(each, by_id)]
    return coming, [each for each in of_stage if each not in coming and each.formal_notice_on is not None]


def _hidden_by_rule(event: TimelineEvent, by_id: dict[UUID, TimelineEvent]) -> bool:
    corrected = by_id.get(event.supersedes_id) if event.supersedes_id else None
    by_rule = Flag.HIDDEN_BY_RULE in event.flags
    return by_rule and (corrected is None or corrected.shown_at is not None or _hidden_by_rule(corrected, by_id))


def _about(event: TimelineEvent, by_id: dict[UUID, TimelineEvent]) -> TimelineEvent:
    if event.kind is EventKind.REVEAL and event.reveals_id in by_id:
        return _about(by_id[event.reveals_id], by_id)
    if event.kind is EventKind.FORMAL_NOTICE:
        of_stage = [other for other in by_id.values() if _is_entry(other, event) or _came_out_with(other, event)]
        return max(of_stage, key=lambda other: (_was_visible(other, event), other.sequence), default=event)
    return event


def _was_visible(other: TimelineEvent, notice: TimelineEvent) -> bool:
    return other.shown_at is not None and other.shown_at <= notice.received_at


def _corrections(events: Iterable[TimelineEvent]) -> dict[UUID, TimelineEvent]:
    return {event.supersedes_id: event for event in events if event.supersedes_id}


def _is_replaced(event: TimelineEvent, corrections: Mapping[UUID, TimelineEvent]) -> bool:
    """Whether a later event tells another formal notice in its place, or takes it back.

    A correction of the stage that says nothing of a notice leaves the one that came with it.
    """
    correction = corrections.get(event.id)
    if correction is None:
        return False
    keeps = event.kind is not EventKind.FORMAL_NOTICE and correction.stage == event.stage
    return not keeps or correction.formal_notice_on is not None or _is_replaced(correction, corrections)


def _is_entry(other: TimelineEvent, notice: TimelineEvent) -> bool:
    """Whether `notice` may tell of `other`: it carries the stage and the day of the event that it is about."""
    same = (other.stage, other.occurred_on) == (notice.stage, notice.occurred_on)
    return same and other.kind is EventKind.STAGE and other.sequence < notice.sequence


def _came_out_with(other: TimelineEvent, notice: TimelineEvent) -> bool:
    """Whether a reveal of `other` brought `notice` along: of a day that was corrected meanwhile, perhaps."""
    together = notice.shown_at is not None and notice.shown_at == other.shown_at != other.received_at
    return together and other.kind is EventKind.STAGE and other.stage == notice.stage


def _latest_correction(event: TimelineEvent, corrections: dict[UUID, TimelineEvent]) -> TimelineEvent:
    """A correction that keeps the stage keeps its formal notice."""
    while (correction := corrections.get(event.id)) is not None and correction.stage == event.stage:
        event = correction
    return event
