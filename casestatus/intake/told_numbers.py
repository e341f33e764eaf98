"""Numbers that moves told: of an office of this service they open her case, but are hearsay until it uses them.

Whoever told it may have mistyped another family's. So an update under it is of her case only if it agrees with what is
kept, and any other takes it away from there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from casestatus.access.models import VictimSession
from casestatus.cases.events import events_of, numbers_told, shown_entries, unsealed
from casestatus.cases.finding import STRICTEST_FIRST, find_number, is_free, number_keys
from casestatus.cases.line_offices import office_of
from casestatus.cases.models import Case, CaseNumber, CaseNumberKey, NumberKind, Proceeding, TimelineEvent
from casestatus.cases.numbers import Form, Reading, readings
from casestatus.cases.registering import add_number
from casestatus.crypto import KeyRing
from casestatus.database import hold
from casestatus.offices.listing import office_with_code
from casestatus.offices.models import TaskKind
from casestatus.offices.tasks import Caused, open_task
from casestatus.statistics.lineages import forget_lineage


@dataclass(frozen=True)
class Telling:
    """A move in sight, and the number under which it says that its line goes on.

    `office_id` is the office of this service that it names, None for an authority elsewhere.
    """

    event_id: UUID
    case: Case
    line: Proceeding
    office_id: UUID | None
    number: str

    @cached_property
    def reading(self) -> Reading:
        """An office's spelling: the likeliest reading is its identity."""
        return readings(self.number)[0]

    @property
    def stands(self) -> bool:
        """Whether the line waits for that office, or is there."""
        return self.office_id in {self.line.moving_to_id, office_of(self.case, self.line)} - {None}


def tellings(session: Session, case: Case, *, keys: KeyRing) -> list[Telling]:
    """What victims may see of it by now, corrections in their place."""
    lines = session.scalars(select(Proceeding).where(Proceeding.case_id == case.id).order_by(Proceeding.ordinal)).all()
    return [telling for line in lines for telling in _tellings_of_line(session, case, line, keys)]


def _tellings_of_line(session: Session, case: Case, line: Proceeding, keys: KeyRing) -> Iterator[Telling]:
    events = [event for event in events_of(session, line.id) if event.shown_at is not None]
    numbers = numbers_told(events)
    for entry in shown_entries(case.model, events):
        if entry.stage.moved and (told := numbers.get(entry.event_id)):
            office = office_with_code(session, case.institution_id, entry.details.to_office)
            yield Telling(entry.event_id, case, line, office.id if office else None, unsealed(told, keys))


def open_under(session: Session, telling: Telling, *, keys: KeyRing, now: datetime) -> None:
    """Let the number open the case. Another family's never does, and isn't shown."""
    case = telling.case
    hold(session, number_keys(keys, case.institution_id, telling.reading)[Form.EXACT])
    known = find_number(session, keys, [case.institution_id], [telling.reading], forms=[Form.EXACT])
    if known is None and is_free(session, keys, telling.number, but=case.id):
        add_number(session, case, telling.reading, kind=NumberKind.TOLD, keys=keys, now=now, told_by=telling.event_id)


def close_under(session: Session, number_id: UUID) -> None:
    """A number that was told opens the case no more. Whoever came in by it stays signed in."""
    take_away(session, number_id)
    forget_lineage(session, number_id)


def take_away(session: Session, number_id: UUID) -> None:
    session.execute(update(VictimSession).where(VictimSession.number_id == number_id).values(number_id=None))
    session.execute(delete(CaseNumberKey).where(CaseNumberKey.number_id == number_id))
    session.execute(delete(CaseNumber).where(CaseNumber.id == number_id))


def is_only_told(session: Session, number_id: UUID) -> bool:
    """Whether nobody at the office that it was told of has confirmed the number yet."""
    return session.get_one(CaseNumber, number_id).kind is NumberKind.TOLD


def line_told(session: Session, case: Case, number_id: UUID, *, keys: KeyRing) -> Proceeding | None:
    """The only line for which the number was told; None where there are several, or it was the case's before."""
    event = session.get(TimelineEvent, number_id)
    if event is None:
        return None
    if not is_only_told(session, number_id):
        return session.get_one(Proceeding, event.proceeding_id)
    lines = lines_told(session, case, number_id, keys=keys)
    return next(iter(lines)) if len(lines) == 1 else None


def lines_told(session: Session, case: Case, number_id: UUID, *, keys: KeyRing) -> set[Proceeding]:
    """The lines for which a number of the case was told."""
    segments = segments_of(session.get_one(CaseNumber, number_id), keys)
    return {each.line for each in tellings(session, case, keys=keys) if each.reading.segments[Form.EXACT] == segments}


def segments_of(number: CaseNumber, keys: KeyRing) -> tuple[str, ...]:
    """What tells the number from every other."""
    display = keys.unseal(number.display, table="case_number", column="display", id=number.id)
    return readings(display)[0].segments[Form.EXACT]


def give_way(session: Session, institution_id: UUID, reading: Reading, *, keys: KeyRing, now: datetime) -> None:
    """A case that is registered under a number takes it, in all its forms, from those of which it was only told."""
    owner = str(institution_id)
    of_number = [
        key for form in STRICTEST_FIRST for key in keys.lookups("number", owner, form.value, *reading.segments[form])
    ]
    same = select(CaseNumberKey.number_id).where(CaseNumberKey.key.in_(of_number))
    told = select(CaseNumber).where(CaseNumber.id.in_(same), CaseNumber.kind == NumberKind.TOLD)
    for number in session.scalars(told).all():
        case = session.get_one(Case, number.case_id)
        line = session.get_one(Proceeding, session.get_one(TimelineEvent, number.id).proceeding_id)
        close_under(session, number.id)
        kind, about, office_id = TaskKind.NUMBER_TAKEN, Caused(line.id, by=number.id), office_of(case, line)
        open_task(session, kind, about, office_id=office_id, case_id=case.id, proceeding_id=line.id, now=now)
