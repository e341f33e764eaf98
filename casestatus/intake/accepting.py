"""The office that a case was moved to accepts it by its first update."""

from datetime import datetime

from sqlalchemy.orm import Session

from casestatus.cases.models import Case
from casestatus.cases.stages import stage
from casestatus.intake.sender import Sender
from casestatus.intake.update import Update
from casestatus.offices.models import TaskKind
from casestatus.offices.tasks import resolve_tasks


def accept(session: Session, case: Case, update: Update, sender: Sender, *, now: datetime) -> None:
    """Give a case that waits for its new office to that office, if this update comes from there."""
    if case.moved_to_office_id is None or not _speaks_for_receiver(case, update, sender):
        return
    case.office_id, case.moved_to_office_id = case.moved_to_office_id, None
    resolve_tasks(session, TaskKind.MOVE_WAITING, case.id, now=now)


def _speaks_for_receiver(case: Case, update: Update, sender: Sender) -> bool:
    """A sender of both offices speaks for the old one when it names it, corrects, reveals, or sends a line away."""
    if case.moved_to_office_id is None or not sender.serves(case.moved_to_office_id):
        return False
    if not sender.serves(case.office_id):
        return True
    named = sender.office(update.office) if update.office else None
    goes_back = update.supersedes is not None or update.reveals is not None or stage(update.model, update.stage).moved
    return named.id == case.moved_to_office_id if named else not goes_back
