"""Which lineage a number belongs to: a case that goes on under another number, or comes back, is the same unit.

A number is known by a keyed hash of its institution and its segments, which says nothing without the key and outlives
the case: a case that is registered again after its rows are gone doesn't count again.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from casestatus.cases.models import Case, Proceeding, TimelineEvent
from casestatus.cases.numbers import Form, Reading
from casestatus.crypto import KeyRing
from casestatus.database import hold
from casestatus.database.conflicts import insert_into
from casestatus.statistics.models import NumberLineage


def number_mark(keys: KeyRing, institution_id: UUID, reading: Reading) -> bytes:
    """What a number of this institution is known by for ever; the statistics' key never changes."""
    return keys.statistics("number", str(institution_id), *reading.segments[Form.EXACT])


def lineage_under(session: Session, keys: KeyRing, institution_id: UUID, reading: Reading) -> UUID | None:
    """The lineage of whatever is registered under this number now; None: one of its own.

    It is that of the case which had the number, or which was told to go on under it. A case hands its lineage on to one
    other only, and that one may hand it on again: else who tells many numbers would join others' cases to his own, and
    what they count would hang on his.
    """
    known = session.get(NumberLineage, number_mark(keys, institution_id, reading))
    if known is None or known.told_by is None:
        return known.lineage if known else None
    hold(session, known.lineage.bytes)
    of_lineage = select(Case.id).where(Case.lineage == known.lineage)
    last = session.scalar(of_lineage.order_by(Case.created_at.desc(), Case.id.desc()).limit(1))
    return known.lineage if last in {None, _told_by(session, known.told_by)} else None


def keep_lineage(
    session: Session,
    keys: KeyRing,
    institution_id: UUID,
    reading: Reading,
    lineage: UUID,
    *,
    told_by: UUID | None = None,
) -> None:
    """Whatever is registered under this number from now on belongs to `lineage`; the first that told it keeps it.

    What a case is registered under (`told_by` None) is its lineage's for ever, whatever had been told before.
    """
    mark = number_mark(keys, institution_id, reading)
    known = insert_into(session, NumberLineage)
    own = known.on_conflict_do_update(index_elements=[NumberLineage.mark], set_={"told_by": None, "lineage": lineage})
    kept = own if told_by is None else known.on_conflict_do_nothing()
    session.execute(kept, [{"mark": mark, "lineage": lineage, "told_by": told_by}])


def _told_by(session: Session, event_id: UUID) -> UUID | None:
    """The case of this event."""
    of_line = select(Proceeding.case_id).join(TimelineEvent, TimelineEvent.proceeding_id == Proceeding.id)
    return session.scalar(of_line.where(TimelineEvent.id == event_id))


def own_lineage(session: Session, told_by: Collection[UUID]) -> None:
    """The numbers that these events told are the case's own by now: no correction takes them from its lineage."""
    session.execute(update(NumberLineage).where(NumberLineage.told_by.in_(told_by)).values(told_by=None))


def forget_lineage(session: Session, told_by: UUID) -> None:
    """The event that told a number was corrected: what is registered under it is another case."""
    session.execute(delete(NumberLineage).where(NumberLineage.told_by == told_by))
