"""Opening a case and adding its numbers and proceedings."""

import secrets
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from casestatus.cases.finding import number_keys
from casestatus.cases.models import Case, CaseNumber, CaseNumberKey, NumberKind, Proceeding
from casestatus.cases.numbers import Reading
from casestatus.cases.stages import Model
from casestatus.crypto import KeyRing
from casestatus.database import new_id


def open_case(
    session: Session,
    *,
    institution_id: UUID,
    office_id: UUID,
    model: Model,
    opened_on: date,
    now: datetime,
    lineage: UUID | None = None,
) -> Case:
    """A new case, which goes on in `lineage` or is the root of its own."""
    case_id = new_id()
    case = Case(
        id=case_id,
        institution_id=institution_id,
        office_id=office_id,
        model=model,
        opened_on=opened_on,
        pin_salt=secrets.token_bytes(16),
        lineage=lineage or case_id,
        created_at=now,
    )
    session.add(case)
    session.flush()
    return case


def add_number(
    session: Session,
    case: Case,
    reading: Reading,
    *,
    kind: NumberKind,
    keys: KeyRing,
    now: datetime,
    told_by: UUID | None = None,
) -> CaseNumber:
    """Keep a number sealed, and its keys in every form. A second case with an equal exact key breaks a UNIQUE.

    `told_by` is the event that told it, and the number's own id, so that its correction takes the number away.
    """
    number_id = told_by or new_id()
    display = keys.seal(reading.official, table="case_number", column="display", id=number_id)
    number = CaseNumber(id=number_id, case_id=case.id, kind=kind, display=display, created_at=now)
    session.add(number)
    session.flush()
    session.add_all(key_rows(keys, case, number_id, reading))
    session.flush()
    return number


def key_rows(keys: KeyRing, case: Case, number_id: UUID, reading: Reading) -> list[CaseNumberKey]:
    """The lookup keys of one number, one for each form."""
    found = number_keys(keys, case.institution_id, reading)
    return [CaseNumberKey(number_id=number_id, key=key, form=form, case_id=case.id) for form, key in found.items()]


def add_proceeding(
    session: Session,
    case: Case,
    *,
    ordinal: int,
    crime: str,
    stage: str,
    since: date,
    now: datetime,
    office_id: UUID | None = None,
) -> Proceeding:
    """A new line of status, of which nothing is shown yet, of `office_id` where that isn't the case's office."""
    proceeding = Proceeding(
        case_id=case.id,
        office_id=office_id,
        opened_by_id=office_id or case.office_id,
        ordinal=ordinal,
        crime=crime,
        stage=stage,
        stage_since=since,
        version=1,
        created_at=now,
    )
    session.add(proceeding)
    session.flush()
    return proceeding
