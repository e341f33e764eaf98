"""The worker's turn: write down how it went, hold what is due, and have it handed over while the next turn comes."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self

from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.notices.callbacks import keep_tokens
from casestatus.notices.gate import Gate, NotNow, NoWay, Permit
from casestatus.notices.hand_overs import Back, HandOvers, InTime
from casestatus.notices.models import AttemptState
from casestatus.notices.outgoing import Outgoing
from casestatus.notices.providers import Provider, Providers
from casestatus.notices.queue import Claim, claim, earliest_due
from casestatus.notices.settling import Settlement
from casestatus.notices.tokens import SECOND
from casestatus.settings import Settings
from casestatus.victims.models import Channel

BEGIN_WITHIN = 0.3  # of the lease: with the provider's time-out of 0.6 a hand-over ends before the lease does
SEND_WITHIN = 0.6  # of the lease: what isn't given away by then never is, whatever froze us; the rest is for the answer
LOOK_AGAIN = timedelta(seconds=0.25)  # between two looks for a token
LONGEST_WAIT = 1.0  # seconds that a message is held before it begins; then it is better held anew
LONG_AGO, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
BEAT = 0.05  # seconds after which what came back is written down, however little it is


class Holding(NamedTuple):
    """What may leave by one channel now."""

    channel: Channel
    permit: Permit
    claims: Sequence[Claim]
    due_at: datetime


class Dispatch:
    """Delivers by the given providers; several may run on one database, in any number of processes."""

    def __init__(
        self, database: Database, keys: KeyRing, settings: Settings, providers: Providers, *, at_once: int
    ) -> None:
        self._database = database
        self._keys = keys
        self._settings = settings
        self._providers = providers
        self._gate = Gate(settings.limits)
        self._usable = timedelta(seconds=SEND_WITHIN * settings.limits.lease)
        outgoing, tell = Outgoing(keys, settings), database.changed.set
        self._lines = {
            channel: HandOvers(
                database, outgoing, at_once=at_once, holds_ahead=all(way.can_find for way in ways), tell=tell
            )
            for channel, ways in providers.items()
        }
        self._back: list[Back] = []  # not written down yet
        self._look_at = dict.fromkeys(providers, LONG_AGO)
        self.rest = 0.0  # seconds until something is due or to be looked at again, should nobody wake us before
        self._token_at: datetime | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def once(self) -> bool:
        """One turn; whether another should follow at once: something was done, is on its way, or may be soon."""
        self._database.changed.clear()
        self.rest = self._settings.limits.poll
        self._take_back()
        worked = self._turn(self._due())
        if any(line.out for line in self._lines.values()):
            self._database.changed.wait(BEAT)
            return True
        return worked or self._awaited()

    def close(self) -> None:
        """What was begun comes to its end, the rest goes back into the queue."""
        for line in self._lines.values():
            line.close()
        self._take_back()
        self._turn({})

    def _take_back(self) -> None:
        """What the last turn couldn't write down is tried again for as long as its lease lasts."""
        self._back = [back for back in self._back if time.monotonic() < back.group.in_time.settle_before]
        for line in self._lines.values():
            for back in line.back():
                self._back.append(back)

    def _due(self) -> Mapping[Channel, datetime]:
        """The channels by which something is due, or is about to be, and more may be held; and when it may leave."""
        now = self._database.now()
        with self._database.reading() as session:
            earliest = earliest_due(session)
        pending = {channel: earliest.get((AttemptState.PENDING, channel), NEVER) for channel in self._lines}
        look_at = {
            channel: max(due_at - self._lines[channel].early, self._look_at[channel])
            for channel, due_at in pending.items()
        }
        self.rest = min([self.rest, *((at - now).total_seconds() for at in look_at.values() if at > now)])
        return {
            channel: max(pending[channel], now)
            for channel, at in look_at.items()
            if at <= now and self._lines[channel].room
        }

    def _turn(self, due: Mapping[Channel, datetime]) -> bool:
        """Both in one transaction: it reaches the disk once."""
        if not (self._back or due):
            return False
        asked_at = time.monotonic()
        with self._database.writing() as session:
            now = self._database.now()
            troubled = self._write_down(session, now)
            held = [each for channel, at in due.items() if (each := self._hold(session, channel, max(at, now), now))]
        written, self._back = self._back, []
        for way in troubled:
            self._lines[way.channel].end(way.sender)
        for each in held:
            self._lines[each.channel].begin(each.claims, each.permit, self._in_time(asked_at), due_at=each.due_at)
        return bool(written or held)

    def _write_down(self, session: Session, now: datetime) -> Sequence[Provider]:
        """How it went with each message, and what that tells of the senders; those to which nothing more may go now."""
        Settlement(session, now=now, settings=self._settings).settle([back.settled for back in self._back])
        troubled = []
        for group in dict.fromkeys(back.group for back in self._back):
            came = [back for back in self._back if back.group is group]
            answers = [back.answer for back in came if back.answer]
            tells = bool(answers) or (group.permit.is_trial and not group.out)
            if tells and not self._gate.note(session, group.permit, answers, now):
                troubled.append(group.permit.way)
            used_at = [back.at for back in came if back.at]
            self._gate.give_back(session, group.permit, unused=len(came) - len(used_at), used_at=used_at)
        return troubled

    def _hold(self, session: Session, channel: Channel, due_at: datetime, now: datetime) -> Holding | None:
        """As many as may leave now; if none may, it is known when to look again."""
        line = self._lines[channel]
        permit = self._gate.admit(
            session,
            self._providers[channel],
            limit=line.room,
            usable_until=now + self._usable,
            now=now,
            out=line.out_by,
        )
        if not isinstance(permit, Permit):
            self._look_later(channel, permit, now)
            return None
        lease = timedelta(seconds=self._settings.limits.lease)
        claims = claim(session, AttemptState.PENDING, channel, limit=permit.number, now=now, lease=lease, due_by=due_at)
        self._gate.take(session, permit, len(claims), now)
        keep_tokens(session, claims, self._keys, settings=self._settings, channel=channel)
        if not claims and permit.is_trial:
            self._gate.note(session, permit, (), now)
        return Holding(channel, permit, claims, due_at) if claims else None

    def _look_later(self, channel: Channel, why: NotNow | NoWay, now: datetime) -> None:
        """Others may tell in the meantime that their tokens came back earlier."""
        if isinstance(why, NotNow) and why.until <= now + self._usable + SECOND:
            self._token_at = self._look_at[channel] = min(why.until, now + LOOK_AGAIN)
        else:
            self._look_at[channel] = now + timedelta(seconds=self._settings.limits.poll)

    def _awaited(self) -> bool:
        """Wait for the next token, if it is near."""
        if self._token_at is None:
            return False
        self._database.changed.wait(max(0.0, (self._token_at - self._database.now()).total_seconds()))
        self._token_at = None
        return True

    def _in_time(self, asked_at: float) -> InTime:
        lease = self._settings.limits.lease
        begins_within = min(BEGIN_WITHIN * lease, LONGEST_WAIT)
        return InTime(asked_at + begins_within, asked_at + SEND_WITHIN * lease, asked_at + lease)
