"""A contact that she adds herself: read from what she typed, and kept unconfirmed until its code comes back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.database import new_id
from casestatus.errors import N_, Conflict, FieldProblem, Unprocessable
from casestatus.victims.addresses import address_key, address_keys, hold_address, stopped_at
from casestatus.victims.emails import EmailUnusable, ending_of_email, normal_email
from casestatus.victims.models import Channel, Contact
from casestatus.victims.phones import PhoneUnusable, normal_phone


class ContactUnusable(Unprocessable):
    """422: neither a number that takes SMS nor an e-mail address. It never says more."""

    type = "contact-unusable"
    title = N_("Ese número o correo no se puede usar.")
    detail = N_("Ese número o correo no se puede usar. Revísalo o escribe otro.")


class TooManyContacts(Conflict):
    """409: an access has only so many contacts."""

    type = "too-many-contacts"
    title = N_("Ya tienes muchos contactos.")
    detail = N_("Quita uno para agregar otro.")


@dataclass(frozen=True)
class Address:
    """A normalised address, and the two signs of it that she may be shown."""

    channel: Channel
    text: str
    ending: str


@dataclass(frozen=True)
class SafeHours:
    """When and on which clock it may be written to; no hours of its own mean those of the service."""

    hours: str | None
    time_zone: str


def read_address(text: str, channel: Channel | None = None) -> Address:
    """What she typed, as the channel that it looks like unless she named one. Raises ContactUnusable."""
    named = channel or (Channel.EMAIL if "@" in text else Channel.SMS)
    try:
        if named is Channel.EMAIL:
            email = normal_email(text)
            return Address(named, email, ending_of_email(email))
        phone = normal_phone(text)
        return Address(named, phone, phone[-2:])
    except (PhoneUnusable, EmailUnusable):
        raise ContactUnusable(fields=(FieldProblem("address", ContactUnusable.detail),)) from None


def keep_contact(
    session: Session, victim_id: UUID, address: Address, when: SafeHours, *, most: int, keys: KeyRing, now: datetime
) -> Contact:
    """Her contact with this address, to be confirmed by a code unless it was before. Raises TooManyContacts.

    One that was removed or not safe begins anew. What was said from the address (stop) still holds.
    """
    hashes = address_keys(keys, address.channel, address.text)
    hold_address(session, *hashes)
    mine = (
        select(Contact)
        .where(Contact.victim_id == victim_id, Contact.address_key.in_(hashes))
        .with_for_update(key_share=True)
    )
    known = session.scalars(mine).first()
    if known is not None and known.safe and known.removed_at is None:
        return known
    _refuse_too_many(session, victim_id, most)
    contact = known or _new(victim_id, address, keys=keys, now=now)
    contact.safe, contact.removed_at = True, None
    contact.confirmed_at, contact.confirmed_in_person, contact.reconfirm_by = None, False, None
    contact.hours, contact.time_zone = when.hours, when.time_zone
    contact.usable_from = now
    contact.stopped_at = stopped_at(session, *hashes)
    contact.code_word = _code_word_of_hers(session, victim_id, contact.id, keys=keys)
    session.add(contact)
    session.flush()
    return contact


def live_contacts(session: Session, victim_id: UUID) -> list[Contact]:
    """Her contacts that she calls safe and didn't remove, the oldest first."""
    hers = (Contact.victim_id == victim_id, Contact.safe, Contact.removed_at.is_(None))
    return list(session.scalars(select(Contact).where(*hers).order_by(Contact.created_at, Contact.id)))


def _refuse_too_many(session: Session, victim_id: UUID, most: int) -> None:
    live = (Contact.victim_id == victim_id, Contact.safe, Contact.removed_at.is_(None))
    if session.scalars(select(func.count()).select_from(Contact).where(*live)).one() >= most:
        raise TooManyContacts


def _new(victim_id: UUID, address: Address, *, keys: KeyRing, now: datetime) -> Contact:
    contact_id = new_id()
    return Contact(
        id=contact_id,
        victim_id=victim_id,
        channel=address.channel,
        address=keys.seal(address.text, table="contact", column="address", id=contact_id),
        address_key=address_key(keys, address.channel, address.text),
        ending=address.ending,
        created_at=now,
    )


def _code_word_of_hers(session: Session, victim_id: UUID, contact_id: UUID, *, keys: KeyRing) -> bytes | None:
    """The code word that her other contacts carry, sealed for this one."""
    for other in live_contacts(session, victim_id):
        if other.code_word is not None:
            word = keys.unseal(other.code_word, table="contact", column="code_word", id=other.id)
            return keys.seal(word, table="contact", column="code_word", id=contact_id)
    return None
