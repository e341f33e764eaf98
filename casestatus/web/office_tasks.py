"""Offices' systems: what only a person at the office can do, and that it was done."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from casestatus.access.scopes import Scope
from casestatus.cases.office_tasks import OpenTasks, finish_task, open_tasks
from casestatus.database.again import again_when_given_up
from casestatus.offices.models import TaskKind
from casestatus.web.office_api import Parts, Reading, Updating, sender_of

router = APIRouter(prefix="/api/v1/office/tasks", tags=["offices"])


@router.get("")
def read_tasks(
    parts: Parts,
    caller: Reading,
    kind: TaskKind | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> OpenTasks:
    """What lies open on the lists of the client's offices, the oldest first, `limit` at once.

    What a victim chose about a contact is told, and finished, with the scope `victims:write` only.
    """
    sender, now = sender_of(parts, caller), parts.database.now()
    offices, tells = sender.office_ids, Scope.VICTIMS_WRITE in caller.scopes
    with parts.database.reading() as session:
        return open_tasks(session, offices, kind=kind, after=after, limit=limit, tells_victims=tells, now=now)


@router.post("/{task_id}/done", status_code=204, response_class=Response)
@again_when_given_up
def mark_done(parts: Parts, caller: Updating, task_id: UUID) -> None:
    """Somebody at the office did it. A task that the next update takes off the list by itself is 409."""
    sender, now = sender_of(parts, caller), parts.database.now()
    tells = Scope.VICTIMS_WRITE in caller.scopes
    with parts.database.writing() as session:
        finish_task(session, task_id, sender.office_ids, tells_victims=tells, now=now)
