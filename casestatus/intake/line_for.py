"""Which line of a case a sender means by a number: its offices' own one, whatever another office hides."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casestatus.cases.line_numbers import have_number
from casestatus.cases.models import Case, Proceeding, TimelineEvent
from casestatus.intake.sender import Sender

NEVER = datetime.min.replace(tzinfo=UTC)


def lines_of(session: Session, case: Case) -> Sequence[Proceeding]:
    """All lines of the case, the oldest first."""
    return session.scalars(select(Proceeding).where(Proceeding.case_id == case.id).order_by(Proceeding.id)).all()


def line_meant(
    session: Session,
    case: Case,
    lines: Sequence[Proceeding],
    number: int,
    sender: Sender,
    *,
    at: UUID | None = None,
) -> Proceeding | None:
    """The line that the sender calls by this number; None if its offices have none and await none.

    A sender of several offices may have two. It means that of the office `at` if it names one, else the one on which
    it wrote last, else the one in sight. Where it names another office it means no hidden line that others wrote.
    """
    found = have_number(case, lines, number, sender.office_ids)
    named = have_number(case, found, number, [at]) if at else []
    meant = named or found
    if not meant or (len(meant) == 1 and (named or at is None or meant[0].first_shown_at)):
        return next(iter(meant), None)
    wrote = _wrote_on(session, sender, meant)
    if at and not named:
        meant = [line for line in meant if line.first_shown_at or line.id in wrote]
    return max(meant, key=lambda line: (wrote.get(line.id, NEVER), line.first_shown_at is not None), default=None)


def _wrote_on(session: Session, sender: Sender, lines: Sequence[Proceeding]) -> dict[UUID, datetime]:
    """When the sender itself last sent something of these lines."""
    own = (TimelineEvent.source_id == sender.source_id, TimelineEvent.proceeding_id.in_([line.id for line in lines]))
    last = select(TimelineEvent.proceeding_id, func.max(TimelineEvent.received_at)).where(*own)
    return dict(session.execute(last.group_by(TimelineEvent.proceeding_id)).all())
