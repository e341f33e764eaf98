"""Which line of a case a sender means by a number: its offices' own one, whatever another office hides."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from casestatus.cases.line_numbers import have_number
from casestatus.cases.line_offices import offices_of_case
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
    refers_to: Collection[str | None] = (),
) -> Proceeding | None:
    """The line that the sender calls by this number; None if its offices have none and await none.

    A sender of several offices may have two. It means the one with the event of its own that it refers to, else that
    of the office `at` if it names one of the case, else the one on which it wrote last, else the one in sight. Where it
    names another office it means no hidden line that others wrote.
    """
    found = have_number(case, lines, number, sender.office_ids)
    is_clear = len(found) == 1 and (at is None or found[0].first_shown_at is not None)
    if not found or is_clear:
        return next(iter(found), None)
    at = at if at in offices_of_case(session, case) else None
    sent = _sent_of(session, sender, found)
    referred = {line_id for line_id, source_event, _ in sent if source_event in refers_to}
    wrote = {line_id: received_at for line_id, _, received_at in sent}
    named = have_number(case, found, number, [at]) if at else []
    others = [line for line in found if at is None or line.first_shown_at or line.id in wrote]
    meant = [line for line in found if line.id in referred] or named or others
    return max(meant, key=lambda line: (wrote.get(line.id, NEVER), line.first_shown_at is not None), default=None)


def _sent_of(session: Session, sender: Sender, lines: Sequence[Proceeding]) -> Sequence[Row[UUID, str, datetime]]:
    """What the sender itself sent of these lines, the latest last: of which line, under which id, when."""
    own = (TimelineEvent.source_id == sender.source_id, TimelineEvent.proceeding_id.in_([line.id for line in lines]))
    sent = select(TimelineEvent.proceeding_id, TimelineEvent.source_event, TimelineEvent.received_at).where(*own)
    return session.execute(sent.order_by(TimelineEvent.received_at, TimelineEvent.id)).all()
