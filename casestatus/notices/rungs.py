"""Victims' contacts as the ladder sees them, in the order in which they are tried."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Update, and_, or_, select, update
from sqlalchemy.orm import Session

from casestatus.database.prepared import Row
from casestatus.notices.hours import Hours
from casestatus.notices.ladder import Rung
from casestatus.victims.models import Contact
from casestatus.victims.reconfirming import day_there


def hours_of(contact: Contact | Row, notice_hours: str) -> Hours:
    """When it may be written to: in its own hours, else in the service's (`09:00-20:00`), on the clock of its zone."""
    return Hours.read(contact.hours or notice_hours, contact.time_zone)


def rung_of(contact: Contact | Row) -> Rung:
    """A contact as the rules see it."""
    return Rung(
        contact_id=contact.id,
        channel=contact.channel,
        safe=contact.safe,
        confirmed=contact.confirmed_at is not None,
        in_person=contact.confirmed_in_person,
        stopped=contact.stopped_at is not None,
        reconfirm_by=contact.reconfirm_by,
        usable_from=contact.usable_from,
        removed=contact.removed_at is not None,
        time_zone=contact.time_zone,
    )


def contacts_of(session: Session, victim_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Contact]]:
    """Each victim's contacts that were not removed: those confirmed in person first, then the oldest."""
    found: dict[UUID, list[Contact]] = defaultdict(list)
    in_order = select(Contact).where(Contact.victim_id.in_(victim_ids), Contact.removed_at.is_(None))
    for contact in session.scalars(in_order.order_by(Contact.confirmed_in_person.desc(), Contact.id)):
        found[contact.victim_id].append(contact)
    return found


def stop_address(session: Session, address_key: bytes, now: datetime) -> None:
    """She said stop: it holds for the address, over every access that uses it."""
    open_ones = and_(Contact.address_key == address_key, Contact.stopped_at.is_(None))
    session.execute(_each(session, open_ones).values(stopped_at=now))


def reopen_address(session: Session, address_key: bytes) -> None:
    """She took her stop back: for the address, over every access that uses it."""
    stopped = and_(Contact.address_key == address_key, Contact.stopped_at.is_not(None))
    session.execute(_each(session, stopped).values(stopped_at=None))


def ask_to_confirm_again(session: Session, contact: Contact, now: datetime) -> None:
    """Nothing more goes there until she confirms it again: the number may be somebody else's by now.

    It then is for every access that confirmed it. An address that was never confirmed says nothing of anybody's: else
    whoever has an access could end the messages to any number.
    """
    itself = Contact.id == contact.id
    same = and_(Contact.address_key == contact.address_key, Contact.confirmed_at.is_not(None))
    concerned = itself if contact.confirmed_at is None else or_(itself, same)
    zones: dict[str, list[UUID]] = defaultdict(list)
    for contact_id, zone in _held(session, concerned):
        zones[zone].append(contact_id)
    for zone, ids in zones.items():
        session.execute(update(Contact).where(Contact.id.in_(ids)).values(reconfirm_by=day_there(now, zone)))


def _each(session: Session, concerned: ColumnElement[bool]) -> Update:
    """An update of these contacts, each held."""
    return update(Contact).where(Contact.id.in_([contact_id for contact_id, _ in _held(session, concerned)]))


def _held(session: Session, concerned: ColumnElement[bool]) -> Sequence[tuple[UUID, str]]:
    """These contacts' ids and zones, held in an order of their own, so that two never wait for each other.

    Held as an update holds them (`key_share`): PostgreSQL checks an attempt's contact again when the attempt is written
    twice, and whoever did so isn't waited for.
    """
    in_order = select(Contact.id, Contact.time_zone).where(concerned).order_by(Contact.id)
    return [(row.id, row.time_zone) for row in session.execute(in_order.with_for_update(key_share=True))]
