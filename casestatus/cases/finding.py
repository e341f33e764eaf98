"""Finding a case by a number that somebody typed: keyed hashes of every reading, the strictest form with a hit."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from casestatus.cases.models import CaseNumberKey
from casestatus.cases.numbers import Form, NumberUnreadable, Reading, is_folio, readings
from casestatus.crypto import KeyRing
from casestatus.offices.models import Institution

STRICTEST_FIRST = (Form.EXACT, Form.WITHOUT_CUSTODY, Form.REDUCED)
UNDER_KEYS = select(CaseNumberKey.key, CaseNumberKey.form, CaseNumberKey.case_id, CaseNumberKey.number_id).where(
    CaseNumberKey.key.in_(bindparam("keys", expanding=True))
)


@dataclass(frozen=True)
class NumberHit:
    """A number that was found: which case it opens, and which row holds its display."""

    case_id: UUID
    number_id: UUID


def number_keys(keys: KeyRing, institution_id: UUID, reading: Reading) -> dict[Form, bytes]:
    """The keys under which a number of this institution is kept: HMAC(institution ‖ form ‖ segments)."""
    owner = str(institution_id)
    return {form: keys.lookup("number", owner, form.value, *reading.segments[form]) for form in STRICTEST_FIRST}


def is_known(
    session: Session, keys: KeyRing, institutions: Iterable[UUID], readings: Iterable[Reading], *, but: UUID
) -> bool:
    """Whether any case but this one could be meant by a number, in any reading and form."""
    every = [
        key
        for owner in map(str, institutions)
        for reading in readings
        for form in STRICTEST_FIRST
        for key in keys.lookups("number", owner, form.value, *reading.segments[form])
    ]
    found = session.connection().execute(UNDER_KEYS, {"keys": every})
    return any(row.case_id != but for row in found)


def is_free(session: Session, keys: KeyRing, number: str, *, but: UUID) -> bool:
    """Whether a number could lead to no other family: it is whole, no folio, and no other case's of the service."""
    if is_folio(number):
        return False
    try:
        read = readings(number)
    except NumberUnreadable:
        return False
    if all(reading.pattern is None for reading in read):
        return False
    return not is_known(session, keys, session.scalars(select(Institution.id)), read, but=but)


def find_number(
    session: Session, keys: KeyRing, institutions: Iterable[UUID], readings: Iterable[Reading], *, forms: Iterable[Form]
) -> NumberHit | None:
    """The one case that the strictest form with a hit names; None when there is none, or more than one."""
    by_key = {
        key: form
        for owner in map(str, institutions)
        for reading in readings
        for form in forms
        for key in keys.lookups("number", owner, form.value, *reading.segments[form])
    }
    found_rows = session.connection().execute(UNDER_KEYS, {"keys": list(by_key)})
    hits = [row for row in found_rows if by_key[row.key] == row.form]
    for form in STRICTEST_FIRST:
        found = {row.case_id: row.number_id for row in hits if row.form == form}
        if found:
            return NumberHit(*next(iter(found.items()))) if len(found) == 1 else None
    return None
