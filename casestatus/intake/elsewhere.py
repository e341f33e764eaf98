"""A case that goes on elsewhere: joined into another case, or on its way to another office.

Both take effect when the event becomes visible, so that a hidden one changes nothing that anybody could observe.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.details import Details
from casestatus.cases.finding import is_known
from casestatus.cases.joins import case_numbered, joined_chain, joined_from, may_join
from casestatus.cases.models import Case, Proceeding, TimelineEvent
from casestatus.cases.numbers import NumberUnreadable, is_folio, readings
from casestatus.cases.stages import Stage, procedure
from casestatus.cases.timeline import Entry, Flag, in_order, position
from casestatus.crypto import KeyRing
from casestatus.intake.appending import Appended
from casestatus.offices.models import Institution, Office, TaskKind
from casestatus.offices.tasks import open_task, resolve_tasks
from casestatus.victims.links import cut_links


@dataclass(frozen=True)
class Direction:
    """Where an update sends its case: the details that may be kept of it, and what was wrong with the others."""

    details: Details
    flags: set[Flag] = field(default_factory=set)


def direction_of(session: Session, case: Case, reached: Stage, details: Details, *, keys: KeyRing) -> Direction:
    """What an update says of the place where its case goes on, checked against what we know. Nothing here refuses.

    The number under which a moved case goes on is shown to its victims: another case's is never kept for that.
    """
    if reached.joined and details.to_number is not None:
        named = case_numbered(session, keys, case.institution_id, details.to_number)
        return Direction(details, set() if named and may_join(session, case, named) else {Flag.TO_NUMBER_UNUSABLE})
    flags = set()
    if reached.moved and details.to_office is not None and _office(session, case, details.to_office) is None:
        flags.add(Flag.TO_OFFICE_UNKNOWN)
    number = details.to_number if reached.moved else None
    if number is not None and _may_be_anothers(session, keys, case, number):
        details = details.model_copy(update={"to_number": None})
        flags.add(Flag.TO_NUMBER_UNUSABLE)
    return Direction(details, flags)


def _may_be_anothers(session: Session, keys: KeyRing, case: Case, number: str) -> bool:
    """Whether a number could lead to another family: a folio, any case's of the service, or no whole number at all."""
    if is_folio(number):
        return True
    try:
        read = readings(number)
    except NumberUnreadable:
        return True
    if all(reading.pattern is None for reading in read):
        return True
    return is_known(session, keys, session.scalars(select(Institution.id)), read, but=case.id)


def settle(session: Session, case: Case, appended: Appended, *, keys: KeyRing, now: datetime) -> None:
    """What a visible event changes about where its case goes on."""
    if appended.shown == appended.shown_before:
        return
    _settle_move(session, case, appended, now=now)
    _settle_join(session, case, appended, keys=keys)
    session.flush()


def _settle_move(session: Session, case: Case, appended: Appended, *, now: datetime) -> None:
    before, after = position(appended.shown_before), position(appended.shown)
    if after is not None and after.stage.moved:
        office = _office(session, case, after.entry.details.to_office)
        receiver = office.id if office and office.id != case.office_id else None
    elif before is not None and before.stage.moved:
        receiver = None
    else:
        return
    if receiver == case.moved_to_office_id:
        return
    case.moved_to_office_id = receiver
    resolve_tasks(session, TaskKind.MOVE_WAITING, case.id, now=now)
    if receiver is not None:
        about = appended.event.id
        open_task(session, TaskKind.MOVE_WAITING, about, office_id=receiver, case_id=case.id, now=now)


def _office(session: Session, case: Case, code: str | None) -> Office | None:
    of_institution = select(Office).where(Office.institution_id == case.institution_id, Office.code == code)
    return session.scalar(of_institution) if code else None


def _settle_join(session: Session, case: Case, appended: Appended, *, keys: KeyRing) -> None:
    was = [entry for entry in appended.shown_before if entry.stage.joined]
    joined = [entry for entry in appended.shown if entry.stage.joined]
    if was == joined:
        return
    target = _target(session, case, in_order(joined)[-1], keys=keys) if joined else None
    if target is None and (not was or _another_line_is_joined(session, case, appended.event)):
        return
    case.joined_into_id = target
    session.flush()
    for each in joined_from(session, case.id):
        allowed = [each, *joined_chain(session, session.get_one(Case, each))]
        cut_links(session, each, allowed)


def _target(session: Session, case: Case, entry: Entry, *, keys: KeyRing) -> UUID | None:
    """The case that a visible event joins this one into, if there is one and no circle comes of it."""
    sealed = session.get_one(TimelineEvent, entry.event_id).to_number
    if sealed is None:
        return None
    number = keys.unseal(sealed, table="timeline_event", column="to_number", id=entry.event_id)
    named = case_numbered(session, keys, case.institution_id, number)
    return named.id if named and may_join(session, case, named) else None


def _another_line_is_joined(session: Session, case: Case, event: TimelineEvent) -> bool:
    codes = [code for code, each in procedure(case.model).stages.items() if each.joined]
    other_lines = select(Proceeding.id).where(Proceeding.case_id == case.id, Proceeding.id != event.proceeding_id)
    return session.scalar(other_lines.where(Proceeding.shown_stage.in_(codes)).limit(1)) is not None
