"""The office that has a line: its own one if it was moved, else its case's; where it was joined, the target's acts."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from casestatus.cases.models import Case, Proceeding


def office_of(case: Case, line: Proceeding) -> UUID:
    """The office that sends updates of the line and has what is to be done about it."""
    return line.office_id or case.office_id


def offices_of_line(case: Case, line: Proceeding) -> set[UUID]:
    """The office that has the line, and the one that is to accept it: they write it, and read all of it."""
    return {office_of(case, line), *([line.moving_to_id] if line.moving_to_id else [])}


def office_acting_on(session: Session, line: Proceeding) -> UUID:
    """The office that goes on with the line: its calendar and its days count, and victims ask there."""
    if line.joined_into_id is not None:
        return session.get_one(Case, line.joined_into_id).office_id
    return office_of(session.get_one(Case, line.case_id), line)


def offices_of_case(session: Session, case: Case) -> set[UUID]:
    """Every office that has a line of the case or is to accept one, and the case's own."""
    of_lines = select(Proceeding.office_id, Proceeding.moving_to_id).where(Proceeding.case_id == case.id)
    found = {office for row in session.execute(of_lines) for office in row if office is not None}
    return found | {case.office_id} | ({case.moved_to_office_id} if case.moved_to_office_id else set())


def acted_on_by(office_id: UUID) -> ColumnElement[bool]:
    """`office_acting_on` as the database asks it, of a select of lines joined with their cases.

    The first condition is what indexes answer; the second takes from it the lines that another office acts on.
    """
    target = Case.__table__.alias("target")
    joined = exists(
        select(target.c.id).where(target.c.id == Proceeding.joined_into_id, target.c.office_id == office_id)
    )
    moved = Proceeding.office_id == office_id
    stayed = Proceeding.office_id.is_(None) & (Case.office_id == office_id)
    apart = Proceeding.joined_into_id.is_(None)
    return _cases_near(office_id) & or_(apart & moved, apart & stayed, joined)


def _cases_near(office_id: UUID) -> ColumnElement[bool]:
    """The cases of which the office may act on a line."""
    its_own = select(Case.id).where(Case.office_id == office_id)
    with_its_lines = select(Proceeding.case_id).where(Proceeding.office_id == office_id)
    into_its_own = select(Proceeding.case_id).where(Proceeding.joined_into_id.in_(its_own))
    return Case.id.in_(its_own.union_all(with_its_lines, into_its_own))
