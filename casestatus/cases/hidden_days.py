"""The days of what a line hides, or hid once: nothing that a victim sees repeats them."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from casestatus.cases.events import revealed_events
from casestatus.cases.models import EventKind, TimelineEvent


def hidden_days(events: Sequence[TimelineEvent]) -> set[date]:
    """When it happened, and when somebody was formally notified of it, of events in the order in which they came."""
    days = [(event.occurred_on, event.formal_notice_on) for event in _once_hidden(events)]
    return {day for pair in days for day in pair if day is not None}


def days_of_hidden_stages(events: Sequence[TimelineEvent]) -> set[date]:
    """When it happened: all that a formal notice which is revealed by itself still mustn't tell."""
    return {event.occurred_on for event in _once_hidden(events)}


def told_by_reveal(events: Sequence[TimelineEvent]) -> dict[UUID, date]:
    """The events that victims see by the day of a reveal, and that day: what was hidden, and what corrects it since."""
    revealed, told = revealed_events(events), dict[UUID, date]()
    for event in events:
        if event.shown_on is None or event.kind is not EventKind.STAGE:
            continue
        corrects_one = event.supersedes_id in told
        if event.id in revealed or corrects_one or event.shown_on != event.occurred_on:
            told[event.id] = event.shown_on
    return told


def day_of_reveal(
    events: Sequence[TimelineEvent], told: Mapping[UUID, date], *, stage: str, occurred_on: date
) -> date | None:
    """The day by which victims know this stage of that day, where it was hidden once; None where it wasn't."""
    same = (event for event in events if event.id in told and (event.stage, event.occurred_on) == (stage, occurred_on))
    return max((told[event.id] for event in same), default=None)


def _once_hidden(events: Sequence[TimelineEvent]) -> list[TimelineEvent]:
    revealed = revealed_events(events)
    return [event for event in events if event.shown_at != event.received_at or event.id in revealed]
