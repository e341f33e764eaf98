"""Who else was given access to what she sees: the day, and whether it is hers to take back. Never who."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from casestatus.cases.models import Proceeding
from casestatus.victims.models import Victim, VictimProceeding


@dataclass(frozen=True)
class OtherAccess:
    """An open access of somebody else. `represents_her`: she may end it."""

    id: UUID
    given_at: datetime
    represents_her: bool


def other_accesses(session: Session, victim_id: UUID) -> Sequence[OtherAccess]:
    """Those who represent her, and those who see a line that she sees too, the oldest first.

    A line that is hidden from her tells her of nobody.
    """
    hers, theirs = aliased(VictimProceeding), aliased(VictimProceeding)
    sees_the_same = exists().where(
        hers.victim_id == victim_id,
        theirs.victim_id == Victim.id,
        theirs.proceeding_id == hers.proceeding_id,
        Proceeding.id == hers.proceeding_id,
        Proceeding.shown_stage.is_not(None),
    )
    rows = session.execute(
        select(Victim.id, Victim.created_at, Victim.represents_id)
        .where(
            Victim.id != victim_id, Victim.closed_at.is_(None), or_(Victim.represents_id == victim_id, sees_the_same)
        )
        .order_by(Victim.created_at, Victim.id)
    )
    return [OtherAccess(row.id, row.created_at, row.represents_id == victim_id) for row in rows]
