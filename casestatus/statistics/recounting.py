"""A mistake of method, as the officers name it: what was counted wrong in a month, and where it counts instead.

What it does to the counts stands in correcting.py. Who decided it, and why, is kept as long as the counts are, and is
not published; how many counts it names is kept nowhere and told to nobody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from casestatus.errors import N_, Conflict, NotFound
from casestatus.offices.models import Office
from casestatus.statistics.closing import MonthBeforeService, draws_of, first_month
from casestatus.statistics.correcting import (
    count_at,
    counts_of_office,
    counts_of_updates,
    leave_out,
    require_edition_left,
    require_listed,
    unknown_updates,
)
from casestatus.statistics.cutting import require_counts
from casestatus.statistics.models import FrozenMonth, Recount, StoredDraw
from casestatus.statistics.officers import Officers, usable_reason
from casestatus.statistics.periods import month_of, quarter_of


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """Wrong was all of an office, or (`office_id` None) what these updates of the institution added. `into_id`: the
    office at which it counts; None: it counts nowhere.
    """

    month: str
    institution_id: UUID
    office_id: UUID | None = None
    source_ids: Collection[str] = ()
    into_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Told:
    """A recount as the officers see it later. `office` None: updates that a file named; `into` None: nowhere."""

    month: str
    decided_at: datetime
    office: str | None
    into: str | None
    reason: str


class MonthNotBegun(Conflict):
    """Nothing was counted in it yet."""

    type = "month-not-begun"
    detail = N_("Ese mes todavía no empieza: no hay nada que recontar.")


class CountsThereAlready(Conflict):
    """Nothing would change."""

    type = "counts-there-already"
    detail = N_("Ya cuenta en esa oficina: no cambiaría nada.")


class UpdatesUnknown(NotFound):
    """The institution sent none of these updates: another file, another institution, or a mistake in their names."""

    type = "updates-unknown"
    detail = N_("Esa institución no mandó ninguna de esas actualizaciones. No se recontó nada.")


def require_recountable(session: Session, mistake: Mistake, *, now: datetime) -> None:
    """Something may still count otherwise. Raises MonthBeforeService, MonthNotBegun, AlreadyCorrected, CountsDeleted,
    CountsLost, OfficeCodeChanged, CountsThereAlready.
    """
    month = mistake.month
    if month < (first_month(session) or month_of(now)):
        raise MonthBeforeService
    if month > month_of(now):
        raise MonthNotBegun
    require_edition_left(session, month)
    if session.get(FrozenMonth, (month, 1)) is not None:
        require_counts(session, draws_of([month], edition=2), now=now)
        if mistake.into_id is not None:
            require_listed(session, month, mistake.into_id)
    elif mistake.office_id is not None and mistake.office_id == mistake.into_id:
        raise CountsThereAlready  # of what is published it undoes an earlier recount


def recount(session: Session, mistake: Mistake, *, reason: str, officers: Officers, now: datetime) -> Sequence[str]:
    """Count it otherwise, and keep who decided that and why. Returns the updates that nobody sent, told only to
    officers who have signed. Raises what require_recountable raises, ReasonUnusable, UpdatesUnknown.
    """
    require_recountable(session, mistake, now=now)
    unknown = unknown_updates(session, mistake.institution_id, mistake.source_ids)
    if mistake.source_ids and len(unknown) == len(mistake.source_ids):
        raise UpdatesUnknown
    session.add(
        Recount(
            month=mistake.month,
            institution_id=mistake.institution_id,
            office_id=mistake.office_id,
            into_id=mistake.into_id,
            reason=usable_reason(reason),
            decided_at=now,
            signed_by=officers.signed_by,
            confirmed_by=officers.confirmed_by,
        )
    )
    counts = _counts(session, mistake)
    if mistake.into_id is None:
        leave_out(session, mistake.month, counts)
    else:
        count_at(session, mistake.month, counts, mistake.into_id)
    return unknown


def _counts(session: Session, mistake: Mistake) -> Sequence[UUID]:
    if mistake.office_id is not None:
        return counts_of_office(session, mistake.month, mistake.office_id)
    return counts_of_updates(session, mistake.month, mistake.institution_id, mistake.source_ids)


def quarter_drawn(session: Session, month: str) -> int:
    """The newest edition in which the quarter of a month was drawn; 0 when it was not."""
    editions = select(StoredDraw.edition).where(StoredDraw.table == "T3", StoredDraw.period == quarter_of(month))
    return session.scalar(editions.order_by(StoredDraw.edition.desc()).limit(1)) or 0


def recounts(session: Session) -> Sequence[Told]:
    """Every recount that is kept, oldest first."""
    wrong, right = aliased(Office), aliased(Office)
    kept = (
        select(Recount, wrong.code, right.code)
        .outerjoin(wrong, wrong.id == Recount.office_id)
        .outerjoin(right, right.id == Recount.into_id)
        .order_by(Recount.decided_at, Recount.id)
    )
    return [
        Told(month=each.month, decided_at=each.decided_at, office=office, into=into, reason=each.reason)
        for each, office, into in session.execute(kept)
    ]
