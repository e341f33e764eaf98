"""The office that a victim turns to: it has the first line of her case that she sees, and so heads her page.

While she sees none, it has the first one that she is linked to.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from casestatus.cases.models import Case, Proceeding
from casestatus.victims.models import Victim, VictimProceeding

_CAME_INTO_HER_SIGHT = case(
    (Proceeding.first_shown_at > VictimProceeding.linked_at, Proceeding.first_shown_at),
    else_=VictimProceeding.linked_at,
)
_HER_FIRST_LINE = (
    select(func.coalesce(Proceeding.office_id, Case.office_id))
    .join(VictimProceeding, VictimProceeding.proceeding_id == Proceeding.id)
    .where(VictimProceeding.victim_id == Victim.id, Proceeding.case_id == Victim.case_id)
    .order_by(Proceeding.first_shown_at.is_(None), _CAME_INTO_HER_SIGHT, Proceeding.ordinal, Proceeding.id)
    .limit(1)
    .correlate(Victim, Case)
    .scalar_subquery()
)
HER_OFFICE: ColumnElement[UUID] = func.coalesce(
    _HER_FIRST_LINE, Case.office_id
)  # of a select of victims joined with their cases


def office_of_victim(session: Session, victim_id: UUID) -> UUID:
    """The office that has what is to be done about her, rather than about a line."""
    hers = select(HER_OFFICE).select_from(Victim).join(Case, Case.id == Victim.case_id)
    return session.scalars(hers.where(Victim.id == victim_id)).one()
