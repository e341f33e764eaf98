"""One pass of the worker: hold what is due, hand it over with no transaction open, write down how it went."""

import math
import time
from collections.abc import Collection, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.notices.callbacks import keep_tokens
from casestatus.notices.gate import Gate, NoWay, Permit, Used
from casestatus.notices.models import AttemptState
from casestatus.notices.outgoing import Leaving, Outgoing, Postponed, Ready, Sought
from casestatus.notices.providers import Provider, Providers
from casestatus.notices.queue import Claim, claim, due_kinds, end_unproven, give_up_leases, never_tried_since
from casestatus.notices.reconcile import Looked, Reconciling, Unseen, look
from casestatus.notices.settling import Settled, Settlement
from casestatus.notices.tokens import SECOND
from casestatus.settings import Settings
from casestatus.victims.models import Channel

BEGIN_WITHIN = 0.3  # of the lease: with the provider's time-out of 0.6 a hand-over ends before the lease does
SEND_WITHIN = 0.6  # of the lease: what isn't given away by then never is, whatever froze us; the rest is for the answer
LOOK_AGAIN = 0.25  # seconds between two looks for a token
USABLE = 1.0  # seconds in which a permit is used or not at all, so that the fleet knows when its tokens come back
NEAR = USABLE + SECOND.total_seconds()


@dataclass(frozen=True)
class Passed:
    """What a pass did for one channel: whether it held anything, and when the rate lets it hold more."""

    worked: bool
    again_at: datetime | None = None


class InTime(NamedTuple):
    """Until when, on the monotonic clock, a hand-over may begin, and a message be given away to its end."""

    begin_before: float
    send_before: float


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
        self._gate = Gate(settings.limits)
        self._pool = pool
        self._at_once = at_once

    def once(self) -> bool:
        """One pass; whether another should follow at once: it held something, or the next token is near."""
        now = self._database.now()
        with self._database.reading() as session:
            due = due_kinds(session, now)
        found = self._end_overdue({state for state, _ in due}, now)
        passed = [self._deliver(channel) for channel in self._providers if (AttemptState.PENDING, channel) in due]
        looked = [self._reconcile(channel) for channel in self._providers if (AttemptState.UNCERTAIN, channel) in due]
        return found or any(each.worked for each in passed) or any(looked) or self._awaited(passed)

    def _end_overdue(self, states: Collection[AttemptState], now: datetime) -> bool:
        """What was held, or waited for proof, too long; whether something is uncertain now that wasn't."""
        if not {AttemptState.SENDING, AttemptState.SENT} & set(states):
            return False
        with self._database.writing() as session:
            end_unproven(session, now)
            return give_up_leases(session, now)

    def _awaited(self, passed: Sequence[Passed]) -> bool:
        """Wait for the next token, if it is near; others may tell in the meantime that theirs came back earlier."""
        moments = [each.again_at for each in passed if each.again_at is not None]
        wait = (min(moments) - self._database.now()).total_seconds() if moments else math.inf
        if wait > NEAR:
            return False
        time.sleep(min(max(0.0, wait), self._settings.limits.poll, LOOK_AGAIN))
        return True

    def _deliver(self, channel: Channel) -> Passed:
        usable = min(BEGIN_WITHIN * self._settings.limits.lease, USABLE)
        asked_at = time.monotonic()
        admitted = self._claim_pending(channel, timedelta(seconds=usable))
        if isinstance(admitted, Passed):
            return admitted
        permit, claims = admitted
        with self._database.reading() as session:
            leaving = self._outgoing.leaving(session, claims, now=self._database.now())
        in_time = InTime(asked_at + usable, asked_at + SEND_WITHIN * self._settings.limits.lease)
        group = list(
            self._pool.map(lambda held: self._hand_over(held, leaving[held.attempt_id], permit.way, in_time), claims)
        )
        with self._database.writing() as session:
            self._settlement(session).settle([settled for settled, _ in group])
            self._gate.settle(session, permit, [used for _, used in group if used], self._database.now())
        return Passed(worked=True)

    def _claim_pending(self, channel: Channel, usable: timedelta) -> tuple[Permit, Sequence[Claim]] | Passed:
        """As many as may leave now, with their permit; else why there are none."""
        with self._database.writing() as session:
            now = self._database.now()
            permit = self._gate.admit(
                session, self._providers[channel], limit=self._at_once, usable_until=now + usable, now=now
            )
            if isinstance(permit, NoWay):
                return Passed(worked=self._give_up_waiting(session, channel, now))
            if not isinstance(permit, Permit):
                return Passed(worked=False, again_at=permit.until)
            claims = self._claim(session, AttemptState.PENDING, channel, limit=permit.number, now=now)
            self._gate.take(session, permit, len(claims), now)
            if not claims:
                self._gate.settle(session, permit, (), now)
                return Passed(worked=False)
            keep_tokens(session, claims, self._keys, settings=self._settings, channel=channel)
            return permit, claims

    def _give_up_waiting(self, session: Session, channel: Channel, now: datetime) -> bool:
        """While no sender works nothing is tried; what waited as long as we try goes to the next rung all the same."""
        longest = timedelta(seconds=self._settings.limits.retry_longest)
        waited = never_tried_since(session, channel, now - longest, limit=self._at_once)
        settlement = self._settlement(session)
        settlement.load_notices(waited)
        for attempt in waited:
            settlement.expire(attempt)
        return bool(waited)

    def _hand_over(self, held: Claim, leaving: Leaving, way: Provider, in_time: InTime) -> tuple[Settled, Used | None]:
        """In a thread of the pool, with no transaction open. Whoever slept here too long doesn't begin any more."""
        if not isinstance(leaving, Ready):
            return Settled(held, leaving), None
        began_at = self._database.now()
        if time.monotonic() > in_time.begin_before:
            return Settled(held, Postponed(began_at)), None
        answer = way.hand_over(replace(leaving.message, send_before=in_time.send_before))
        return Settled(held, answer, way.name), Used(answer, began_at)

    def _reconcile(self, channel: Channel) -> bool:
        """Look for what may have been accepted, by any sender: the account's list has them all."""
        ways = self._providers[channel]
        now = self._database.now()
        with self._database.reading() as session:
            if not self._gate.works(session, ways, now):
                return False
        with self._database.writing() as session:
            claims = self._claim(session, AttemptState.UNCERTAIN, channel, limit=self._at_once, now=now)
        if not claims:
            return False
        with self._database.reading() as session:
            sought = self._outgoing.sought(session, claims)
        group = list(self._pool.map(lambda held: _look(ways[0], held, sought[held.attempt_id]), claims))
        now = self._database.now()
        with self._database.writing() as session:
            Reconciling(session, self._settlement(session), now=now, settings=self._settings).settle(group)
        return True

    def _claim(
        self, session: Session, state: AttemptState, channel: Channel, *, limit: int, now: datetime
    ) -> Sequence[Claim]:
        lease = timedelta(seconds=self._settings.limits.lease)
        return claim(session, state, channel, limit=limit, now=now, lease=lease)

    def _settlement(self, session: Session) -> Settlement:
        return Settlement(session, now=self._database.now(), settings=self._settings)


def _look(provider: Provider, held: Claim, sought: Sought | None) -> Looked:
    if sought is None:
        return Looked(held, Unseen(), "")
    return Looked(held, look(provider, sought.address, sought.reference, sought.since), provider.name)
