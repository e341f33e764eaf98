"""The office that a line was moved to accepts it by its first update of it that victims may see."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.line_offices import office_of
from casestatus.cases.models import Case, Proceeding
from casestatus.cases.stalls import settle_joined_stalls, settle_stalls
from casestatus.cases.timeline import position
from casestatus.intake.appending import Appended
from casestatus.intake.case_for import Target
from casestatus.intake.sender import Sender
from casestatus.intake.update import Update
from casestatus.offices.models import TaskKind
from casestatus.offices.tasks import hand_on_case_tasks, hand_on_line_tasks, hand_on_victim_tasks, resolve_tasks
from casestatus.victims.her_office import office_of_victim
from casestatus.victims.models import VictimProceeding


def accept(
    session: Session, target: Target, update: Update, sender: Sender, appended: Appended, *, now: datetime
) -> None:
    """Give a line that waits for its new office to that office, if this update comes from there.

    Only by what comes into sight: another office on her page would tell of a hidden update. The other lines of the
    case stay where they are; the case itself follows once none of its lines in sight is left with its old office.
    """
    case, line = target.case, target.proceeding
    receiver = line.moving_to_id
    if receiver is None or not _moves_what_she_sees(appended):
        return
    if not _speaks_for_receiver(target, update, sender, appended):
        return
    line.office_id = receiver if receiver != case.office_id else None
    line.moving_to_id = None
    session.flush()
    case.moved_to_office_id = awaited_office(session, case)
    resolve_tasks(session, TaskKind.MOVE_WAITING, case.id, proceeding_id=line.id, now=now)
    hand_on_line_tasks(session, line.id, office_id=receiver)
    settle_stalls(session, line, stood_since=None, now=now)
    _follow_lines(session, case, line, now=now)
    for victim_id in session.scalars(
        select(VictimProceeding.victim_id).where(VictimProceeding.proceeding_id == line.id)
    ):
        hand_on_victim_tasks(session, victim_id, office_id=office_of_victim(session, victim_id))


def awaited_office(session: Session, case: Case) -> UUID | None:
    """The office that the latest line on its way to one waits for."""
    waiting = select(Proceeding.moving_to_id).where(Proceeding.case_id == case.id, Proceeding.moving_to_id.is_not(None))
    return session.scalar(waiting.order_by(Proceeding.shown_received_at.desc(), Proceeding.id).limit(1))


def _follow_lines(session: Session, case: Case, accepted: Proceeding, *, now: datetime) -> None:
    """The case follows its lines in sight, and what is to be done about it as a whole goes with it.

    So do the stalls of lines of other cases that go on in it.
    Hidden lines stay where they are and hold nothing back: pages show the case's office, and would tell of them.
    """
    lines = session.scalars(select(Proceeding).where(Proceeding.case_id == case.id)).all()
    if accepted.office_id is None or any(line.office_id is None and line.first_shown_at for line in lines):
        return
    offices = {line.id: office_of(case, line) for line in lines}
    case.office_id = accepted.office_id
    for line in lines:
        line.office_id = offices[line.id] if offices[line.id] != case.office_id else None
    hand_on_case_tasks(session, case.id, office_id=case.office_id)
    session.flush()
    settle_joined_stalls(session, case, now=now)


def _moves_what_she_sees(appended: Appended) -> bool:
    """Whether the line now stands at what just came into sight, which a late event or a formal notice never does."""
    shown = position(appended.shown)
    return shown is not None and shown.entry in appended.newly_shown


def _speaks_for_receiver(target: Target, update: Update, sender: Sender, appended: Appended) -> bool:
    """A sender of both offices speaks for the old one unless it names the new one, or takes up the line that moved."""
    receiver = target.proceeding.moving_to_id
    if receiver is None or not sender.serves(receiver):
        return False
    if not sender.serves(target.office_id):
        return True
    named = sender.office(update.office) if update.office else None
    if named is not None:
        return named.id == receiver
    before, shown = position(appended.shown_before), position(appended.shown)
    goes_back = update.supersedes is not None or update.reveals is not None or (shown and shown.stage.moved)
    return before is not None and before.stage.moved and not goes_back
