"""What lies on offices' lists: of which kind, about which case and line, since when. No victim's words stand there."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.line_numbers import number_at
from casestatus.cases.models import Proceeding
from casestatus.errors import N_, Conflict, NotFound
from casestatus.offices.models import Office, OfficeTask, TaskKind

ABOUT_HER_CHOICE = frozenset({TaskKind.CONTACT_UNSAFE, TaskKind.CONTACT_REPLACED})  # for who may register victims
ENDS_BY_ITSELF = frozenset(
    {TaskKind.MOVE_WAITING, TaskKind.STALLED, TaskKind.FORMAL_NOTICE_UNSAID, TaskKind.FEED_SILENT}
)


class TaskEndsByItself(Conflict):
    """409: only an update of the line, or the feed's next signal, takes this task off the list."""

    type = "task-ends-by-itself"
    title = N_("Ese pendiente termina solo.")
    detail = N_("Se quita cuando mandas la actualización o la señal que pide.")


class OpenTask(BaseModel):
    """One task. `line` is the number of the proceeding that it is about, None for the case; `days` is its age.

    `reason` is one of the fixed choices of a victim who said that something is wrong; `victim_id` is for those who
    may register victims.
    """

    model_config = ConfigDict(frozen=True)

    task_id: UUID
    office: str
    kind: TaskKind
    case_id: UUID | None
    line: int | None
    victim_id: UUID | None
    reason: str | None
    created_at: datetime
    days: int


class OpenTasks(BaseModel):
    """The oldest first; `next` is what `after` takes to read on, None at the end."""

    model_config = ConfigDict(frozen=True)

    tasks: list[OpenTask]
    next: UUID | None


def open_tasks(
    session: Session,
    offices: Collection[UUID],
    *,
    kind: TaskKind | None,
    after: UUID | None,
    limit: int,
    tells_victims: bool,
    now: datetime,
) -> OpenTasks:
    """What waits for a person at these offices; what a victim chose, only where `tells_victims`."""
    tasks = (
        select(OfficeTask, Office.code, Proceeding)
        .join(Office, Office.id == OfficeTask.office_id)
        .outerjoin(Proceeding, Proceeding.id == OfficeTask.proceeding_id)
        .where(OfficeTask.office_id.in_(offices), OfficeTask.resolved_at.is_(None))
        .order_by(OfficeTask.id)
    )
    if not tells_victims:
        tasks = tasks.where(OfficeTask.kind.not_in(ABOUT_HER_CHOICE))
    if kind is not None:
        tasks = tasks.where(OfficeTask.kind == kind)
    if after is not None:
        tasks = tasks.where(OfficeTask.id > after)
    found = session.execute(tasks.limit(limit + 1)).all()
    shown = [_told(*row, tells_victims=tells_victims, now=now) for row in found[:limit]]
    return OpenTasks(tasks=shown, next=shown[-1].task_id if len(found) > limit else None)


def finish_task(
    session: Session, task_id: UUID, offices: Collection[UUID], *, tells_victims: bool, now: datetime
) -> None:
    """A person did it; once more changes nothing. What isn't listed is NotFound. Raises TaskEndsByItself, too."""
    task = session.get(OfficeTask, task_id, with_for_update=True)
    if task is None or task.office_id not in offices or (task.kind in ABOUT_HER_CHOICE and not tells_victims):
        raise NotFound
    if task.kind in ENDS_BY_ITSELF:
        raise TaskEndsByItself
    task.resolved_at = task.resolved_at or now


def _told(task: OfficeTask, office: str, line: Proceeding | None, *, tells_victims: bool, now: datetime) -> OpenTask:
    return OpenTask(
        task_id=task.id,
        office=office,
        kind=task.kind,
        case_id=task.case_id,
        line=number_at(line, task.office_id) if line else None,
        victim_id=task.victim_id if tells_victims else None,
        reason=task.reason,
        created_at=task.created_at,
        days=(now - task.created_at).days,
    )
