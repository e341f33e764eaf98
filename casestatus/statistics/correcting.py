"""What was counted wrong by a mistake of method: mended in place while nothing was drawn of its month, and noted for
edition 2 once something was. Edition 1 never reads a note.

What officers leave out stays out, whatever its office corrects later; what its office took back stays so, wherever
officers have it counted: neither overwrites what the other said. A note frees nothing: the lineage stays counted there,
so that no later month counts it again and the bound of the ledger holds for each edition by itself.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from casestatus.cases.models import TimelineEvent
from casestatus.database import hold
from casestatus.database.conflicts import insert_into
from casestatus.errors import N_, Conflict
from casestatus.offices.models import Source
from casestatus.statistics.domain import Places
from casestatus.statistics.models import CountCorrection, FrozenMonth, StatisticsEvent
from casestatus.statistics.periods import first_day
from casestatus.statistics.published_offices import public_codes
from casestatus.statistics.tallying import OfficeCodeChanged
from casestatus.statistics.vocabularies import kept_codes

ASKED_AT_ONCE = 500  # updates
E = StatisticsEvent
THIS = E.id == bindparam("count")
AS_COUNTED: Mapping[str, Any] = {
    "left_out": False, "taken_back": False, "office_id": None, "outcome": None, "duration_bin": None,
}  # fmt: skip


class AlreadyCorrected(Conflict):
    """Edition 2 of the month is drawn: no edition is left that could count otherwise."""

    type = "already-corrected"
    detail = N_("La edición 2 de %(month)s ya se publicó: ninguna otra puede contar de otro modo.")


def counts_of_office(session: Session, month: str, office_id: UUID) -> Sequence[UUID]:
    """All that was counted at an office in a month."""
    return session.scalars(select(E.id).where(E.month == first_day(month), E.office_id == office_id)).all()


def counts_of_updates(
    session: Session, month: str, institution_id: UUID, source_ids: Collection[str]
) -> Sequence[UUID]:
    """All that these updates added to a month, whoever of the institution sent them."""
    counted = (
        select(E.id, TimelineEvent.source_event)
        .join(TimelineEvent, TimelineEvent.id == E.event_id)
        .join(Source, Source.id == TimelineEvent.source_id)
        .where(E.month == first_day(month), Source.institution_id == institution_id)
    )
    return [count for count, source_id in session.execute(counted) if source_id in source_ids]


def unknown_updates(session: Session, institution_id: UUID, source_ids: Collection[str]) -> list[str]:
    """Those of these updates that the institution never sent, or that are kept no more."""
    of_institution = (
        select(TimelineEvent.source_event)
        .join(Source, Source.id == TimelineEvent.source_id)
        .where(Source.institution_id == institution_id)
    )
    named, known = sorted(source_ids), set[str]()
    for first in range(0, len(named), ASKED_AT_ONCE):
        some = named[first : first + ASKED_AT_ONCE]
        known.update(session.scalars(of_institution.where(TimelineEvent.source_event.in_(some))))
    return [source_id for source_id in named if source_id not in known]


def leave_out(session: Session, month: str, counts: Iterable[UUID]) -> None:
    """These count nowhere, for good. Raises AlreadyCorrected."""
    if _is_drawn(session, month):
        note(session, [{"count_id": count, "left_out": True} for count in counts])
    elif these := [{"count": count} for count in counts]:
        session.connection().execute(delete(E).where(THIS), these)


def count_at(session: Session, month: str, counts: Iterable[UUID], office_id: UUID) -> None:
    """These count at that office. Raises AlreadyCorrected, and OfficeCodeChanged whether or not there are any."""
    if _is_drawn(session, month):
        require_listed(session, month, office_id)
        note(session, [{"count_id": count, "left_out": False, "office_id": office_id} for count in counts])
    elif these := [{"count": count} for count in counts]:
        session.connection().execute(update(E).where(THIS).values(office_id=office_id), these)


def require_edition_left(session: Session, month: str) -> None:
    """An edition of the month is still to be drawn. Raises AlreadyCorrected."""
    if session.get(FrozenMonth, (month, 2)) is not None:
        raise AlreadyCorrected(params={"month": month})


def _is_drawn(session: Session, month: str) -> bool:
    """Whether something was published of the month; nobody cuts meanwhile."""
    hold(session, b"release")
    require_edition_left(session, month)
    return session.get(FrozenMonth, (month, 1)) is not None


def require_listed(session: Session, month: str, office_id: UUID) -> None:
    """Only an office of the month's own list counts there: a cut that failed later would tell that there are counts."""
    frozen, own = session.get_one(FrozenMonth, (month, 1)), public_codes(session)[office_id]
    try:
        Places(kept_codes(session, frozen.code_list, month)).office(own)
    except KeyError:
        raise OfficeCodeChanged(params={"code": own}) from None


def note(session: Session, notes: Sequence[Mapping[str, Any]]) -> None:
    """Keep how edition 2 is to count; the last word about each of the things said stands. All say the same things."""
    if notes:
        kept = insert_into(session, CountCorrection)
        said = {name: kept.excluded[name] for name in AS_COUNTED if name in notes[0]}
        session.execute(
            kept.on_conflict_do_update(index_elements=[CountCorrection.count_id], set_=said),
            [{**AS_COUNTED, **each} for each in notes],
        )
