"""Whose a notice is: of the office that has its line; of a line of another case, of the one that she turns to."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, func, or_, select

from casestatus.cases.models import Case, Proceeding
from casestatus.notices.models import Notice
from casestatus.victims.her_office import HER_OFFICE
from casestatus.victims.models import Victim

OFFICE_OF_NOTICE = case(
    (Proceeding.case_id == Case.id, func.coalesce(Proceeding.office_id, Case.office_id)), else_=HER_OFFICE
)


def of_offices(offices: Collection[UUID]) -> ColumnElement[bool]:
    """Of a select of notices: those of these offices. The first condition is what indexes answer."""
    with_their_lines = select(Proceeding.case_id).where(Proceeding.office_id.in_(offices))
    near = select(Victim.id).join(Case, Case.id == Victim.case_id)
    near = near.where(or_(Case.office_id.in_(offices), Case.id.in_(with_their_lines)))
    of_line = (Proceeding.id == Notice.proceeding_id, Victim.id == Notice.victim_id, Victim.case_id == Case.id)
    theirs = exists().where(*of_line, OFFICE_OF_NOTICE.in_(offices)).correlate(Notice)
    return Notice.victim_id.in_(near) & theirs
