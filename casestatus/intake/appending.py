"""One update becomes one event at the end of a line's timeline, linked to what it refers to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from casestatus.cases.details import Details
from casestatus.cases.events import entries, shown_entries
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
    """The new event, and what was to be seen of its line before and after it."""

    event: TimelineEvent
    actual: list[Entry]
    shown_before: list[Entry]
    shown: list[Entry]
    superseded: TimelineEvent | None

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
) -> Appended:
    """Append the event. Raises EventUnknown, AlreadySuperseded, AlreadyRevealed."""
    model = target.case.model
    links = references_of(model, earlier, update, sender)
    shown_before = shown_entries(model, earlier)
    hidden = _is_hidden(update, reached, details, links)
    flags = target.flags | _flags(update, target, earlier, links, reached, hidden=hidden)
    event = _event(update, sender, target, details, links, hidden=hidden, flags=flags, keys=keys, now=now)
    event.sequence = len(earlier) + 1
    if links.revealed is not None:
        links.revealed.shown_at, links.revealed.shown_on = now, update.occurred_on
    session.add(event)
    session.flush()
    events = [*earlier, event]
    return Appended(
        event=event,
        actual=entries(model, events),
        shown_before=shown_before,
        shown=shown_entries(model, events),
        superseded=links.superseded,
    )


def _event(
    update: Update,
    sender: Sender,
    target: Target,
    details: Details,
    links: References,
    *,
    hidden: bool,
    flags: set[Flag],
    keys: KeyRing,
    now: datetime,
) -> TimelineEvent:
    event_id = new_id()
    occurred_on = links.notified.occurred_on if links.notified else update.occurred_on
    shown_on = links.notified.shown_on if links.notified else update.occurred_on
    return TimelineEvent(
        id=event_id,
        proceeding_id=target.proceeding.id,
        kind=_kind(update, links),
        stage=update.stage,
        details=details.model_dump(mode="json", exclude_none=True, exclude={"to_number"}),
        to_number=_sealed_number(keys, event_id, details),
        occurred_on=occurred_on,
        received_at=now,
        shown_on=None if hidden else shown_on,
        shown_at=None if hidden else now,
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
    if links.notified is not None:
        return bool(update.hidden) or links.notified.shown_at is None
    corrects_hidden = links.superseded is not None and links.superseded.shown_at is None
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
