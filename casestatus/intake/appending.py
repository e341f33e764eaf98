"""One update becomes one event at the end of a line's timeline, linked to what it corrects or reveals."""

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
from casestatus.errors import N_, Conflict, FieldProblem, Unprocessable
from casestatus.intake.case_for import Target
from casestatus.intake.sender import Sender
from casestatus.intake.update import Update


class AlreadySuperseded(Conflict):
    """The event was corrected before."""

    type = "already-superseded"
    title = N_("Ese suceso ya se corrigió.")
    detail = N_("Corrige la última corrección, no el suceso de antes.")


class AlreadyRevealed(Conflict):
    """The event isn't hidden any more."""

    type = "already-revealed"
    title = N_("Ese suceso ya es visible.")
    detail = N_("No hay nada que revelar. No se cambió nada.")


class EventUnknown(Unprocessable):
    """`supersedes` or `reveals` names no event of this source on this line."""

    type = "event-unknown"
    title = N_("Ese suceso no existe en esta línea.")


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


@dataclass(frozen=True)
class _Links:
    superseded: TimelineEvent | None
    revealed: TimelineEvent | None


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
    links = _Links(_superseded(earlier, update, sender), _revealed(earlier, update, sender))
    shown_before = shown_entries(model, earlier)
    hidden = _is_hidden(update, reached, details, links.superseded)
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
    links: _Links,
    *,
    hidden: bool,
    flags: set[Flag],
    keys: KeyRing,
    now: datetime,
) -> TimelineEvent:
    only_reveals = links.revealed is not None and links.revealed.stage == update.stage
    event_id = new_id()
    return TimelineEvent(
        id=event_id,
        proceeding_id=target.proceeding.id,
        kind=EventKind.REVEAL if only_reveals else EventKind.STAGE,
        stage=update.stage,
        details=details.model_dump(mode="json", exclude_none=True, exclude={"to_number"}),
        to_number=_sealed_number(keys, event_id, details),
        occurred_on=update.occurred_on,
        received_at=now,
        shown_on=None if hidden else update.occurred_on,
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


def _sealed_number(keys: KeyRing, event_id: UUID, details: Details) -> bytes | None:
    """Another case's number is a case number like ours: kept sealed, beside the other details."""
    if details.to_number is None:
        return None
    return keys.seal(details.to_number, table="timeline_event", column="to_number", id=event_id)


def _is_hidden(update: Update, reached: Stage, details: Details, superseded: TimelineEvent | None) -> bool:
    """By the sender's wish, by the stage's rule, or because it corrects what is hidden. A reveal never is."""
    if update.reveals is not None:
        return False
    corrects_hidden = superseded is not None and superseded.shown_at is None
    return bool(update.hidden) or hidden_by_rule(reached, details) or corrects_hidden


def _flags(
    update: Update,
    target: Target,
    earlier: Sequence[TimelineEvent],
    links: _Links,
    reached: Stage,
    *,
    hidden: bool,
) -> set[Flag]:
    gone = links.superseded.id if links.superseded else None
    before = position(entry for entry in entries(target.case.model, earlier) if entry.event_id != gone)
    flags = set() if links.revealed else flags_of_move(before, reached, update.occurred_on)
    if update.historical:
        flags.add(Flag.HISTORICAL)
    if hidden and update.hidden is not True:
        flags.add(Flag.HIDDEN_BY_RULE)
    return flags


def _superseded(earlier: Sequence[TimelineEvent], update: Update, sender: Sender) -> TimelineEvent | None:
    event = _named(earlier, update.supersedes, sender, "supersedes")
    if event is not None and any(other.supersedes_id == event.id for other in earlier):
        raise AlreadySuperseded
    return event


def _revealed(earlier: Sequence[TimelineEvent], update: Update, sender: Sender) -> TimelineEvent | None:
    event = _named(earlier, update.reveals, sender, "reveals")
    if event is not None and event.shown_at is not None:
        raise AlreadyRevealed
    return event


def _named(
    earlier: Sequence[TimelineEvent], source_event: str | None, sender: Sender, field: str
) -> TimelineEvent | None:
    """The event of this line that the same source sent under this `source_id`. Raises EventUnknown."""
    if source_event is None:
        return None
    for event in earlier:
        if event.source_id == sender.source_id and event.source_event == source_event:
            return event
    detail = N_("Escribe el source_id de un suceso de esta línea que este mismo sistema mandó.")
    raise EventUnknown(fields=(FieldProblem(field, detail),))
