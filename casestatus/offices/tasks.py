"""What only a person at the office can do is put on its list, once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from casestatus.database import new_id
from casestatus.offices.models import OfficeTask, TaskKind


def open_task(
    session: Session,
    kind: TaskKind,
    about: UUID | str,
    *,
    office_id: UUID,
    now: datetime,
    case_id: UUID | None = None,
    victim_id: UUID | None = None,
    notice_id: UUID | None = None,
    proceeding_id: UUID | None = None,
    reason: str | None = None,
) -> None:
    """Put a task on the office's list, unless it is there already for the same kind and subject."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(OfficeTask).on_conflict_do_nothing(index_elements=["dedupe_key"])
    session.execute(
        statement.values(
            id=new_id(),
            office_id=office_id,
            kind=kind,
            dedupe_key=_dedupe_key(kind, about),
            case_id=case_id,
            victim_id=victim_id,
            notice_id=notice_id,
            proceeding_id=proceeding_id,
            reason=reason,
            created_at=now,
        )
    )


def resolve_tasks(session: Session, kind: TaskKind, case_id: UUID, *, now: datetime) -> None:
    """Take a case's tasks of one kind off the list: what they asked for is done."""
    open_ones = (OfficeTask.kind == kind, OfficeTask.case_id == case_id, OfficeTask.resolved_at.is_(None))
    session.execute(update(OfficeTask).where(*open_ones).values(resolved_at=now))


def set_resolved(session: Session, kind: TaskKind, about: UUID, *, at: datetime | None) -> None:
    """Close the task of this kind and subject, or open it again (None). Nothing happens when there is none."""
    task = update(OfficeTask).where(OfficeTask.dedupe_key == _dedupe_key(kind, about))
    session.execute(task.values(resolved_at=at))


def _dedupe_key(kind: TaskKind, about: UUID | str) -> str:
    return f"{kind.value}:{about}"
