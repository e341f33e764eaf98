"""A line that goes on elsewhere: joined into another case, or with its case on its way to another office.

Both take effect when the event becomes visible, so that a hidden one changes nothing that anybody could observe.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from casestatus.cases.details import Details
from casestatus.cases.events import ToldNumber, events_of, numbers_told, unsealed
from casestatus.cases.finding import is_free
from casestatus.cases.joins import case_numbered, may_join, with_joined_from
from casestatus.cases.line_numbers import give_number_at
from casestatus.cases.models import Case, Proceeding, TimelineEvent
from casestatus.cases.stages import Stage, stage
from casestatus.cases.timeline import Entry, Flag, Position, position
from casestatus.crypto import KeyRing
from casestatus.intake.accepting import awaited_office
from casestatus.intake.appending import Appended
from casestatus.intake.case_for import Target
from casestatus.intake.line_for import lines_of
from casestatus.intake.new_numbers import settle_numbers
from casestatus.offices.listing import office_with_code
from casestatus.offices.models import TaskKind
from casestatus.offices.tasks import open_task, resolve_tasks
from casestatus.victims.links import cut_links


@dataclass(frozen=True)
class Direction:
    """Where an update sends its case: the details that may be kept of it, and what was wrong with the others."""

    details: Details
    flags: set[Flag] = field(default_factory=set)


def direction_of(
    session: Session,
    case: Case,
    reached: Stage,
    details: Details,
    *,
    revealed: TimelineEvent | None,
    keys: KeyRing,
) -> Direction:
    """What an update says of the place where its case goes on, checked against what we know. Nothing here refuses.

    The number under which a moved case goes on is shown to its victims: another case's is never kept for that.
    """
    flags = set()
    to_office = details.to_office if reached.moved else None
    if to_office is not None and office_with_code(session, case.institution_id, to_office) is None:
        flags.add(Flag.TO_OFFICE_UNKNOWN)
    if details.to_number is not None and not _leads_on(session, case, reached, details.to_number, keys=keys):
        details = details if reached.joined else details.model_copy(update={"to_number": None})
        flags.add(Flag.TO_NUMBER_UNUSABLE)
    elif details.to_number is None and revealed is not None and revealed.to_number is not None:
        hidden = ToldNumber(revealed.id, revealed.to_number)
        if not _leads_on(session, case, stage(case.model, revealed.stage), unsealed(hidden, keys), keys=keys):
            flags.add(Flag.TO_NUMBER_UNUSABLE)
    return Direction(details, flags)


def _leads_on(session: Session, case: Case, reached: Stage, number: str, *, keys: KeyRing) -> bool:
    """Whether the number names a case that this one can be joined into, or one under which it may go on elsewhere."""
    if not reached.joined:
        return is_free(session, keys, number, but=case.id)
    named = case_numbered(session, keys, case.institution_id, number)
    return named is not None and may_join(session, case, named)


def settle(session: Session, target: Target, appended: Appended, *, keys: KeyRing, now: datetime) -> None:
    """What a visible event changes about where its line and its case go on."""
    after = position(appended.shown)
    if after is None or appended.shown == appended.shown_before:
        return
    taken_back = _settle_move(session, target, appended, after, now=now)
    settle_numbers(session, target, appended, taken_back=taken_back, keys=keys, now=now)
    _settle_join(session, target, after, keys=keys)
    session.flush()


def _settle_move(
    session: Session, target: Target, appended: Appended, after: Position, *, now: datetime
) -> UUID | None:
    """Where the line waits to be taken up from now on. Returns the office that it waited for, if it does no more."""
    case, before = target.case, position(appended.shown_before)
    stands_there = before is not None and before.entry == after.entry
    if stands_there or (after.entry.revealed and not after.stage.moved):  # what is told of the past undoes no move
        return None
    line, receiver = target.proceeding, _receiver(session, target, after.entry)
    if receiver == line.moving_to_id:
        return None
    waited_for, line.moving_to_id = line.moving_to_id, receiver
    if receiver is not None:
        give_number_at(case, line, lines_of(session, case), receiver)
    session.flush()
    case.moved_to_office_id = awaited_office(session, case)
    resolve_tasks(session, TaskKind.MOVE_WAITING, case.id, proceeding_id=line.id, now=now)
    if receiver is not None:
        kind, about = TaskKind.MOVE_WAITING, appended.event.id
        open_task(session, kind, about, office_id=receiver, case_id=case.id, proceeding_id=line.id, now=now)
    return waited_for


def _receiver(session: Session, target: Target, entry: Entry) -> UUID | None:
    named = entry.details.to_office if entry.stage.moved else None
    office = office_with_code(session, target.case.institution_id, named)
    return office.id if office and office.id != target.office_id else None


def _settle_join(session: Session, target: Target, after: Position, *, keys: KeyRing) -> None:
    line = target.proceeding
    into = _joined_into(session, target.case, line, after, keys=keys)
    if line.joined_into_id == into:
        return
    line.joined_into_id = into
    session.flush()
    cut_links(session, with_joined_from(session, target.case.id))


def _joined_into(session: Session, case: Case, line: Proceeding, stands: Position, *, keys: KeyRing) -> UUID | None:
    """The case that a line which stands joined goes on in: the last one named that exists and leads in no circle."""
    if not stands.stage.joined:
        return None
    told = numbers_told([event for event in events_of(session, line.id) if event.shown_at is not None])
    named = (_named_case(session, case, told.get(entry.event_id), keys=keys) for entry in reversed(stands.run))
    return next((each.id for each in named if each is not None and may_join(session, case, each)), None)


def _named_case(session: Session, case: Case, told: ToldNumber | None, *, keys: KeyRing) -> Case | None:
    if told is None:
        return None
    return case_numbered(session, keys, case.institution_id, unsealed(told, keys))
