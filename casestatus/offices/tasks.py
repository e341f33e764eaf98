"""What only a person at the office can do is put on its list: once while it lies there, and once for each cause."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, true, update
from sqlalchemy.orm import Session

from casestatus.database import new_id
from casestatus.database.conflicts import insert_into
from casestatus.offices.models import OfficeTask, TaskKind


@dataclass(frozen=True)
class Caused:
    """A subject and what puts it on the list: done, it comes back with a new cause, and not with one told twice."""

    subject: UUID | str
    by: UUID | str = ""


def open_task(
    session: Session,
    kind: TaskKind,
    about: UUID | str | Caused,
    *,
    office_id: UUID,
    now: datetime,
    case_id: UUID | None = None,
    victim_id: UUID | None = None,
    notice_id: UUID | None = None,
    proceeding_id: UUID | None = None,
    reason: str | None = None,
) -> None:
    """Put a task on the office's list, unless one of this kind and subject lies there, or had this cause before.

    A subject without causes of its own is put there once for ever.
    """
    caused = about if isinstance(about, Caused) else Caused(about)
    statement = insert_into(session, OfficeTask).on_conflict_do_nothing()
    session.execute(
        statement.values(
            id=new_id(),
            office_id=office_id,
            kind=kind,
            subject=_subject(kind, caused.subject),
            dedupe_key=_subject(kind, f"{caused.subject}:{caused.by}" if caused.by else caused.subject),
            case_id=case_id,
            victim_id=victim_id,
            notice_id=notice_id,
            proceeding_id=proceeding_id,
            reason=reason,
            created_at=now,
        )
    )


def resolve_tasks(
    session: Session, kind: TaskKind, case_id: UUID, *, proceeding_id: UUID | None = None, now: datetime
) -> None:
    """Take a case's tasks of one kind off the list: what they asked for is done. Of one line, if one is named."""
    open_ones = (OfficeTask.kind == kind, OfficeTask.case_id == case_id, OfficeTask.resolved_at.is_(None))
    of_line = or_(OfficeTask.proceeding_id == proceeding_id, OfficeTask.proceeding_id.is_(None))
    about = of_line if proceeding_id else true()
    session.execute(update(OfficeTask).where(*open_ones, about).values(resolved_at=now))


def set_resolved(session: Session, kind: TaskKind, about: UUID, *, office_id: UUID, at: datetime | None) -> None:
    """Close the one task of a subject without causes, or open it again (None) for the office that has it now.

    Nothing happens when there is none.
    """
    task = update(OfficeTask).where(OfficeTask.dedupe_key == _subject(kind, about))
    session.execute(task.values(office_id=office_id, resolved_at=at))


def hand_on_line_tasks(session: Session, proceeding_id: UUID, *, office_id: UUID) -> None:
    """Give what is open about a line to the office that has it now."""
    open_ones = (OfficeTask.proceeding_id == proceeding_id, OfficeTask.resolved_at.is_(None))
    session.execute(update(OfficeTask).where(*open_ones).values(office_id=office_id))


def hand_on_case_tasks(session: Session, case_id: UUID, *, office_id: UUID) -> None:
    """Give what is open about a case as a whole to the office that has it now. What is about a victim goes with her."""
    about_case = (OfficeTask.case_id == case_id, OfficeTask.proceeding_id.is_(None), OfficeTask.victim_id.is_(None))
    open_ones = update(OfficeTask).where(*about_case, OfficeTask.resolved_at.is_(None))
    session.execute(open_ones.values(office_id=office_id))


def hand_on_victim_tasks(session: Session, victim_id: UUID, *, office_id: UUID) -> None:
    """Give what is open about a victim, but about no line, to the office that she turns to now."""
    about_her = (OfficeTask.victim_id == victim_id, OfficeTask.proceeding_id.is_(None))
    open_ones = update(OfficeTask).where(*about_her, OfficeTask.resolved_at.is_(None))
    session.execute(open_ones.values(office_id=office_id))


def resolve_about(session: Session, kinds: Collection[TaskKind], about: UUID, *, now: datetime) -> None:
    """Take what lies on a list about this subject off it, unless it was done before."""
    named = OfficeTask.subject.in_([_subject(kind, about) for kind in kinds])
    session.execute(update(OfficeTask).where(named, OfficeTask.resolved_at.is_(None)).values(resolved_at=now))


def open_tasks_by_kind(session: Session) -> dict[TaskKind, int]:
    """How many wait for somebody, in all offices together."""
    waiting = select(OfficeTask.kind, func.count()).where(OfficeTask.resolved_at.is_(None)).group_by(OfficeTask.kind)
    return dict(session.execute(waiting).all())


def _subject(kind: TaskKind, about: UUID | str) -> str:
    return f"{kind.value}:{about}"
