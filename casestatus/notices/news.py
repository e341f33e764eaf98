"""Whether a notice still has something to tell, and whether an earlier one of its line has to leave before it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from casestatus.cases.models import Stall, TimelineEvent
from casestatus.notices.models import (
    HANDED_OVER,
    OF_A_LINE,
    AttemptState,
    DeliveryAttempt,
    Notice,
    NoticeEvent,
)
from casestatus.victims.models import Victim, VictimProceeding

A_MOMENT = timedelta(seconds=2)  # in which a hand-over that goes on beside us is over
TO_LEAVE = (AttemptState.PENDING, AttemptState.SENDING, AttemptState.UNCERTAIN)


def notices_with_news(session: Session, notice_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those still worth sending: her access is open, nothing proved that she knows, and what they tell of holds.

    A code, an answer and a change of contacts hold by themselves; of a line she must be able to see the line, and an
    event of it that is shown and not superseded, or its stall that lasts.
    """
    later = aliased(TimelineEvent)
    superseded = exists().where(later.supersedes_id == NoticeEvent.event_id, later.shown_at.is_not(None))
    linked = exists().where(
        VictimProceeding.victim_id == Notice.victim_id, VictimProceeding.proceeding_id == Notice.proceeding_id
    )
    shown = exists().where(TimelineEvent.id == NoticeEvent.event_id, TimelineEvent.shown_at.is_not(None))
    told = exists().where(NoticeEvent.notice_id == Notice.id, shown, ~superseded)
    stalled = exists().where(Stall.id == Notice.stall_id, Stall.resolved_at.is_(None))
    known = exists().where(
        DeliveryAttempt.notice_id == Notice.id,
        or_(DeliveryAttempt.state == AttemptState.DELIVERED, DeliveryAttempt.seen_at.is_not(None)),
    )
    open_access = exists().where(Victim.id == Notice.victim_id, Victim.closed_at.is_(None))
    holds = or_(Notice.kind.not_in(OF_A_LINE), and_(linked, or_(told, stalled)))
    return frozenset(session.scalars(select(Notice.id).where(Notice.id.in_(notice_ids), open_access, ~known, holds)))


def waiting_their_turn(session: Session, notice_ids: Collection[UUID], now: datetime) -> dict[UUID, datetime]:
    """Those before which an earlier notice of the same victim and line has to leave, and when to look again."""
    earlier, ahead, left = aliased(Notice), aliased(DeliveryAttempt), aliased(DeliveryAttempt)
    has_left = exists().where(left.notice_id == earlier.id, left.state.in_(HANDED_OVER))
    rows = session.execute(
        select(Notice.id, ahead.state, ahead.due_at)
        .join(earlier, and_(earlier.victim_id == Notice.victim_id, earlier.proceeding_id == Notice.proceeding_id))
        .join(ahead, ahead.notice_id == earlier.id)
        .where(Notice.id.in_(notice_ids), earlier.created_at < Notice.created_at, ahead.state.in_(TO_LEAVE), ~has_left)
    )
    turns: dict[UUID, datetime] = {}
    for notice_id, state, due_at in rows:
        again = now + A_MOMENT if state is AttemptState.SENDING else max(due_at, now + A_MOMENT)
        turns[notice_id] = max(again, turns.get(notice_id, again))
    return turns
