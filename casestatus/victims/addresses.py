"""Under which keyed hash a contact's address is found, whoever uses it, and what was said from there."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.database import hold
from casestatus.victims.models import Contact

KIND, CHANNEL_OF_TELEPHONES = "contact", "sms"


def address_key(keys: KeyRing, channel: str, address: str) -> bytes:
    """32 bytes, alike for every access that uses this normalised address."""
    return keys.lookup(KIND, channel, address)


def telephone_keys(keys: KeyRing, number: str) -> list[bytes]:
    """Every hash under which contacts with this number (E.164) may be kept now, for reading while keys change."""
    return address_keys(keys, CHANNEL_OF_TELEPHONES, number)


def address_keys(keys: KeyRing, channel: str, address: str) -> list[bytes]:
    """Every hash under which contacts with this normalised address may be kept now."""
    return keys.lookups(KIND, channel, address)


def hold_address(session: Session, *hashes: bytes) -> None:
    """Until this transaction ends nobody else stops the address with these hashes, or gives it to an access: of a stop
    and a new contact that come together, the later one sees the other. Before anything of the contact is held.
    """
    for each in sorted(hashes):
        hold(session, each)


def stopped_at(session: Session, *hashes: bytes) -> datetime | None:
    """Since when nothing may go to the address with these hashes, whichever access the stop came from; or None."""
    hold_address(session, *hashes)
    return session.scalar(select(func.min(Contact.stopped_at)).where(Contact.address_key.in_(hashes)))
