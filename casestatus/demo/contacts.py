"""Contacts of the demo's victims: numbers and addresses that nobody can have, so that nobody is ever written to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from casestatus.cases.crimes import RiskTier
from casestatus.crypto import KeyRing
from casestatus.database import new_id
from casestatus.demo.building import IssuedVictim
from casestatus.victims.addresses import address_key
from casestatus.victims.emails import ending_of_email
from casestatus.victims.models import Channel, Contact

NOBODYS = "+525500000{number:03d}"  # subscriber numbers that begin with 0 don't exist in Mexico's numbering plan
NOBODYS_EMAIL = "persona{number:03d}@correo.example"  # no such domain can be registered (RFC 2606 §2)


def add_contacts(
    session: Session, victims: Sequence[IssuedVictim], *, keys: KeyRing, now: datetime
) -> list[IssuedVictim]:
    """Of three victims two have a confirmed SMS contact; every other of the rest has one that waits for its code.

    Every other of the reached has an e-mail contact besides. Returns those to whom notices may go now by SMS. In a
    high tier the contacts were confirmed in person.
    """
    reached = []
    for number, victim in enumerate(victims):
        confirmed = number % 3 != 2
        if confirmed:
            reached.append(victim)
        if confirmed or number % 2:
            phone = NOBODYS.format(number=number)
            session.add(_contact(victim, Channel.SMS, phone, phone[-2:], confirmed=confirmed, keys=keys, now=now))
        if confirmed and number % 2:
            email = NOBODYS_EMAIL.format(number=number)
            session.add(_contact(victim, Channel.EMAIL, email, ending_of_email(email), keys=keys, now=now))
    return reached


def _contact(
    victim: IssuedVictim,
    channel: Channel,
    address: str,
    ending: str,
    *,
    keys: KeyRing,
    now: datetime,
    confirmed: bool = True,
) -> Contact:
    contact_id = new_id()
    return Contact(
        id=contact_id,
        victim_id=victim.planned.id,
        channel=channel,
        address=keys.seal(address, table="contact", column="address", id=contact_id),
        address_key=address_key(keys, channel.value, address),
        ending=ending,
        safe=True,
        hours=None,
        time_zone=victim.place.zone,
        confirmed_at=now if confirmed else None,
        confirmed_in_person=confirmed and victim.planned.risk_tier is RiskTier.HIGH,
        created_at=now,
    )
