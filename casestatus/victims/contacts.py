"""The channels that a victim called safe, as she may see them: never a whole address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from casestatus.offices.models import Office
from casestatus.victims.her_office import office_of_victim
from casestatus.victims.models import Channel, Contact
from casestatus.victims.reconfirming import wants_confirming


class ContactState(StrEnum):
    """Whether notices may go there."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
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
    hours: str | None
    time_zone: str
    usable_from: datetime | None
    reconfirm_by: date | None
    in_person: bool


CONTACTS = (
    select(
        Contact.id,
        Contact.channel,
        Contact.ending,
        Contact.confirmed_at,
        Contact.confirmed_in_person,
        Contact.usable_from,
        Contact.reconfirm_by,
        Contact.stopped_at,
        Contact.hours,
        Contact.time_zone,
    )
    .where(Contact.removed_at.is_(None), Contact.safe)
    .order_by(Contact.created_at, Contact.id)
)


def contacts_of_victim(session: Session, victim_id: UUID, *, now: datetime) -> Sequence[ContactOfHers]:
    """Her contacts, the oldest first."""
    rows = session.execute(CONTACTS.where(Contact.victim_id == victim_id))
    return [
        ContactOfHers(
            row.id,
            row.channel,
            row.ending,
            _state(row, now),
            row.hours,
            row.time_zone,
            row.usable_from,
            row.reconfirm_by,
            row.confirmed_in_person,
        )
        for row in rows
    ]


def _state(row: Row[*tuple[Any, ...]], now: datetime) -> ContactState:
    """Of an address that she never confirmed it isn't told that somebody stopped it."""
    if row.confirmed_at is None:
        return ContactState.TO_BE_CONFIRMED
    if row.stopped_at is not None:
        return ContactState.STOPPED
    if wants_confirming(row.reconfirm_by, row.time_zone, now):
        return ContactState.CONFIRM_AGAIN
    waits = row.usable_from is not None and now < row.usable_from
    return ContactState.WAITING if waits else ContactState.CONFIRMED


def zone_of_office(session: Session, victim_id: UUID) -> str:
    """The clock of the office that she turns to: hers too, unless she says otherwise."""
    return session.get_one(Office, office_of_victim(session, victim_id)).time_zone
