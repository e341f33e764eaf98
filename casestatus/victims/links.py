"""Which lines a victim may see: linked by an office, cut when a case is no longer joined to theirs."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casestatus.cases.models import Proceeding
from casestatus.victims.models import Victim, VictimProceeding


def link(session: Session, victim_id: UUID, proceeding_ids: Iterable[UUID], *, now: datetime) -> None:
    """Let a victim see these lines from `now` on; those that she sees already stay linked since then."""
    seen = set(session.scalars(select(VictimProceeding.proceeding_id).where(VictimProceeding.victim_id == victim_id)))
    new = [each for each in proceeding_ids if each not in seen]
    session.add_all(VictimProceeding(victim_id=victim_id, proceeding_id=each, linked_at=now) for each in new)
    session.flush()


def cut_links(session: Session, case_id: UUID, allowed: Collection[UUID]) -> None:
    """Take from the victims of a case the lines of every case that isn't among the `allowed` ones."""
    victims = select(Victim.id).where(Victim.case_id == case_id)
    elsewhere = select(Proceeding.id).where(Proceeding.case_id.not_in(allowed))
    of_them = (VictimProceeding.victim_id.in_(victims), VictimProceeding.proceeding_id.in_(elsewhere))
    session.execute(delete(VictimProceeding).where(*of_them))
