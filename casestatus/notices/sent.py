"""What a victim may know of her messages: what left, when, and what became of it; never where to, but for two signs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select
from sqlalchemy.orm import Session

from casestatus.database.prepared import Prepared, Row
from casestatus.notices.models import NOT_NEEDED, UNCONFIRMED, AttemptState, DeliveryAttempt, Notice, NoticeState
from casestatus.victims.models import Channel, Contact
from casestatus.victims.reconfirming import day_there


class MessageState(StrEnum):
    """What she is told of one message: a notice's states, and three that only one hand-over can have."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    PROVED = "proved"
    HANDED_OVER = "handed_over"
    NOT_ARRIVED = "not_arrived"
    TAKES_NO_MESSAGES = "takes_no_messages"
    NO_CONTACT = "no_contact"
    NOT_WANTED = "not_wanted"
    NOT_NEEDED = "not_needed"
    FOR_THE_OFFICE = "for_the_office"


OF_ATTEMPT = {
    AttemptState.PENDING: MessageState.WAITING,
    AttemptState.SENDING: MessageState.UNDER_WAY,
    AttemptState.UNCERTAIN: MessageState.UNDER_WAY,
    AttemptState.SENT: MessageState.HANDED_OVER,
    AttemptState.UNPROVEN: MessageState.HANDED_OVER,
    AttemptState.DELIVERED: MessageState.PROVED,
    AttemptState.UNDELIVERED: MessageState.NOT_ARRIVED,
    AttemptState.EXPIRED: MessageState.NOT_ARRIVED,
    AttemptState.FAILED: MessageState.TAKES_NO_MESSAGES,
    AttemptState.STOPPED: MessageState.NOT_WANTED,
    AttemptState.CANCELLED: MessageState.NOT_WANTED,
}

NOT_ASKED_FOR = {UNCONFIRMED: MessageState.NO_CONTACT, NOT_NEEDED: MessageState.NOT_NEEDED}
MAY_HAVE_LEFT = frozenset({AttemptState.UNCERTAIN, AttemptState.UNPROVEN})
REPORTED = frozenset({AttemptState.DELIVERED, AttemptState.UNDELIVERED, AttemptState.FAILED})

MESSAGES = Prepared(
    select(
        Notice.state.label("notice_state"),
        func.coalesce(DeliveryAttempt.sent_at, DeliveryAttempt.due_at, Notice.created_at).label("at"),
        DeliveryAttempt.state,
        DeliveryAttempt.code,
        DeliveryAttempt.sent_at,
        DeliveryAttempt.ended_at,
        DeliveryAttempt.seen_at,
        DeliveryAttempt.reference,
        Contact.channel,
        Contact.ending,
    )
    .outerjoin(DeliveryAttempt, DeliveryAttempt.notice_id == Notice.id)
    .outerjoin(Contact, Contact.id == DeliveryAttempt.contact_id)
    .where(Notice.victim_id == bindparam("victim_id", type_=Uuid()))
    .order_by(Notice.created_at.desc(), DeliveryAttempt.rung.desc())
)


@dataclass(frozen=True)
class SentMessage:
    """One hand-over, or a notice without. `reference` is told once it left or may have; before, it proves nothing.

    `reported_at`: when the network said whether it arrived. `seen_at`: when she answered that she has seen it.
    """

    state: MessageState
    at: datetime
    sent_at: datetime | None
    channel: Channel | None
    ending: str | None
    reference: str | None
    reported_at: datetime | None
    seen_at: datetime | None


def messages_of(session: Session, victim_id: UUID) -> Sequence[SentMessage]:
    """Her messages, the newest first."""
    return [_message(row) for row in MESSAGES.rows(session, {"victim_id": victim_id})]


def _message(row: Row) -> SentMessage:
    return SentMessage(
        state=_state(row),
        at=row.at,
        sent_at=row.sent_at,
        channel=row.channel,
        ending=row.ending,
        reference=reference_of(row),
        reported_at=row.ended_at if row.state in REPORTED else None,
        seen_at=row.seen_at,
    )


def _state(row: Row) -> MessageState:
    never_known = row.state is AttemptState.UNPROVEN and row.sent_at is None
    if row.state is None or (never_known and row.notice_state is NoticeState.FOR_THE_OFFICE):
        return MessageState(row.notice_state.value)
    if row.state is AttemptState.CANCELLED and row.code in NOT_ASKED_FOR:
        return NOT_ASKED_FOR[row.code]
    return OF_ATTEMPT[row.state]


def reference_of(message: Row | DeliveryAttempt) -> str | None:
    """By which she knows it for ours. Also of what we don't know whether it left: it may lie before her."""
    return message.reference if message.sent_at or message.state in MAY_HAVE_LEFT else None


def failed_contacts(session: Session, contact_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the contacts that want to be confirmed again because a message didn't arrive there."""
    failures = select(Contact.id, Contact.reconfirm_by, Contact.time_zone, DeliveryAttempt.ended_at).where(
        Contact.id.in_(contact_ids),
        DeliveryAttempt.contact_id == Contact.id,
        DeliveryAttempt.state.in_((AttemptState.UNDELIVERED, AttemptState.FAILED)),
    )
    return frozenset(
        row.id for row in session.execute(failures) if day_there(row.ended_at, row.time_zone) == row.reconfirm_by
    )
