"""The channels that a victim called safe, as she may see them: never a whole address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from casestatus.victims.models import Channel, Contact


class ContactState(StrEnum):
    """Whether notices may go there."""

    CONFIRMED = "confirmed"
    TO_BE_CONFIRMED = "to_be_confirmed"
    CONFIRM_AGAIN = "confirm_again"
    STOPPED = "stopped"


@dataclass(frozen=True)
class ContactOfHers:
    """A contact, with the last two signs of its address."""

    id: UUID
    channel: Channel
    ending: str
    state: ContactState


CONTACTS = (
    select(Contact.id, Contact.channel, Contact.ending, Contact.confirmed_at, Contact.reconfirm_by, Contact.stopped_at)
    .where(Contact.removed_at.is_(None), Contact.safe)
    .order_by(Contact.created_at, Contact.id)
)


def contacts_of_victim(session: Session, victim_id: UUID, *, now: datetime) -> Sequence[ContactOfHers]:
    """Her contacts, the oldest first."""
    rows = session.execute(CONTACTS.where(Contact.victim_id == victim_id))
    return [ContactOfHers(row.id, row.channel, row.ending, _state(row, now)) for row in rows]


def _state(row: Row[*tuple[Any, ...]], now: datetime) -> ContactState:
    if row.stopped_at is not None:
        return ContactState.STOPPED
    if row.confirmed_at is None:
        return ContactState.TO_BE_CONFIRMED
    again = row.reconfirm_by is not None and row.reconfirm_by <= now.date()
    return ContactState.CONFIRM_AGAIN if again else ContactState.CONFIRMED
