"""What everybody may know of institutions and offices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casestatus.offices.models import Heartbeat, Institution, Office


@dataclass(frozen=True)
class OfficeSignal:
    """An office, the day of its last scheduled signal, and its own silence limit in days, if it has one."""

    office: str
    institution: str
    time_zone: str
    stale_after_days: int | None
    last_signal_on: date | None


def institutions(session: Session) -> list[tuple[str, str]]:
    """Code and name of each institution, by name."""
    rows = session.execute(select(Institution.code, Institution.name).order_by(Institution.name))
    return [(row.code, row.name) for row in rows]


def office_with_code(session: Session, institution_id: UUID, code: str | None) -> Office | None:
    """The institution's office with this code."""
    of_institution = select(Office).where(Office.institution_id == institution_id, Office.code == code)
    return session.scalar(of_institution) if code is not None else None


def office_signals(session: Session) -> Sequence[OfficeSignal]:
    """Every office, by name."""
    last = select(func.max(Heartbeat.seen_on)).where(Heartbeat.office_id == Office.id).scalar_subquery()
    offices = (
        select(Office.name, Institution.name, Office.time_zone, Office.stale_after_days, last)
        .join(Institution, Institution.id == Office.institution_id)
        .order_by(Office.name, Institution.name, Office.id)
    )
    return [OfficeSignal(*row) for row in session.execute(offices)]
