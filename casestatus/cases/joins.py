"""Which cases lines were joined into (*acumulación*), and so whose lines their victims may be linked to."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.finding import find_number
from casestatus.cases.models import Case, CaseNumber, NumberKind, Proceeding
from casestatus.cases.numbers import Form, NumberUnreadable, readings
from casestatus.crypto import KeyRing


def with_joined_into(session: Session, case_ids: Iterable[UUID]) -> list[UUID]:
    """These cases and every case that a line of theirs was joined into, directly or by way of another."""
    found = list(dict.fromkeys(case_ids))
    for each in found:
        into = select(Proceeding.joined_into_id).where(Proceeding.case_id == each).distinct()
        found += [target for target in session.scalars(into) if target is not None and target not in found]
    return found


def with_joined_from(session: Session, case_id: UUID) -> list[UUID]:
    """`case_id` and every case of which a line was joined into it, directly or by way of another."""
    found = [case_id]
    for each in found:
        lines_from = select(Proceeding.case_id).where(Proceeding.joined_into_id == each).distinct()
        found += [origin for origin in session.scalars(lines_from) if origin not in found]
    return found


def may_join(session: Session, case: Case, target: Case) -> bool:
    """Whether joining a line of `case` into `target` leads somewhere: not into itself, nor back to it in a circle."""
    return case.id not in with_joined_into(session, [target.id])


def case_numbered(session: Session, keys: KeyRing, institution_id: UUID, number: str) -> Case | None:
    """The institution's case with exactly this number; None when there is none, also for what is no number.

    A number that was only told may be another family's yet: nothing is joined or linked by it.
    """
    try:
        likeliest = readings(number)[:1]  # an office's spelling: the likeliest is its identity
    except NumberUnreadable:
        return None
    hit = find_number(session, keys, [institution_id], likeliest, forms=[Form.EXACT])
    if hit is None or session.get_one(CaseNumber, hit.number_id).kind is NumberKind.TOLD:
        return None
    return session.get(Case, hit.case_id)
