"""A proceeding's events as the office sees them, and as a victim does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.details import Details
from casestatus.cases.models import EventKind, TimelineEvent
from casestatus.cases.stages import Model, stage
from casestatus.cases.timeline import Entry
from casestatus.crypto import KeyRing

WESTMOST = timezone(timedelta(hours=-8))  # of the country: a hearing that is still to come there is so everywhere


def events_of(session: Session, proceeding_id: UUID) -> Sequence[TimelineEvent]:
    """All events of a proceeding in the order in which they came."""
    by_proceeding = TimelineEvent.proceeding_id == proceeding_id
    return session.scalars(select(TimelineEvent).where(by_proceeding).order_by(TimelineEvent.sequence)).all()


def entries(model: Model, events: Sequence[TimelineEvent]) -> list[Entry]:
    """What really happened: every stage event that no later one corrects, on its own day."""
    corrected = {event.supersedes_id for event in events}
    return [
        Entry(
            event_id=event.id,
            sequence=event.sequence,
            stage=stage(model, event.stage),
            details=Details.model_validate(event.details),
            happened_on=event.occurred_on,
            on=event.occurred_on,
            received_at=event.received_at,
            corrects=event.supersedes_id is not None,
        )
        for event in events
        if event.kind is EventKind.STAGE and event.id not in corrected
    ]


def shown_entries(model: Model, events: Sequence[TimelineEvent]) -> list[Entry]:
    """What a victim may see of it. A correction that is hidden itself changes nothing of what she sees.

    One that takes the place of what she never saw is no correction to her.
    """
    visible = [event for event in events if event.shown_at is not None]
    told_with = {event.reveals_id: event.details for event in visible if event.kind is EventKind.REVEAL}
    seen, corrected = {event.id for event in visible}, {event.supersedes_id for event in visible}
    revealed = revealed_events(visible)
    return [
        Entry(
            event_id=event.id,
            sequence=event.sequence,
            stage=stage(model, event.stage),
            details=_details(event, told_with.get(event.id, {}), revealed=event.id in revealed),
            happened_on=event.occurred_on,
            on=event.shown_on or event.occurred_on,
            received_at=event.shown_at or event.received_at,
            corrects=event.supersedes_id in seen,
            revealed=event.id in revealed,
        )
        for event in visible
        if event.kind is EventKind.STAGE and event.id not in corrected
    ]


@dataclass(frozen=True)
class ToldNumber:
    """A number under which a line goes on, sealed, and the event that it is sealed for."""

    sealed_for: UUID
    sealed: bytes


def numbers_told(events: Sequence[TimelineEvent]) -> Mapping[UUID, ToldNumber]:
    """The number that each stage event tells; one that came with its reveal before its own, as with all details."""
    told = {event.id: ToldNumber(event.id, event.to_number) for event in events if event.to_number is not None}
    reveals = {event.id: event.reveals_id for event in events if event.kind is EventKind.REVEAL}
    return told | {about: told[by] for by, about in reveals.items() if about is not None and by in told}


def unsealed(told: ToldNumber, keys: KeyRing) -> str:
    """The number as the office wrote it."""
    return keys.unseal(told.sealed, table="timeline_event", column="to_number", id=told.sealed_for)


def revealed_events(events: Sequence[TimelineEvent]) -> set[UUID]:
    """Of events in the order in which they came: those that were hidden once, and what took their place since."""
    revealed = {event.reveals_id for event in events if event.reveals_id is not None}
    for event in events:
        if event.supersedes_id in revealed:
            revealed.add(event.id)
    return revealed


def _details(event: TimelineEvent, told_with_reveal: Mapping[str, object], *, revealed: bool) -> Details:
    """An event's details, those told with its reveal before its own.

    Of a revealed one without the days that passed while it was hidden: they would tell when it happened.
    """
    details, shown_on = Details.model_validate({**event.details, **told_with_reveal}), event.shown_on
    if not revealed or shown_on is None:
        return details
    hearing_on = details.hearing_at.astimezone(WESTMOST).date() if details.hearing_at else None
    return details.model_copy(
        update={
            "hearing_at": details.hearing_at if hearing_on and hearing_on >= shown_on else None,
            "deadline_on": details.deadline_on if details.deadline_on and details.deadline_on >= shown_on else None,
        }
    )
