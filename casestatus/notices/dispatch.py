"""One pass of the worker: hold what is due, hand it over with no transaction open, write down how it went."""

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import timedelta

from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.notices.callbacks import keep_tokens
from casestatus.notices.models import AttemptState
from casestatus.notices.outgoing import Leaving, Outgoing, Postponed, Ready, Sought
from casestatus.notices.providers import Providers
from casestatus.notices.queue import Claim, anything_due, claim, end_unproven, give_up_leases
from casestatus.notices.reconcile import Looked, Reconciling, Unseen, look
from casestatus.notices.settling import Settled, Settlement
from casestatus.settings import Settings

BEGIN_WITHIN = 0.3  # of the lease: with the provider's time-out of 0.6 a hand-over ends before the lease does


class Dispatch:
    """Delivers by the given providers; several may run on one database, in any number of processes."""

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
        self._outgoing = Outgoing(keys, settings)
        self._settings = settings
        self._providers = providers
        self._pool = pool
        self._at_once = at_once

    def once(self) -> bool:
        """One pass; whether it held anything, so that another may follow at once."""
        now = self._database.now()
        with self._database.reading() as session:
            if not anything_due(session, now):
                return False
        with self._database.writing() as session:
            give_up_leases(session, now)
            end_unproven(session, now)
        delivered, looked_for = self._deliver(), self._reconcile()
        return bool(delivered + looked_for)

    def _deliver(self) -> int:
        begin_before = time.monotonic() + BEGIN_WITHIN * self._settings.limits.lease
        claims = self._claim(AttemptState.PENDING)
        if not claims:
            return 0
        with self._database.reading() as session:
            leaving = self._outgoing.leaving(session, claims, now=self._database.now())
        group = list(self._pool.map(lambda held: self._hand_over(held, leaving[held.attempt_id], begin_before), claims))
        with self._database.writing() as session:
            self._settlement(session).settle(group)
        return len(group)

    def _hand_over(self, held: Claim, leaving: Leaving, begin_before: float) -> Settled:
        """In a thread of the pool, with no transaction open. Whoever slept here too long doesn't begin any more."""
        if not isinstance(leaving, Ready):
            return Settled(held, leaving)
        if time.monotonic() > begin_before:
            return Settled(held, Postponed(self._database.now()))
        provider = self._providers[leaving.channel]
        return Settled(held, provider.hand_over(leaving.message), provider.name)

    def _reconcile(self) -> int:
        claims = self._claim(AttemptState.UNCERTAIN)
        if not claims:
            return 0
        with self._database.reading() as session:
            sought = self._outgoing.sought(session, claims)
        group = list(self._pool.map(lambda held: self._look(held, sought[held.attempt_id]), claims))
        now = self._database.now()
        with self._database.writing() as session:
            Reconciling(session, self._settlement(session), now=now, settings=self._settings).settle(group)
        return len(group)

    def _look(self, held: Claim, sought: Sought | None) -> Looked:
        if sought is None:
            return Looked(held, Unseen(), "")
        provider = self._providers[sought.channel]
        return Looked(held, look(provider, sought.address, sought.reference, sought.since), provider.name)

    def _claim(self, state: AttemptState) -> Sequence[Claim]:
        lease = timedelta(seconds=self._settings.limits.lease)
        with self._database.writing() as session:
            claims = claim(session, state, limit=self._at_once, now=self._database.now(), lease=lease)
            if state is AttemptState.PENDING and self._settings.takes_callbacks:
                keep_tokens(session, claims, self._keys)
            return claims

    def _settlement(self, session: Session) -> Settlement:
        return Settlement(session, now=self._database.now(), settings=self._settings)
