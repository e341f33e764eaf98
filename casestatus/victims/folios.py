"""A victim's own short number: 10 digits that say nothing, sealed, found by a keyed hash."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.numbers import clean_folio
from casestatus.crypto import KeyRing
from casestatus.victims.models import Victim


def folio_key(keys: KeyRing, folio: str) -> bytes:
    """What a folio (ten digits) is found by."""
    return keys.lookup("folio", folio)


def case_of_folio(session: Session, keys: KeyRing, folio: str) -> UUID | None:
    """The case that the victim with this folio has access to; None when there is no such folio."""
    digits = clean_folio(folio)
    if digits is None:
        return None
    candidates = keys.lookups("folio", digits)
    return session.scalar(select(Victim.case_id).where(Victim.folio_key.in_(candidates)))
