"""The office that a case was moved to accepts it by its first update that victims may see."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.models import Case, Proceeding
from casestatus.cases.stalls import settle_stalls
from casestatus.cases.timeline import position
from casestatus.intake.appending import Appended
from casestatus.intake.sender import Sender
from casestatus.intake.update import Update
from casestatus.offices.models import TaskKind
from casestatus.offices.tasks import hand_on_tasks, resolve_tasks


def accept(session: Session, case: Case, update: Update, sender: Sender, appended: Appended, *, now: datetime) -> None:
    """Give a case that waits for its new office to that office, if this update comes from there.

    Only by what comes into sight: another office on her page would tell of a hidden update.
    """
    if case.moved_to_office_id is None or not _moves_what_she_sees(appended):
        return
    if _speaks_for_receiver(case, update, sender, appended):
        case.office_id, case.moved_to_office_id = case.moved_to_office_id, None
        resolve_tasks(session, TaskKind.MOVE_WAITING, case.id, now=now)
        _hand_on(session, case, now=now)


def _hand_on(session: Session, case: Case, *, now: datetime) -> None:
    """What was to be done about the case is the new office's to do; no line waits any more, all stall by its days."""
    lines = session.scalars(select(Proceeding).where(Proceeding.case_id == case.id)).all()
    hand_on_tasks(session, case.id, [line.id for line in lines], office_id=case.office_id)
    for line in lines:
        line.moving_to_id = None
        settle_stalls(session, line, office_id=case.office_id, same_stay=False, now=now)


def _moves_what_she_sees(appended: Appended) -> bool:
    """Whether the line now stands at what just came into sight, which a late event or a formal notice never does."""
    shown = position(appended.shown)
    return shown is not None and shown.entry in appended.newly_shown


def _speaks_for_receiver(case: Case, update: Update, sender: Sender, appended: Appended) -> bool:
    """A sender of both offices speaks for the old one unless it names the new one, or takes up the line that moved."""
    if case.moved_to_office_id is None or not sender.serves(case.moved_to_office_id):
        return False
    if not sender.serves(case.office_id):
        return True
    named = sender.office(update.office) if update.office else None
    if named is not None:
        return named.id == case.moved_to_office_id
    before, shown = position(appended.shown_before), position(appended.shown)
    goes_back = update.supersedes is not None or update.reveals is not None or (shown and shown.stage.moved)
    return before is not None and before.stage.moved and not goes_back
