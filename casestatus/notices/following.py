"""After a message left: ask the provider what became of it, should its receipt be lost; let it forget the number."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from casestatus.database import Database
from casestatus.notices.gate import Gate
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
    """Looks after messages that were handed over; several may run on one database, in any number of processes.

    `ways` are the senders of one account, any of which may be asked about what another sent: also while one is left
    alone and the other sends.
    """

    def __init__(
        self, database: Database, settings: Settings, ways: Sequence[TwilioSms], pool: Executor, *, at_once: int
    ) -> None:
        self._database = database
        self._gate = Gate(settings.limits)
        self._settings = settings
        self._ways = ways
        self._provider = ways[0]
        self._pool = pool
        self._at_once = at_once

    def once(self) -> bool:
        """One pass; whether it found anything, so that another may follow at once."""
        now = self._database.now()
        due = self._due(now)
        with self._database.reading() as session:
            if session.scalar(due.limit(1)) is None or not self._gate.works(session, self._ways, now):
                return False
        with self._database.writing() as session:
            followed = self._claim(session, due, now)
        learnt = list(self._pool.map(self._call, followed))
        with self._database.writing() as session:
            receipts = Receipts(session, now=self._database.now(), settings=self._settings)
            held = _held(session, [each.attempt_id for each in learnt])
            for each in learnt:
                _write_down(receipts, held[each.attempt_id], each)
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
        some = due.limit(self._at_once).with_for_update(of=DeliveryAttempt, skip_locked=True)
        rows = session.scalars(some.with_only_columns(DeliveryAttempt)).all()
        gap = timedelta(seconds=self._settings.limits.follow_up_gap)
        for row in rows:
            row.follow_up_at = now + gap_after(now - (row.ended_at or row.sent_at or now), at_least=gap)
        return [Followed(row.id, str(row.provider_id), row.state in FINAL) for row in rows]

    def _call(self, followed: Followed) -> Learnt:
        """In a thread of the pool, with no transaction open."""
        attempt_id, provider_id, is_final = followed
        if is_final:
            return Learnt(attempt_id, deleted=self._provider.delete(provider_id))
        return Learnt(attempt_id, self._provider.fetch(provider_id))


def gap_after(age: timedelta, *, at_least: timedelta) -> timedelta:
    """The wait before the provider is asked again about what is so old: five minutes for two hours, then longer and
    longer, so that a message whose receipt never comes costs about 100 questions in three days, and not 850.
    """
    return max(at_least, age / 24)


def _held(session: Session, attempt_ids: Sequence[UUID]) -> Mapping[UUID, DeliveryAttempt]:
    """All of them before anything of theirs is written, in the order in which everybody holds attempts."""
    in_order = select(DeliveryAttempt).where(DeliveryAttempt.id.in_(attempt_ids)).order_by(DeliveryAttempt.id)
    return {attempt.id: attempt for attempt in session.scalars(in_order.with_for_update())}


def _write_down(receipts: Receipts, attempt: DeliveryAttempt, learnt: Learnt) -> None:
    if learnt.deleted:
        attempt.follow_up_at = None
    elif learnt.receipt is not None:
        receipts.apply(attempt, learnt.receipt)
