"""Which lines a victim may see: linked by an office, cut when no line of hers is joined into their case any more."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casestatus.cases.joins import with_joined_into
from casestatus.cases.models import Proceeding
from casestatus.victims.models import Victim, VictimProceeding


def link(session: Session, victim_id: UUID, proceeding_ids: Iterable[UUID], *, now: datetime) -> None:
    """Let a victim see these lines from `now` on; those that she sees already stay linked since then."""
    seen = set(session.scalars(select(VictimProceeding.proceeding_id).where(VictimProceeding.victim_id == victim_id)))
    new = [each for each in proceeding_ids if each not in seen]
    session.add_all(VictimProceeding(victim_id=victim_id, proceeding_id=each, linked_at=now) for each in new)
    session.flush()


def cases_in_reach(session: Session, victim: Victim) -> Sequence[UUID]:
    """Her own case, and those that lines of hers were joined into: where an office may link her to lines."""
    hers = select(Proceeding.joined_into_id).join(VictimProceeding, VictimProceeding.proceeding_id == Proceeding.id)
    of_her_case = (VictimProceeding.victim_id == victim.id, Proceeding.case_id == victim.case_id)
    into = session.scalars(hers.where(*of_her_case, Proceeding.joined_into_id.is_not(None)).distinct())
    return [victim.case_id, *with_joined_into(session, [target for target in into if target is not None])]


def cut_links(session: Session, case_ids: Collection[UUID]) -> None:
    """Take from the victims of these cases the lines of every case that isn't in their reach any more."""
    elsewhere = (
        select(Victim)
        .join(VictimProceeding, VictimProceeding.victim_id == Victim.id)
        .join(Proceeding, Proceeding.id == VictimProceeding.proceeding_id)
        .where(Victim.case_id.in_(case_ids), Proceeding.case_id != Victim.case_id)
        .distinct()
    )
    for victim in session.scalars(elsewhere).all():
        out_of_reach = select(Proceeding.id).where(Proceeding.case_id.not_in(cases_in_reach(session, victim)))
        of_hers = (VictimProceeding.victim_id == victim.id, VictimProceeding.proceeding_id.in_(out_of_reach))
        session.execute(delete(VictimProceeding).where(*of_hers))
