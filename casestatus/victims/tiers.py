"""How carefully a victim is written to: as her crime asks, and never in a way that tells of a line she can't see."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.crimes import UNCLASSIFIED, RiskTier, crime
from casestatus.cases.models import Proceeding
from casestatus.victims.models import Contact, Victim, VictimProceeding


def careful_tier(given: RiskTier, lines: Sequence[Proceeding]) -> RiskTier:
    """`given`, or high if a line's crime is. The office may raise the tier that the crime gives, never lower it."""
    by_crime = {(crime(line.crime) or UNCLASSIFIED).risk_tier for line in lines}
    return RiskTier.HIGH if RiskTier.HIGH in by_crime else given


def raise_tiers(session: Session, line: Proceeding) -> list[Victim]:
    """Write carefully, from the moment it can be seen, to everybody who sees this line if its crime is of high risk.

    Returns those who can't be written to any more: their contacts were confirmed, but not in person.
    """
    if careful_tier(RiskTier.ORDINARY, [line]) is RiskTier.ORDINARY:
        return []
    linked = select(Victim).join(VictimProceeding, VictimProceeding.victim_id == Victim.id)
    ordinary = linked.where(VictimProceeding.proceeding_id == line.id, Victim.risk_tier == RiskTier.ORDINARY)
    raised = session.scalars(ordinary).all()
    for victim in raised:
        victim.risk_tier = RiskTier.HIGH
    return [victim for victim in raised if _loses_contacts(session, victim)]


def _loses_contacts(session: Session, victim: Victim) -> bool:
    live = select(Contact).where(
        Contact.victim_id == victim.id, Contact.stopped_at.is_(None), Contact.removed_at.is_(None)
    )
    confirmed = session.scalars(live.where(Contact.confirmed_at.is_not(None))).all()
    return bool(confirmed) and not any(contact.confirmed_in_person for contact in confirmed)
