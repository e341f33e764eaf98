"""Which lineage a number belongs to: a case that goes on under another number, or comes back, is the same unit.

A number is known by a keyed hash of its institution and its segments, which says nothing without the key and outlives
the case: a case that is registered again after its rows are gone doesn't count again.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from casestatus.cases.numbers import Form, Reading
from casestatus.crypto import KeyRing
from casestatus.statistics.models import NumberLineage


def number_mark(keys: KeyRing, institution_id: UUID, reading: Reading) -> bytes:
    """What a number of this institution is known by for ever; the statistics' key never changes."""
    return keys.statistics("number", str(institution_id), *reading.segments[Form.EXACT])


def lineage_under(session: Session, keys: KeyRing, institution_id: UUID, reading: Reading) -> UUID | None:
    """The lineage that once had this number, or was told to go on under it."""
    known = session.get(NumberLineage, number_mark(keys, institution_id, reading))
    return known.lineage if known else None


def keep_lineage(
    session: Session,
    keys: KeyRing,
    institution_id: UUID,
    reading: Reading,
    lineage: UUID,
    *,
    told_by: UUID | None = None,
) -> None:
    """Whatever is registered under this number from now on belongs to `lineage`; the first that had it keeps it.

    What a case has by itself (`told_by` None) is its own for ever, though an event had told it before.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    mark = number_mark(keys, institution_id, reading)
    known = dialect.insert(NumberLineage)
    own = known.on_conflict_do_update(index_elements=[NumberLineage.mark], set_={"told_by": None})
    kept = own if told_by is None else known.on_conflict_do_nothing()
    session.execute(kept, [{"mark": mark, "lineage": lineage, "told_by": told_by}])


def own_lineage(session: Session, told_by: Collection[UUID]) -> None:
    """The numbers that these events told are the case's own by now: no correction takes them from its lineage."""
    session.execute(update(NumberLineage).where(NumberLineage.told_by.in_(told_by)).values(told_by=None))


def forget_lineage(session: Session, told_by: UUID) -> None:
    """The event that told a number was corrected: what is registered under it is another case."""
    session.execute(delete(NumberLineage).where(NumberLineage.told_by == told_by))
