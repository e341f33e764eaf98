"""One update becomes one event at the end of a line's timeline, linked to what it refers to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from casestatus.cases.details import Details
from casestatus.cases.events import entries, shown_entries
from casestatus.cases.formal_notices import (
    formal_notices,
    hidden_notices_of,
    loses_notice,
    tells_notice,
    unsaid_notices,
    where_notified,
)
from casestatus.cases.hidden_days import days_of_hidden_stages, hidden_days
from casestatus.cases.models import EventKind, TimelineEvent
from casestatus.cases.stages import Stage, hidden_by_rule
from casestatus.cases.timeline import Entry, Flag, flags_of_move, position
from casestatus.crypto import KeyRing
from casestatus.database import new_id
from casestatus.intake.case_for import Target
from casestatus.intake.references import References, references_of
from casestatus.intake.sender import Sender
from casestatus.intake.update import Update


@dataclass(frozen=True, kw_only=True)
class Appended:
    """The new event, and what was to be seen of its line before and after it.

    `superseded` is what it corrects, or what a correction corrects that it reveals. `notified`: victims see the day of
    a formal notice of what they see last; `unsaid`: they don't any more, or not of what this event reveals.
    """

    event: TimelineEvent
    actual: list[Entry]
    shown_before: list[Entry]
    shown: list[Entry]
    superseded: TimelineEvent | None
    notified: bool
    unsaid: bool

    @property
    def newly_shown(self) -> list[Entry]:
        """What can be seen now and could not before, oldest first: this event, what it reveals, or nothing."""
        known = {entry.event_id for entry in self.shown_before}
        return sorted((entry for entry in self.shown if entry.event_id not in known), key=lambda entry: entry.sequence)


def append(
    session: Session,
    update: Update,
    sender: Sender,
    target: Target,
    earlier: Sequence[TimelineEvent],
    *,
    reached: Stage,
    details: Details,
    keys: KeyRing,
    now: datetime,
    today: date,
) -> Appended:
    """Append the event, `today` on the office's calendar. Raises EventUnknown, AlreadySuperseded, AlreadyRevealed."""
    model = target.case.model
    links = references_of(model, earlier, update, sender)
    shown_before = shown_entries(model, earlier)
    hidden = _is_hidden(update, reached, details, links)
    flags = target.flags | _flags(update, target, earlier, links, reached, hidden=hidden)
    event = _event(update, sender, target, details, links, flags=flags, keys=keys, now=now)
    event.shown_at, event.shown_on = (None, None) if hidden else (now, _shown_on(update, links, earlier, today))
    if _repeats_hidden_day(event, links, earlier):
        event.flags = sorted({*event.flags, Flag.FORMAL_NOTICE_UNSAID})
    event.sequence = len(earlier) + 1
    events = [*earlier, event]
    takes_place_of, corrected_unseen = _place_of(links.revealed, earlier)
    said = _reveal(events, links.revealed, corrected_unseen, event) if links.revealed else set()
    shown = shown_entries(model, events)
    loses = loses_notice(model, earlier, event)
    if loses:
        said |= {Flag.FORMAL_NOTICE_UNSAID}
    if links.revealed is not None:
        said |= _out_of_step(shown)
    event.flags = sorted({*event.flags, *said})
    session.add(event)
    session.flush()
    stands_at, notified = where_notified(model, events)
    asks = loses or (Flag.FORMAL_NOTICE_UNSAID in event.flags and event.stage == stands_at)
    return Appended(
        event=event,
        actual=entries(model, events),
        shown_before=shown_before,
        shown=shown,
        superseded=links.superseded or takes_place_of,
        notified=bool(notified),
        unsaid=asks and not notified,
    )


def _reveal(
    events: Sequence[TimelineEvent], revealed: TimelineEvent, unseen: Sequence[TimelineEvent], by: TimelineEvent
) -> set[Flag]:
    """Show an event from now on, and the formal notices told of it meanwhile; what the office should know of those.

    The `unseen` ones that it corrected count as shown, so that what they corrected gives way.
    """
    coming, staying = hidden_notices_of(events, revealed)
    known = bool(staying) or revealed.id in formal_notices(events[:-1])
    out = [revealed, *coming]
    for event in (*out, *unseen):
        event.shown_at, event.shown_on = by.shown_at, by.shown_on
    dated = {event.id for event in out if event.formal_notice_on is not None}
    said = dated - unsaid_notices(events)
    told = tells_notice(by) or bool(said)
    checks = {Flag.FORMAL_NOTICE_SHOWN: bool(said), Flag.FORMAL_NOTICE_UNSAID: (known or bool(dated)) and not told}
    return {flag for flag, holds in checks.items() if holds}


def _place_of(
    revealed: TimelineEvent | None, earlier: Sequence[TimelineEvent]
) -> tuple[TimelineEvent | None, list[TimelineEvent]]:
    """The visible event that a hidden correction takes the place of once revealed, and the hidden ones in between."""
    by_id, between = {event.id: event for event in earlier}, list[TimelineEvent]()
    before = by_id.get(revealed.supersedes_id) if revealed and revealed.supersedes_id else None
    while before is not None and before.shown_at is None:
        between.append(before)
        before = by_id.get(before.supersedes_id) if before.supersedes_id else None
    return before, between if before else []


