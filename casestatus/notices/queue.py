"""The table of attempts as a queue: put one in, hold some for a while, and give up what a lost worker held."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.orm import Session

from casestatus.database.prepared import Prepared
from casestatus.notices.models import AttemptState, DeliveryAttempt, Notice, NoticeState
from casestatus.notices.references import References
from casestatus.victims.models import Channel, Contact

WAKE_UP = "casestatus_notices"  # the channel of PostgreSQL's NOTIFY
MOVING = (AttemptState.PENDING, AttemptState.SENDING, AttemptState.UNCERTAIN, AttemptState.SENT)
Kind = tuple[AttemptState, Channel]
KINDS: Sequence[Kind] = [(state, channel) for state in MOVING for channel in Channel]


@dataclass(frozen=True)
class Claim:
    """An attempt that this worker holds until its lease is over; nothing is settled without the token."""

    attempt_id: UUID
    notice_id: UUID
    lease_token: UUID | None
    state: AttemptState


class Owed(NamedTuple):
    """A notice that this contact is to be given, on this rung of its ladder."""

    notice: Notice
    contact: Contact
    rung: int
    due_at: datetime


def enqueue(session: Session, owed: Sequence[Owed], *, now: datetime) -> None:
    """Put these on their way, in the caller's transaction. The worker is woken when it commits."""
    if not owed:
        return
    references = References(session, {each.contact.address_key for each in owed}, now)
    session.add_all(
        DeliveryAttempt(
            notice_id=notice.id,
            contact_id=contact.id,
            channel=contact.channel,
            rung=rung,
            state=AttemptState.PENDING,
            due_at=due_at,
            reference=references.new(contact.address_key),
            created_at=now,
        )
        for notice, contact, rung, due_at in owed
    )
    _wake_worker(session)


def bring_forward(session: Session, notice_ids: Collection[UUID], due_at: datetime) -> None:
    """What waits of these notices, be it for an hour of the day, is due at that moment already."""
    waiting = (DeliveryAttempt.notice_id.in_(notice_ids), DeliveryAttempt.state == AttemptState.PENDING)
    later = update(DeliveryAttempt).where(*waiting, DeliveryAttempt.due_at > due_at).values(due_at=due_at)
    if notice_ids and session.scalars(later.returning(DeliveryAttempt.id)).first() is not None:
        _wake_worker(session)


def _wake_worker(session: Session) -> None:
    """Once a transaction: other hosts by NOTIFY, which leaves on commit; this process by `Database.changed`."""
    if session.info.get("wakes_worker"):
        return
    session.info["wakes_worker"] = True
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"NOTIFY {WAKE_UP}"))


EARLIEST = Prepared(
    select(
        *(
            select(func.min(DeliveryAttempt.due_at))
            .where(DeliveryAttempt.state == kind[0], DeliveryAttempt.channel == kind[1])
            .scalar_subquery()
            .label("_".join(kind))
            for kind in KINDS
        )
    )
)


def earliest_due(session: Session) -> dict[Kind, datetime]:
    """When the first of each state and channel is due, where there is any: one look into the index for each."""
    (row,) = EARLIEST.rows(session, {})
    found = {kind: getattr(row, "_".join(kind)) for kind in KINDS}
    return {kind: due_at for kind, due_at in found.items() if due_at is not None}


def claim(
    session: Session,
    state: AttemptState,
    channel: Channel,
    *,
    limit: int,
    now: datetime,
    lease: timedelta,
    due_by: datetime | None = None,
) -> Sequence[Claim]:
    """Hold up to `limit` attempts that are due, or will be by `due_by`: the caller begins none of them before.

    One statement, so that no two workers can win the same row.

    Pending ones become `sending`: from now on we can't know, until we are told. Uncertain ones stay so.
    """
    by = due_by or now
    due = (
        select(DeliveryAttempt.id)
        .where(DeliveryAttempt.state == state, DeliveryAttempt.channel == channel, DeliveryAttempt.due_at <= by)
        .order_by(DeliveryAttempt.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = update(DeliveryAttempt).where(DeliveryAttempt.id.in_(select(due.c.id)))
    values = {"due_at": now + lease, "lease_token": uuid4()}
    if state is AttemptState.PENDING:
        begun = func.coalesce(DeliveryAttempt.first_try_at, by)
        values |= {"state": AttemptState.SENDING, "tries": DeliveryAttempt.tries + 1, "first_try_at": begun}
    held = taken.values(**values).returning(
        DeliveryAttempt.id, DeliveryAttempt.notice_id, DeliveryAttempt.lease_token, DeliveryAttempt.state
    )
    rows = session.execute(held, execution_options={"synchronize_session": False})
    claims = sorted((Claim(*row) for row in rows), key=lambda held: held.attempt_id)  # PostgreSQL keeps no order
    _notices_are_under_way(session, claims)
    return claims


def _notices_are_under_way(session: Session, claims: Sequence[Claim]) -> None:
    if claims:
        ids = [held.notice_id for held in claims]
        session.execute(update(Notice).where(Notice.id.in_(ids)).values(state=NoticeState.UNDER_WAY))


def held_attempts(session: Session, claims: Sequence[Claim]) -> dict[UUID, DeliveryAttempt]:
    """Those of the claims that are still ours, locked. A worker that slept past its lease finds none of them."""
    if not claims:
        return {}
    ours = {held.attempt_id: held for held in claims}
    rows = session.scalars(
        select(DeliveryAttempt)
        .where(
            DeliveryAttempt.id.in_(ours),
            DeliveryAttempt.lease_token.in_({held.lease_token for held in claims}),
            DeliveryAttempt.state.in_({held.state for held in claims}),
        )
        .order_by(DeliveryAttempt.id)
        .with_for_update()
    )
    return {row.id: row for row in rows}


def never_tried_since(session: Session, channel: Channel, before: datetime, *, limit: int) -> Sequence[DeliveryAttempt]:
    """What was due before a moment and still waits for its hand-over, locked."""
    waiting = (DeliveryAttempt.state == AttemptState.PENDING, DeliveryAttempt.channel == channel)
    oldest = select(DeliveryAttempt).where(*waiting, DeliveryAttempt.due_at <= before)
    held = oldest.order_by(DeliveryAttempt.due_at).limit(limit).with_for_update(skip_locked=True)
    return session.scalars(held).all()


def give_up_leases(session: Session, now: datetime) -> bool:
    """What a worker held too long became uncertain: its hand-over may have happened. Whether there was any."""
    lost = update(DeliveryAttempt).where(DeliveryAttempt.id.in_(_overdue(AttemptState.SENDING, now)))
    lost = lost.values(state=AttemptState.UNCERTAIN, uncertain_at=now, looks=0, due_at=now, lease_token=None)
    return session.scalars(lost.returning(DeliveryAttempt.id)).first() is not None


def end_unproven(session: Session, now: datetime) -> None:
    """What was handed over and never proved ends as unproven; its notice stays "handed over"."""
    waited = update(DeliveryAttempt).where(DeliveryAttempt.id.in_(_overdue(AttemptState.SENT, now)))
    session.execute(waited.values(state=AttemptState.UNPROVEN, ended_at=now, follow_up_at=now))


def _overdue(state: AttemptState, now: datetime) -> Select[UUID]:
    """What is overdue in this state, but for rows that a worker is writing: a frozen one must not stop the others."""
    overdue = select(DeliveryAttempt.id).where(
        DeliveryAttempt.state == state, DeliveryAttempt.channel.in_(tuple(Channel)), DeliveryAttempt.due_at <= now
    )
    return select(overdue.with_for_update(skip_locked=True).cte("overdue").c.id)
