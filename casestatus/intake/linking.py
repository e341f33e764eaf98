"""An office lets a victim see further lines: of her own case, or of one that a line of hers was joined into."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.joins import case_numbered
from casestatus.cases.line_numbers import number_for
from casestatus.cases.models import Case
from casestatus.crypto import KeyRing
from casestatus.errors import N_, FieldProblem, NotFound
from casestatus.intake.admitting import lines_of_case
from casestatus.intake.line_for import lines_of
from casestatus.intake.registration import Ordinals, RegistrationRefused
from casestatus.intake.sender import Sender, has_line, may_write
from casestatus.intake.update import Text
from casestatus.victims.links import cases_in_reach, link
from casestatus.victims.models import Victim, VictimProceeding
from casestatus.victims.tiers import careful_tier

NOT_HERS = N_("No es su caso ni uno al que su caso se unió, o no es de las oficinas de este sistema.")


class FurtherLines(BaseModel):
    """Which lines, of which case: her own one when no number is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    proceedings: Ordinals
    case_number: Text | None = None


class LinkedLines(BaseModel):
    """The lines of that case that she is linked to now, but for another office's."""

    model_config = ConfigDict(frozen=True)

    victim_id: UUID
    proceedings: list[int]


def link_further(
    session: Session, victim_id: UUID, wanted: FurtherLines, sender: Sender, *, keys: KeyRing, now: datetime
) -> LinkedLines:
    """Link her to the lines; those that she sees already stay. Raises NotFound, RegistrationRefused.

    The office that owns the lines decides: it may link a victim of its own case, or of one of which a line that she is
    linked to was joined into it.
    A line with a crime of high risk makes her access careful as soon as it can be seen: before that, a changed footer
    or a missing message would tell of it.
    """
    victim = session.get(Victim, victim_id)
    if victim is None or victim.closed_at is not None:
        raise NotFound
    case = _case_of_lines(session, victim, wanted, sender, keys=keys)
    lines = lines_of_case(session, case, wanted.proceedings, sender)
    victim.risk_tier = careful_tier(victim.risk_tier, [line for line in lines if line.first_shown_at])
    link(session, victim.id, [line.id for line in lines], now=now)
    hers = select(VictimProceeding.proceeding_id).where(VictimProceeding.victim_id == victim.id)
    linked = set(session.scalars(hers))
    own = [line for line in lines_of(session, case) if line.id in linked and may_write(sender, case, line)]
    return LinkedLines(
        victim_id=victim.id, proceedings=sorted(number_for(case, line, sender.office_ids) for line in own)
    )


def _case_of_lines(session: Session, victim: Victim, wanted: FurtherLines, sender: Sender, *, keys: KeyRing) -> Case:
    """Her case or one that a line of hers was joined into, of the sender's offices. Others are as unknown as none."""
    served = {case.id: case for case in _held_reach(session, victim) if has_line(session, sender, case)}
    if not served:
        raise NotFound
    if wanted.case_number is None:
        if victim.case_id not in served:
            raise RegistrationRefused(fields=(FieldProblem("case_number", NOT_HERS),))
        return served[victim.case_id]
    named = case_numbered(session, keys, sender.institution_id, wanted.case_number)
    if named is None or named.id not in served:
        raise RegistrationRefused(fields=(FieldProblem("case_number", NOT_HERS),))
    return named


def _held_reach(session: Session, victim: Victim) -> Sequence[Case]:
    """The cases in her reach, held as intake holds them: no line leaves one while she is linked to another."""
    reach = select(Case).where(Case.id.in_(cases_in_reach(session, victim))).order_by(Case.id)
    held = session.scalars(reach.with_for_update(key_share=True)).all()
    still_in_reach = set(cases_in_reach(session, victim))
    return [case for case in held if case.id in still_in_reach]