def _out_of_step(shown: Sequence[Entry]) -> set[Flag]:
    """Whether a victim now sees the line stand elsewhere than at what happened last of all that she may see.

    Where a revealed event belongs is read off the model, never off its hidden day: the office may have to tell the
    present stage once more.
    """
    latest, stands = max(shown, key=lambda entry: (entry.happened_on, entry.sequence)), position(shown)
    return {Flag.SHOWN_DIFFERS} if stands is not None and stands.stage != latest.stage else set()


def _event(
    update: Update,
    sender: Sender,
    target: Target,
    details: Details,
    links: References,
    *,
    flags: set[Flag],
    keys: KeyRing,
    now: datetime,
) -> TimelineEvent:
    event_id = new_id()
    occurred_on = links.notified.occurred_on if links.notified else update.occurred_on
    return TimelineEvent(
        id=event_id,
        proceeding_id=target.proceeding.id,
        kind=_kind(update, links),
        stage=update.stage,
        details=details.model_dump(mode="json", exclude_none=True, exclude={"to_number"}),
        to_number=_sealed_number(keys, event_id, details),
        occurred_on=occurred_on,
        received_at=now,
        formal_notice_on=update.formal_notice_on,
        source_id=sender.source_id,
        source_event=update.source_id,
        digest=update.digest(),
        flags=sorted(flags),
        historical=update.historical,
        created_case=target.created,
        notices_queued=0,
        supersedes_id=links.superseded.id if links.superseded else None,
        reveals_id=links.revealed.id if links.revealed else None,
    )


def _shown_on(update: Update, links: References, earlier: Sequence[TimelineEvent], today: date) -> date | None:
    """The day for victims. What was revealed keeps the day of its reveal: a correction mustn't tell the hidden one.

    A reveal that repeats a hidden day is told by the day on which it came.
    """
    if links.notified is not None:
        return links.notified.shown_on
    if links.revealed is not None:
        repeats = update.occurred_on in days_of_hidden_stages(earlier)
        return max(today, update.occurred_on) if repeats else update.occurred_on
    return max(links.known_since or update.occurred_on, update.occurred_on)


def _repeats_hidden_day(event: TimelineEvent, links: References, earlier: Sequence[TimelineEvent]) -> bool:
    """Whether a reveal, or what is told once more of what was hidden, brings a day that was hidden as a formal notice.

    An export repeats all that it knows. Whoever means to tell that day tells it by itself.
    """
    day, shown_on = event.formal_notice_on, event.shown_on
    if day is None or shown_on is None or day >= shown_on or event.kind is EventKind.FORMAL_NOTICE:
        return False
    if links.revealed is None and links.known_since is None:
        return False
    reveals_notice = links.revealed is not None and links.revealed.kind is EventKind.FORMAL_NOTICE
    hidden = days_of_hidden_stages(earlier) if reveals_notice else hidden_days(earlier)
    told = formal_notices([other for other in earlier if other.shown_at is not None])
    return day in hidden.difference(*told.values())


def _kind(update: Update, links: References) -> EventKind:
    if links.notified is not None:
        return EventKind.FORMAL_NOTICE
    only_reveals = links.revealed is not None and links.revealed.stage == update.stage
    return EventKind.REVEAL if only_reveals else EventKind.STAGE


def _sealed_number(keys: KeyRing, event_id: UUID, details: Details) -> bytes | None:
    """Another case's number is a case number like ours: kept sealed, beside the other details."""
    if details.to_number is None:
        return None
    return keys.seal(details.to_number, table="timeline_event", column="to_number", id=event_id)


def _is_hidden(update: Update, reached: Stage, details: Details, links: References) -> bool:
    """By the sender's wish, by the stage's rule, or because it is about what is hidden. A reveal never is."""
    if update.reveals is not None:
        return False
    corrects_hidden = links.superseded is not None and links.superseded.shown_at is None
    if links.notified is not None:
        stays_hidden = corrects_hidden and update.hidden is not False
        return bool(update.hidden) or stays_hidden or links.notified.shown_at is None
    return bool(update.hidden) or hidden_by_rule(reached, details) or corrects_hidden


def _flags(
    update: Update,
    target: Target,
    earlier: Sequence[TimelineEvent],
    links: References,
    reached: Stage,
    *,
    hidden: bool,
) -> set[Flag]:
    gone = links.superseded.id if links.superseded else None
    before = position(entry for entry in entries(target.case.model, earlier) if entry.event_id != gone)
    flags = set() if links.revealed or links.notified else flags_of_move(before, reached, update.occurred_on)
    if update.historical:
        flags.add(Flag.HISTORICAL)
    if hidden and update.hidden is not True:
        flags.add(Flag.HIDDEN_BY_RULE)
    return flags
