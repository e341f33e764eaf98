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


def references_in_use(session: Session, address_key: bytes, now: datetime) -> frozenset[str]:
    """Those of the messages that this address was lately sent, whoever's contact it is."""
    lately = (
        select(DeliveryAttempt.reference)
        .join(Contact, Contact.id == DeliveryAttempt.contact_id)
        .where(Contact.address_key == address_key, DeliveryAttempt.created_at >= now - REMEMBERED)
    )
    return frozenset(session.scalars(lately))
