"""Whether a notice still has something to tell, and whether an earlier one of its line has to leave before it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from casestatus.cases.models import Stall, TimelineEvent
from casestatus.database.prepared import one_of
from casestatus.notices.models import (
    HANDED_OVER,
    OF_A_LINE,
    AttemptState,
    DeliveryAttempt,
    Notice,
    NoticeEvent,
)
from casestatus.victims.models import Victim, VictimProceeding

TO_LEAVE = (AttemptState.PENDING, AttemptState.SENDING, AttemptState.UNCERTAIN)


def _has_news() -> ColumnElement[bool]:
    """Of a notice: her access is open, nothing proved that she knows, and what it tells of holds.

    A code, an answer and a change of contacts hold by themselves; of a line she must be able to see the line, and an
    event of it that is shown and not superseded, or its stall that lasts.
    """
    hers, attempt = aliased(Victim), aliased(DeliveryAttempt)
    linked = exists().where(
        VictimProceeding.victim_id == Notice.victim_id, VictimProceeding.proceeding_id == Notice.proceeding_id
    )
    told = exists().where(NoticeEvent.notice_id == Notice.id, _holds())
    stalled = exists().where(Stall.id == Notice.stall_id, Stall.resolved_at.is_(None))
    known = exists().where(
        attempt.notice_id == Notice.id,
        or_(attempt.state == AttemptState.DELIVERED, attempt.seen_at.is_not(None)),
    )
    open_access = exists().where(hers.id == Notice.victim_id, hers.closed_at.is_(None))
    return and_(open_access, ~known, or_(~one_of(Notice.kind, OF_A_LINE), and_(linked, or_(told, stalled))))


def _holds() -> ColumnElement[bool]:
    """Of what a notice tells: the event is shown, and nothing shown corrects it."""
    later = aliased(TimelineEvent)
    superseded = exists().where(later.supersedes_id == NoticeEvent.event_id, later.shown_at.is_not(None))
    return exists().where(TimelineEvent.id == NoticeEvent.event_id, TimelineEvent.shown_at.is_not(None)) & ~superseded


def _at_any_hour() -> ColumnElement[bool]:
    """Of a notice: it tells of something urgent that holds, and she asked to be told of that at any hour."""
    hers = aliased(Victim)
    asked = exists().where(hers.id == Notice.victim_id, hers.urgent_alerts)
    urgent = exists().where(NoticeEvent.notice_id == Notice.id, NoticeEvent.urgent, _holds())
    return and_(asked.correlate(Notice), urgent.correlate(Notice))  # said, as it stands deep inside another select too


def _ahead_until() -> ScalarSelect[object]:
    """Of a notice: when the last earlier one of the same victim and line may have left; None when it waits for none.

    A moment that has passed where that is being handed over beside us. What is to leave at any hour waits for
    nothing that is still to leave itself: that may be waiting for the morning.
    """
    earlier, ahead, left = aliased(Notice), aliased(DeliveryAttempt), aliased(DeliveryAttempt)
    has_left = exists().where(left.notice_id == earlier.id, one_of(left.state, HANDED_OVER))
    leaves_at = case((ahead.state == AttemptState.SENDING, earlier.created_at), else_=ahead.due_at)
    return (
        select(func.max(leaves_at))
        .select_from(ahead)
        .join(earlier, earlier.id == ahead.notice_id)
        .where(
            earlier.victim_id == Notice.victim_id,
            earlier.proceeding_id == Notice.proceeding_id,
            earlier.created_at < Notice.created_at,
            one_of(ahead.state, TO_LEAVE),
            ~has_left,
            or_(~AT_ANY_HOUR, ahead.state != AttemptState.PENDING),
        )
        .correlate(Notice)
        .scalar_subquery()
    )


HAS_NEWS = _has_news()
AT_ANY_HOUR = _at_any_hour()
AHEAD_UNTIL = _ahead_until()


def notices_with_news(session: Session, notice_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those still worth sending."""
    return frozenset(session.scalars(select(Notice.id).where(Notice.id.in_(notice_ids), HAS_NEWS)))
