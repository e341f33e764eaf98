"""Which cases a case was joined into (*acumulación*), and so whose lines its victims may be linked to."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.finding import find_number
from casestatus.cases.models import Case
from casestatus.cases.numbers import Form, NumberUnreadable, readings
from casestatus.crypto import KeyRing


def joined_chain(session: Session, case: Case) -> list[UUID]:
    """The cases that this one was joined into, the nearest first. No chain runs in a circle: see `may_join`."""
    chain = []
    following = case.joined_into_id
    while following is not None:
        chain.append(following)
        following = session.get_one(Case, following).joined_into_id
    return chain


def may_join(session: Session, case: Case, target: Case) -> bool:
    """Whether joining `case` into `target` leads somewhere: not into itself, nor back to it in a circle."""
    return case.id != target.id and case.id not in joined_chain(session, target)


def joined_from(session: Session, case_id: UUID) -> list[UUID]:
    """`case_id` and every case that was joined into it, directly or by way of another."""
    found = [case_id]
    for each in found:
        found += session.scalars(select(Case.id).where(Case.joined_into_id == each))
    return found


def case_numbered(session: Session, keys: KeyRing, institution_id: UUID, number: str) -> Case | None:
    """The institution's case with exactly this number; None when there is none, also for what is no number."""
    try:
        likeliest = readings(number)[:1]  # an office's spelling: the likeliest is its identity
    except NumberUnreadable:
        return None
    hit = find_number(session, keys, [institution_id], likeliest, forms=[Form.EXACT])
    return session.get(Case, hit.case_id) if hit else None
