"""What an event changes about the numbers under which moved lines go on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.finding import number_keys
from casestatus.cases.models import CaseNumber, NumberKind
from casestatus.cases.numbers import Form
from casestatus.cases.registering import add_number
from casestatus.cases.timeline import position
from casestatus.crypto import KeyRing
from casestatus.database import hold
from casestatus.intake.appending import Appended
from casestatus.intake.case_for import Target
from casestatus.intake.told_numbers import (
    Telling,
    close_under,
    is_only_told,
    open_under,
    segments_of,
    take_away,
    tellings,
)
from casestatus.statistics.lineages import forget_lineage, keep_lineage, own_lineage

Segments = tuple[str, ...]


def settle_numbers(
    session: Session, target: Target, appended: Appended, *, taken_back: UUID | None, keys: KeyRing, now: datetime
) -> None:
    """Open the case under what the event tells, and no more under what it corrects or takes back.

    A number that another move in sight tells, too, stays open by that. `taken_back` is the office that the line waited
    for, if it went on where it was.
    """
    if not _concerns_numbers(appended, taken_back):
        return
    ended = _ended(appended, taken_back)
    told = [each for each in tellings(session, target.case, keys=keys) if (each.event_id, each.office_id) not in ended]
    closed = _close_untold(session, target, told, keys=keys)
    if appended.superseded is not None:
        forget_lineage(session, appended.superseded.id)
    told_now = _told_now(appended)
    for each in told:
        again = each.reading.segments[Form.EXACT] in closed and (each.stands or each.event_id == appended.event.id)
        opens = each.office_id is not None and (again or (each.stands and each.event_id in told_now))
        if opens:
            open_under(session, each, keys=keys, now=now)
        if opens or each.office_id is None:
            _goes_on_under(session, each, keys=keys)


def confirm_number(session: Session, target: Target, appended: Appended, *, keys: KeyRing) -> None:
    """An update in sight, under a number that was told, by the office it was told of: the number is the case's own.

    From then on no correction of the move takes it away.
    """
    if target.under is None or not appended.newly_shown or not is_only_told(session, target.under):
        return
    number = session.get_one(CaseNumber, target.under)
    segments = segments_of(number, keys)
    told = [each for each in tellings(session, target.case, keys=keys) if each.reading.segments[Form.EXACT] == segments]
    if not any(each.office_id == target.office_id for each in told):
        return
    own_lineage(session, [each.event_id for each in told])
    if len({each.line.id for each in told}) == 1:
        number.kind = NumberKind.OFFICIAL
    else:  # of no line alone, so under the id of no line's event
        since = number.created_at
        take_away(session, number.id)
        add_number(session, target.case, told[0].reading, kind=NumberKind.OFFICIAL, keys=keys, now=since)
    session.flush()


def _concerns_numbers(appended: Appended, taken_back: UUID | None) -> bool:
    told_now = _told_now(appended)
    moves = any(entry.stage.moved and entry.event_id in told_now for entry in appended.shown)
    return moves or appended.superseded is not None or taken_back is not None


def _told_now(appended: Appended) -> set[UUID]:
    """What came into sight, and where the line stands with it."""
    after = position(appended.shown)
    return {entry.event_id for entry in (*appended.newly_shown, *(after.run if after else ()))}


def _ended(appended: Appended, taken_back: UUID | None) -> set[tuple[UUID, UUID | None]]:
    """The moves to an office that the line waited for until now, and which came to nothing."""
    before = position(appended.shown_before)
    if taken_back is None or before is None:
        return set()
    return {(event_id, taken_back) for event_id in (appended.event.id, *(entry.event_id for entry in before.run))}


def _close_untold(session: Session, target: Target, told: list[Telling], *, keys: KeyRing) -> set[Segments]:
    """The numbers that the case opened under because of a move that isn't told any more."""
    of_case = (CaseNumber.case_id == target.case.id, CaseNumber.kind == NumberKind.TOLD)
    by_event = {each.event_id for each in told}
    untold = [number for number in session.scalars(select(CaseNumber).where(*of_case)) if number.id not in by_event]
    closed = {segments_of(number, keys) for number in untold}
    for number in untold:
        close_under(session, number.id)
    return closed


def _goes_on_under(session: Session, telling: Telling, *, keys: KeyRing) -> None:
    """A case that is registered under this number counts as the same one."""
    case = telling.case
    hold(session, number_keys(keys, case.institution_id, telling.reading)[Form.EXACT])
    keep_lineage(session, keys, case.institution_id, telling.reading, case.lineage, told_by=telling.event_id)
