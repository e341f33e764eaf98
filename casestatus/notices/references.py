"""The three signs at the end of every SMS by which she, and we at the provider, know it again."""

import secrets
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.notices.models import DeliveryAttempt
from casestatus.victims.models import Contact

SIGNS = "2346789CDFGHJKMNPQRTVWXY"  # none that looks like another, no vowel: no words
SIGNS_IN_ONE = 3
REMEMBERED = timedelta(days=7)  # far longer than anything stays uncertain


def new_reference(taken: Collection[str], choose: Callable[[str], str] = secrets.choice) -> str:
    """A reference that isn't among `taken`."""
    while True:
        reference = "".join(choose(SIGNS) for _ in range(SIGNS_IN_ONE))
        if reference not in taken:
            return reference


class References:
    """New ones for messages to these addresses: none that was lately sent there, whoever's contact it is."""

    def __init__(self, session: Session, address_keys: Collection[bytes], now: datetime) -> None:
        self._taken: dict[bytes, set[str]] = {key: set() for key in address_keys}
        lately = (
            select(Contact.address_key, DeliveryAttempt.reference)
            .join(Contact, Contact.id == DeliveryAttempt.contact_id)
            .where(Contact.address_key.in_(address_keys), DeliveryAttempt.created_at >= now - REMEMBERED)
        )
        for key, reference in session.execute(lately):
            self._taken[key].add(reference)

    def new(self, address_key: bytes) -> str:
        """One that isn't given again here."""
        taken = self._taken[address_key]
        reference = new_reference(taken)
        taken.add(reference)
        return reference
