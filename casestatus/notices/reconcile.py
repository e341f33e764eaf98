"""Attempts of which we can't know whether they left: look, and send again only what is certainly absent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from casestatus.notices.models import DeliveryAttempt
from casestatus.notices.providers import LookFailed, Provider
from casestatus.notices.queue import Claim, held_attempts
from casestatus.notices.settling import Settlement
from casestatus.settings import Settings

LOOKS_TO_BE_SURE = 2


@dataclass(frozen=True)
class Found:
    """The provider has it, under this id."""

    provider_id: str


@dataclass(frozen=True)
class Absent:
    """It isn't in the provider's list, now."""


@dataclass(frozen=True)
class Unseen:
    """The provider couldn't be asked."""


Look = Found | Absent | Unseen


class Looked(NamedTuple):
    """What a look for one held attempt showed, and at which provider."""

    claim: Claim
    look: Look
    provider: str


def look(provider: Provider, address: str, reference: str, since: datetime) -> Look:
    """One look at the provider, with no transaction open."""
    try:
        provider_id = provider.find(address, reference, since)
    except LookFailed:
        return Unseen()
    return Absent() if provider_id is None else Found(provider_id)


class Reconciling:
    """Writes down, in one transaction, what the looks showed."""

    def __init__(self, session: Session, settlement: Settlement, *, now: datetime, settings: Settings) -> None:
        self._session = session
        self._settlement = settlement
        self._now = now
        self._limits = settings.limits

    def settle(self, group: Sequence[Looked]) -> None:
        """Every look whose attempt is still held."""
        held = held_attempts(self._session, [looked.claim for looked in group])
        self._settlement.load_notices(list(held.values()))
        for claim, seen, provider in group:
            if attempt := held.get(claim.attempt_id):
                self._apply(attempt, seen, provider)

    def _apply(self, attempt: DeliveryAttempt, seen: Look, provider: str) -> None:
        attempt.lease_token = None
        match seen:
            case Found(provider_id) if not self._is_known(provider_id, attempt):
                self._settlement.hand_over(attempt, provider, provider_id)
            case Absent():
                self._count_absence(attempt)
            case _:
                self._wait_or_give_up(attempt)

    def _count_absence(self, attempt: DeliveryAttempt) -> None:
        """Once absent proves nothing: a provider's list may lag behind what it accepted."""
        attempt.looks += 1
        if attempt.looks >= LOOKS_TO_BE_SURE:
            self._settlement.try_at(attempt, self._now)
        else:
            attempt.due_at = self._now + timedelta(seconds=self._limits.reconcile_gap)

    def _wait_or_give_up(self, attempt: DeliveryAttempt) -> None:
        since = attempt.uncertain_at or self._now
        if self._now - since >= timedelta(seconds=self._limits.reconcile_longest):
            self._settlement.leave_unproven(attempt)
        else:
            attempt.due_at = self._now + timedelta(seconds=self._limits.reconcile_gap)

    def _is_known(self, provider_id: str, attempt: DeliveryAttempt) -> bool:
        """Whether another attempt already goes by this id, so that the message found can't be ours."""
        other = exists().where(DeliveryAttempt.provider_id == provider_id, DeliveryAttempt.id != attempt.id)
        return bool(self._session.scalar(select(other)))
