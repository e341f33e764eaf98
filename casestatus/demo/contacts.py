"""Telephones of the demo's victims: numbers that no operator has given out, so that nobody is ever written to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from casestatus.cases.crimes import RiskTier
from casestatus.crypto import KeyRing
from casestatus.database import new_id
from casestatus.demo.building import IssuedVictim
from casestatus.victims.addresses import address_key
from casestatus.victims.models import Channel, Contact

NOBODYS = "+525500000{number:03d}"  # subscriber numbers that begin with 0 don't exist in Mexico's numbering plan


def add_contacts(
    session: Session, victims: Sequence[IssuedVictim], *, keys: KeyRing, now: datetime
) -> list[IssuedVictim]:
    """Of three victims two have a confirmed contact; every other of the rest has one that waits for its code.

    Returns those to whom notices may go now. In a high tier the contact was confirmed in person.
    """
    reached = []
    for number, victim in enumerate(victims):
        confirmed = number % 3 != 2
        if confirmed:
            reached.append(victim)
        if confirmed or number % 2:
            session.add(_contact(victim, NOBODYS.format(number=number), confirmed=confirmed, keys=keys, now=now))
    return reached


def _contact(victim: IssuedVictim, phone: str, *, confirmed: bool, keys: KeyRing, now: datetime) -> Contact:
    contact_id = new_id()
    return Contact(
        id=contact_id,
        victim_id=victim.planned.id,
        channel=Channel.SMS,
        address=keys.seal(phone, table="contact", column="address", id=contact_id),
        address_key=address_key(keys, Channel.SMS.value, phone),
        ending=phone[-2:],
        safe=True,
        hours=None,
        time_zone=victim.place.zone,
        confirmed_at=now if confirmed else None,
        confirmed_in_person=confirmed and victim.planned.risk_tier is RiskTier.HIGH,
        created_at=now,
    )
