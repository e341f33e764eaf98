"""What a provider tells of a message after the hand-over: kept once, and it moves an attempt forward only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.crypto import token_hash
from casestatus.database import new_id
from casestatus.database.conflicts import insert_into
from casestatus.notices.models import FINAL, AttemptState, DeliveryAttempt, ProviderReceipt
from casestatus.notices.providers import Receipt, Report, Undelivered
from casestatus.notices.settling import Settlement
from casestatus.settings import Settings
from casestatus.telemetry import Log

log = Log()


class Receipts:
    """Takes receipts in the caller's transaction, in any order and any number of times."""

    def __init__(self, session: Session, *, now: datetime, settings: Settings) -> None:
        self._session = session
        self._now = now
        self._settlement = Settlement(session, now=now, settings=settings)

    def take(self, token: str, receipt: Receipt) -> bool:
        """A receipt that came to an attempt's own address; False when the token is nobody's."""
        of_token = select(DeliveryAttempt).where(DeliveryAttempt.callback_hash == token_hash(token))
        attempt = self._session.scalars(of_token.with_for_update()).one_or_none()
        if attempt is None:
            return False
        self.apply(attempt, receipt)
        return True

    def apply(self, attempt: DeliveryAttempt, receipt: Receipt) -> None:
        """Move the attempt, whose row the caller holds, to what the receipt says, unless we know more already.

        One that comes before we wrote down that the provider has the message says so itself, and is believed. A message
        of ours that no attempt goes by is only deleted there.
        """
        of_another = attempt.provider_id not in {None, receipt.provider_id}
        unfollowed = of_another or (attempt.state in FINAL and attempt.provider_id is None)
        if not keep_receipt(
            self._session,
            receipt.provider,
            receipt.provider_id,
            receipt.status,
            attempt_id=attempt.id,
            now=self._now,
            forget_at=self._now if unfollowed else None,
        ):
            return
        if attempt.state in FINAL:
            return
        if of_another:
            log.warning("receipt.of_another_message", attempt=str(attempt.id))
            return
        if attempt.state is not AttemptState.SENT:
            self._settlement.adopt(attempt, receipt.provider, receipt.provider_id)
        if receipt.report is not None:
            self._tell_operator(attempt, receipt.report)
            self._settlement.report(attempt, receipt.report)

    def _tell_operator(self, attempt: DeliveryAttempt, report: Report) -> None:
        if isinstance(report, Undelivered) and report.alarming:
            log.error("delivery.blocked", attempt=str(attempt.id), error=report.code)


def keep_receipt(
    session: Session,
    provider: str,
    provider_id: str,
    status: str,
    *,
    attempt_id: UUID | None,
    now: datetime,
    forget_at: datetime | None = None,
) -> bool:
    """Keep a receipt; False when it was here before. The provider's own message is deleted there at `forget_at`."""
    kept = insert_into(session, ProviderReceipt).on_conflict_do_nothing()
    values = {"id": new_id(), "provider": provider, "provider_id": provider_id, "status": status}
    moments = {"received_at": now, "forget_at": forget_at}
    statement = kept.values(**values, **moments, attempt_id=attempt_id).returning(ProviderReceipt.id)
    return session.scalar(statement) is not None
