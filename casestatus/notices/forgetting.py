"""What somebody wrote to us is deleted at the provider once handled: its list of numbers is a list of victims."""

from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, select, update

from casestatus.database import Database
from casestatus.notices.models import ProviderReceipt
from casestatus.notices.twilio import TwilioSms
from casestatus.settings import Settings


class Answered(NamedTuple):
    """A message of somebody's, to be deleted at the provider."""

    receipt_id: UUID
    provider_id: str


class Forgetting:
    """Deletes until the provider says that it is done; several may run on one database."""

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
        due = (ProviderReceipt.forget_at <= now, ProviderReceipt.provider == self._provider.name)
        with self._database.reading() as session:
            if not session.scalar(select(exists().where(*due))):
                return False
        held = self._hold()
        gone = [each.receipt_id for each, done in zip(held, self._pool.map(self._delete, held), strict=True) if done]
        with self._database.writing() as session:
            session.execute(update(ProviderReceipt).where(ProviderReceipt.id.in_(gone)).values(forget_at=None))
        return bool(held)

    def _hold(self) -> Sequence[Answered]:
        """Some of them, for a while: the next time is set before the call, so that a crash only delays it."""
        now = self._database.now()
        due = (ProviderReceipt.forget_at <= now, ProviderReceipt.provider == self._provider.name)
        oldest = select(ProviderReceipt.id).where(*due).order_by(ProviderReceipt.forget_at).limit(self._at_once)
        held = oldest.with_for_update(skip_locked=True).cte("due")
        again_at = now + timedelta(seconds=self._settings.limits.follow_up_gap)
        taken = update(ProviderReceipt).where(ProviderReceipt.id.in_(select(held.c.id))).values(forget_at=again_at)
        with self._database.writing() as session:
            rows = session.execute(taken.returning(ProviderReceipt.id, ProviderReceipt.provider_id))
            return [Answered(*row) for row in rows]

    def _delete(self, answered: Answered) -> bool:
        """In a thread of the pool, with no transaction open."""
        return self._provider.delete(answered.provider_id)
