"""An office's lines that stand still, the oldest first, for its supervisor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from casestatus.cases.line_numbers import number_at
from casestatus.cases.line_offices import acted_on_by
from casestatus.cases.models import Case, Proceeding
from casestatus.cases.stalls import thresholds_of_office
from casestatus.upkeep.stalls import passed_by


@dataclass(frozen=True)
class StalledLine:
    """A line that passed its first threshold. Only its shown stage is told, so that the list betrays nothing hidden."""

    case_id: UUID
    line: int
    stage: str
    since: date
    days: int


def stalled_lines(session: Session, office_id: UUID, *, today: date) -> Sequence[StalledLine]:
    """All of the office's stalled lines by `today` on its calendar."""
    first = {code: min(days) for code, days in thresholds_of_office(session, office_id).items()}
    stalled = or_(false(), *(passed_by(code, days, today=today) for code, days in first.items()))
    lines = select(Proceeding).join(Case, Case.id == Proceeding.case_id).where(acted_on_by(office_id), stalled)
    listed = [
        StalledLine(
            line.case_id,
            number_at(line, office_id),
            line.shown_stage,
            line.shown_since,
            (today - line.shown_since).days,
        )
        for line in session.scalars(lines)
        if line.shown_stage is not None and line.shown_since is not None
    ]
    return sorted(listed, key=lambda each: (each.since, each.case_id, each.line))
