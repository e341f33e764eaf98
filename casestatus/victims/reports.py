"""A victim says that something on her page is wrong: one of five reasons, which becomes a task of the office."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casestatus.cases.line_offices import office_of
from casestatus.cases.models import Case, Proceeding
from casestatus.crypto import KeyRing
from casestatus.errors import N_, FieldProblem, Throttled, Unprocessable
from casestatus.offices.models import OfficeTask, TaskKind
from casestatus.offices.tasks import Caused, open_task
from casestatus.settings import Limits
from casestatus.victims.her_office import office_of_victim
from casestatus.victims.models import Victim
from casestatus.victims.status import Line, status_of

A_DAY = timedelta(hours=24)


class Reason(StrEnum):
    """What may be wrong. A fixed choice: nobody writes about a case here."""

    DATE = "date"
    NOT_MINE = "not_mine"
    STAGE = "stage"
    MISSING = "missing"
    NOT_UNDERSTOOD = "not_understood"


class LineUnknown(Unprocessable):
    """She sees no line with this number."""

    type = "line-unknown"
    title = N_("No ves una línea con ese número.")


class TooManyReports(Throttled):
    """429: more reports in 24 hours than the office could look at."""

    type = "too-many-reports"
    detail = N_("Ya avisaste varias veces hoy. La oficina lo va a revisar. Mañana puedes avisar otra vez.")


def report_wrong(
    session: Session,
    victim_id: UUID,
    reason: Reason,
    *,
    number: int | None,
    keys: KeyRing,
    limits: Limits,
    now: datetime,
) -> None:
    """Put it on the list of the office that has the line, or hers; while the same lies there open, nothing is added.

    `number` is the line's number on her page; None means the case as a whole. Raises LineUnknown, TooManyReports.
    """
    line = _line(session, victim_id, number, keys=keys)
    about = f"{victim_id}:{line.proceeding_id if line else 'case'}:{reason}"
    if _is_open(session, victim_id, line, reason):
        return
    if _today(session, victim_id, now=now) >= limits.reports_per_day:
        raise TooManyReports(retry_after=int(A_DAY.total_seconds()))
    open_task(
        session,
        TaskKind.REPORTED,
        Caused(about, by=str(_told_before(session, about))),
        office_id=_office_of(session, line) if line else office_of_victim(session, victim_id),
        case_id=session.get_one(Victim, victim_id).case_id,
        victim_id=victim_id,
        proceeding_id=line.proceeding_id if line else None,
        reason=reason,
        now=now,
    )


def _line(session: Session, victim_id: UUID, number: int | None, *, keys: KeyRing) -> Line | None:
    if number is None:
        return None
    for line in status_of(session, victim_id, None, keys=keys).lines:
        if line.number == number:
            return line
    detail = N_("Usa el número que la línea tiene en tu página.")
    raise LineUnknown(fields=(FieldProblem("proceeding", detail),))


def _office_of(session: Session, line: Line) -> UUID:
    """The office that sends the line's updates: what is wrong is for it to correct."""
    proceeding = session.get_one(Proceeding, line.proceeding_id)
    return office_of(session.get_one(Case, proceeding.case_id), proceeding)


def _is_open(session: Session, victim_id: UUID, line: Line | None, reason: Reason) -> bool:
    same = select(OfficeTask.id).where(
        OfficeTask.kind == TaskKind.REPORTED,
        OfficeTask.victim_id == victim_id,
        OfficeTask.proceeding_id.is_not_distinct_from(line.proceeding_id if line else None),
        OfficeTask.reason == reason,
        OfficeTask.resolved_at.is_(None),
    )
    return session.scalar(same.limit(1)) is not None


def _told_before(session: Session, about: str) -> int:
    """How often she told the same before: what is told again after it was dealt with is a task of its own."""
    before = OfficeTask.dedupe_key.startswith(f"{TaskKind.REPORTED}:{about}:")
    return session.scalar(select(func.count()).select_from(OfficeTask).where(before)) or 0


def _today(session: Session, victim_id: UUID, *, now: datetime) -> int:
    hers = (OfficeTask.kind == TaskKind.REPORTED, OfficeTask.victim_id == victim_id)
    recent = select(func.count()).select_from(OfficeTask).where(*hers, OfficeTask.created_at > now - A_DAY)
    return session.scalar(recent) or 0
