"""After a message left: ask the provider what became of it, should its receipt be lost; let it forget the number."""

from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, exists, select, update
from sqlalchemy.orm import Session, aliased

from casestatus.database import Database
from casestatus.notices.models import FINAL, AttemptState, DeliveryAttempt
from casestatus.notices.providers import Receipt
from casestatus.notices.receipts import Receipts
from casestatus.notices.twilio import TwilioSms
from casestatus.settings import Settings
from casestatus.victims.models import Contact


class Followed(NamedTuple):
    """A message to be asked about or, once `is_final`, to be deleted at the provider."""

    attempt_id: UUID
    provider_id: str
    is_final: bool


class Learnt(NamedTuple):
    """What a call showed: a receipt, that the message is deleted, or nothing (it is tried again)."""

    attempt_id: UUID
    receipt: Receipt | None = None
    deleted: bool = False


class FollowUp:
    """Looks after messages that were handed over; several may run on one database, in any number of processes."""

    def __init__(
        self, database: Database, settings: Settings, provider: TwilioSms, pool: Executor, *, at_once: int
    ) -> None:
        self._database = database
        self._settings = settings
        self._provider = provider
        self._pool = pool
        self._at_once = at_once

    def once(self) -> bool:
        """One pass; whether it found anything, so that another may follow at once."""
        now = self._database.now()
        due = self._due(now)
        with self._database.reading() as session:
            if session.scalar(due.limit(1)) is None:
                return False
        with self._database.writing() as session:
            followed = self._claim(session, due, now)
        learnt = list(self._pool.map(self._call, followed))
        with self._database.writing() as session:
            receipts = Receipts(session, now=self._database.now(), settings=self._settings)
            for each in sorted(learnt, key=lambda each: each.attempt_id):
                _write_down(session, receipts, each)
        return bool(followed)

    def _due(self, now: datetime) -> Select[UUID]:
        """Those whose time has come. None is deleted while it is unclear what else this number was sent."""
        other, its_contact = aliased(DeliveryAttempt), aliased(Contact)
        unclear = exists().where(
            its_contact.address_key == Contact.address_key,
            other.contact_id == its_contact.id,
            other.state.in_((AttemptState.SENDING, AttemptState.UNCERTAIN)),
        )
        return (
            select(DeliveryAttempt.id)
            .join(Contact, Contact.id == DeliveryAttempt.contact_id)
            .where(DeliveryAttempt.follow_up_at <= now, DeliveryAttempt.provider == self._provider.name)
            .where((DeliveryAttempt.state == AttemptState.SENT) | (DeliveryAttempt.state.in_(FINAL) & ~unclear))
            .order_by(DeliveryAttempt.follow_up_at)
        )

    def _claim(self, session: Session, due: Select[UUID], now: datetime) -> Sequence[Followed]:
        """Hold some for a while: the next time is set before the call, so that a crash only delays it."""
        held = due.limit(self._at_once).with_for_update(of=DeliveryAttempt, skip_locked=True).cte("due")
        next_time = now + timedelta(seconds=self._settings.limits.follow_up_gap)
        taken = update(DeliveryAttempt).where(DeliveryAttempt.id.in_(select(held.c.id))).values(follow_up_at=next_time)
        rows = session.execute(
            taken.returning(DeliveryAttempt.id, DeliveryAttempt.provider_id, DeliveryAttempt.state),
            execution_options={"synchronize_session": False},
        )
        return [Followed(row.id, str(row.provider_id), row.state in FINAL) for row in rows]

    def _call(self, followed: Followed) -> Learnt:
        """In a thread of the pool, with no transaction open."""
        attempt_id, provider_id, is_final = followed
        if is_final:
            return Learnt(attempt_id, deleted=self._provider.delete(provider_id))
        return Learnt(attempt_id, self._provider.fetch(provider_id))


def _write_down(session: Session, receipts: Receipts, learnt: Learnt) -> None:
    if learnt.deleted:
        forgotten = update(DeliveryAttempt).where(DeliveryAttempt.id == learnt.attempt_id)
        session.execute(forgotten.values(follow_up_at=None))
    elif learnt.receipt is not None:
        receipts.apply(session.get_one(DeliveryAttempt, learnt.attempt_id, with_for_update=True), learnt.receipt)
