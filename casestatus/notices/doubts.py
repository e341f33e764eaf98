"""What may or may not have left: leases that ran out, and looks for it at the provider before it is sent again."""

from collections.abc import Collection, Sequence
from concurrent.futures import Executor
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing, Unsealable
from casestatus.database import Database
from casestatus.notices.composing import address_of
from casestatus.notices.gate import Gate
from casestatus.notices.models import AttemptState, DeliveryAttempt
from casestatus.notices.providers import Provider, Providers
from casestatus.notices.queue import Claim, claim, earliest_due, end_unproven, give_up_leases
from casestatus.notices.reconcile import Looked, Reconciling, Unseen, look
from casestatus.notices.settling import Settlement
from casestatus.settings import Settings
from casestatus.victims.models import Channel, Contact


class Sought(NamedTuple):
    """What to look for: a message to this address with this reference, not older than `since`."""

    address: str
    reference: str
    since: datetime


class Doubts:
    """Finds out what became of what nobody knows of; several may run on one database, in any number of processes."""

    def __init__(
        self,
        database: Database,
        keys: KeyRing,
        settings: Settings,
        providers: Providers,
        pool: Executor,
        *,
        at_once: int,
    ) -> None:
        self._database = database
        self._keys = keys
        self._settings = settings
        self._providers = providers
        self._gate = Gate(settings.limits)
        self._pool = pool
        self._at_once = at_once

    def once(self) -> bool:
        """One pass; whether it found anything, so that another may follow at once."""
        now = self._database.now()
        with self._database.reading() as session:
            due = {kind for kind, due_at in earliest_due(session).items() if due_at <= now}
        found = self._end_overdue({state for state, _ in due}, now)
        looked = [self._look(channel) for channel in self._providers if (AttemptState.UNCERTAIN, channel) in due]
        return found or any(looked)

    def _end_overdue(self, states: Collection[AttemptState], now: datetime) -> bool:
        """What was held, or waited for proof, too long; whether something is uncertain now that wasn't."""
        if not {AttemptState.SENDING, AttemptState.SENT} & set(states):
            return False
        with self._database.writing() as session:
            end_unproven(session, now)
            return give_up_leases(session, now)

    def _look(self, channel: Channel) -> bool:
        """Look for what may have been accepted, by any sender: the account's list has them all."""
        ways = self._providers[channel]
        now = self._database.now()
        with self._database.reading() as session:
            if not self._gate.works(session, ways, now):
                return False
        with self._database.writing() as session:
            lease = timedelta(seconds=self._settings.limits.lease)
            claims = claim(session, AttemptState.UNCERTAIN, channel, limit=self._at_once, now=now, lease=lease)
        with self._database.reading() as session:
            sought = [self._sought(session, held.attempt_id) for held in claims]
        if claims:
            self._settle(list(self._pool.map(partial(_look_for, ways[0]), claims, sought)))
        return bool(claims)

    def _sought(self, session: Session, attempt_id: UUID) -> Sought | None:
        """None for an address that we can't read."""
        attempt = session.get_one(DeliveryAttempt, attempt_id)
        where = select(Contact.id, Contact.address).where(Contact.id == attempt.contact_id)
        try:
            address = address_of(session.execute(where).one(), self._keys)
        except Unsealable:
            return None
        return Sought(address, attempt.reference, attempt.first_try_at or attempt.created_at)

    def _settle(self, group: Sequence[Looked]) -> None:
        now = self._database.now()
        with self._database.writing() as session:
            settlement = Settlement(session, now=now, settings=self._settings)
            Reconciling(session, settlement, now=now, settings=self._settings).settle(group)


def _look_for(provider: Provider, held: Claim, sought: Sought | None) -> Looked:
    """In a thread of the pool, with no transaction open."""
    if sought is None:
        return Looked(held, Unseen(), "")
    return Looked(held, look(provider, *sought), provider.name)
