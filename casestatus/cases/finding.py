"""Finding a case by a number that somebody typed: keyed hashes of every reading, the strictest form with a hit."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.models import CaseNumberKey
from casestatus.cases.numbers import Form, Reading
from casestatus.crypto import KeyRing

STRICTEST_FIRST = (Form.EXACT, Form.WITHOUT_CUSTODY, Form.REDUCED)


@dataclass(frozen=True)
class NumberHit:
    """A number that was found: which case it opens, and which row holds its display."""

    case_id: UUID
    number_id: UUID


def number_keys(keys: KeyRing, institution_id: UUID, reading: Reading) -> dict[Form, bytes]:
    """The keys under which a number of this institution is kept: HMAC(institution ‖ form ‖ segments)."""
    return {form: keys.lookup("number", *_parts(institution_id, form, reading)) for form in STRICTEST_FIRST}


def find_number(
    session: Session, keys: KeyRing, institutions: Iterable[UUID], readings: Iterable[Reading], *, forms: Iterable[Form]
) -> NumberHit | None:
    """The one case that the strictest form with a hit names; None when there is none, or more than one."""
    by_key = {
        key: form
        for institution_id in institutions
        for reading in readings
        for form in forms
        for key in keys.lookups("number", *_parts(institution_id, form, reading))
    }
    statement = select(CaseNumberKey.key, CaseNumberKey.form, CaseNumberKey.case_id, CaseNumberKey.number_id)
    hits = [
        row for row in session.execute(statement.where(CaseNumberKey.key.in_(by_key))) if by_key[row.key] == row.form
    ]
    for form in STRICTEST_FIRST:
        found = {row.case_id: row.number_id for row in hits if row.form == form}
        if found:
            return NumberHit(*next(iter(found.items()))) if len(found) == 1 else None
    return None


def _parts(institution_id: UUID, form: Form, reading: Reading) -> tuple[str, ...]:
    return (str(institution_id), form.value, *reading.segments[form])
