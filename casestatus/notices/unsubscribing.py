"""Stop by e-mail: whoever has one of our messages can end them all for its address, and nothing else."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing, Unsealable, token_hash
from casestatus.database import new_id
from casestatus.notices.incoming import Incoming
from casestatus.notices.models import DeliveryAttempt
from casestatus.settings import Settings
from casestatus.victims.addresses import address_keys
from casestatus.victims.models import Channel, Contact


def is_ours(session: Session, token: str) -> bool:
    """Whether there is anything to stop: whoever sends other tokens gets no lock to hold."""
    return session.scalar(select(DeliveryAttempt.id).where(_of_token(token))) is not None


def unsubscribe(session: Session, token: str, *, keys: KeyRing, settings: Settings, now: datetime) -> None:
    """As STOP by SMS: it holds for the address over every access that uses it. An unknown token does nothing."""
    attempt = session.scalars(select(DeliveryAttempt).where(_of_token(token)).with_for_update()).one_or_none()
    if attempt is None:
        return
    contact = session.get_one(Contact, attempt.contact_id)
    incoming = Incoming(session, keys, now=now, settings=settings)
    incoming.stop(_hashes(contact, keys), Channel.EMAIL, str(new_id()))


def _of_token(token: str) -> ColumnElement[bool]:
    return DeliveryAttempt.unsubscribe_hash == token_hash(token)


def _hashes(contact: Contact, keys: KeyRing) -> Sequence[bytes]:
    """Every hash of its address; an address that can't be read any more has the one that it is kept under."""
    try:
        address = keys.unseal(contact.address, table="contact", column="address", id=contact.id)
    except Unsealable:
        return [contact.address_key]
    return [*{contact.address_key, *address_keys(keys, contact.channel.value, address)}]
