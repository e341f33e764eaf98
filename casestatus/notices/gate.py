"""Who may hand over how many messages now: the account's rate and its senders' state, shared by all workers.

Both live in the database and not in a process: only there does the whole fleet keep under one rate, is a failing sender
left alone after 50 failures and not after 50 in each process, tried again by one message and not by one of each, and
only there can the web tell an operator how it stands.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.database.conflicts import insert_into
from casestatus.notices.breaker import Breaker, Stand, failures_as_written, failures_read, verdict_of
from casestatus.notices.models import ProviderRate, SenderBreaker
from casestatus.notices.providers import Answer, Later, Provider
from casestatus.notices.tokens import Tokens
from casestatus.settings import Limits
from casestatus.telemetry import Log

log = Log()


@dataclass(frozen=True)
class Permit:
    """So many messages may be handed over by this way, none of them later than `usable_until`."""

    way: Provider
    number: int
    usable_until: datetime
    id: str
    of_clean_sender: bool
    is_trial: bool  # the one message that shows whether the sender works again


@dataclass(frozen=True)
class NotNow:
    """The rate is used up until then; a later look may find more."""

    until: datetime


@dataclass(frozen=True)
class NoWay:
    """No sender of the channel works."""


class Gate:
    """Asked before messages are claimed, told how each went and when all have left, in the caller's transactions."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def admit(
        self,
        session: Session,
        ways: Sequence[Provider],
        *,
        limit: int,
        usable_until: datetime,
        now: datetime,
        out: Callable[[str], int] = lambda _sender: 0,
    ) -> Permit | NotNow | NoWay:
        """Up to `limit` hand-overs by the first way that works. What is then claimed must be taken (`take`).

        `out`: how many the caller has under way by a sender. Should it have died, no more are tried than show that.
        """
        for way in ways:
            breaker = self._breaker(session, way)
            stand = breaker.stand(now)
            is_trial, number = stand is Stand.HALF_OPEN, limit
            if is_trial:
                stand, number = self._begin_trial(session, way, now), 1
            elif stand is Stand.CLOSED:
                number = min(limit, breaker.failures_left(now, self._limits) - out(way.sender))
                if number <= 0:
                    return NotNow(now)
            if stand is not Stand.OPEN:
                asked = Permit(way, number, usable_until, uuid4().hex[:12], breaker.is_clean, is_trial)
                permit = self._within_rate(session, asked, now)
                if is_trial and isinstance(permit, NotNow):
                    self.note(session, asked, (), now)  # it wasn't made, so whoever comes next may make it
                return permit
        return NoWay()

    def works(self, session: Session, ways: Sequence[Provider], now: datetime) -> bool:
        """Whether it makes sense to ask there anything at all."""
        return any(self._breaker(session, way).stand(now) is not Stand.OPEN for way in ways)

    def take(self, session: Session, permit: Permit, number: int, now: datetime) -> None:
        """So many were claimed: their tokens are out."""
        per_second = permit.way.per_second
        if number and per_second is not None:
            row = session.get_one(ProviderRate, permit.way.name)
            tokens = _tokens(row, per_second).take(permit.id, number, usable_until=permit.usable_until, now=now)
            _write_tokens(row, tokens)

    def note(self, session: Session, permit: Permit, answers: Sequence[Answer], now: datetime) -> bool:
        """Remember what the answers tell of the sender; whether more may be handed to it without asking again."""
        waits = [answer.retry_after for answer in answers if isinstance(answer, Later) and answer.retry_after]
        if waits:
            self._hold(session, permit.way, max(waits), now)
        return self._stands_after(session, permit, answers, now) is Stand.CLOSED and not waits

    def give_back(self, session: Session, permit: Permit, *, unused: int = 0, used_at: Sequence[datetime] = ()) -> None:
        """Some of its messages will never be begun: their tokens are back. Others have left, not after these moments:
        theirs come back a second later.
        """
        per_second = permit.way.per_second
        if per_second is not None:
            row = self._rate_row(session, permit.way)
            tokens = _tokens(row, per_second).used(permit.id, unused, None)
            if used_at:
                tokens = tokens.used(permit.id, len(used_at), max(used_at))
            _write_tokens(row, tokens)

    def _hold(self, session: Session, way: Provider, seconds: float, now: datetime) -> None:
        """The one that was told so waits as long as that; the others look again after an hour at most."""
        if way.per_second is not None:
            row, wait = self._rate_row(session, way), timedelta(seconds=min(seconds, self._limits.retry_cap))
            _write_tokens(row, _tokens(row, way.per_second).hold(now + wait))

    def _stands_after(self, session: Session, permit: Permit, answers: Sequence[Answer], now: datetime) -> Stand:
        verdicts = [verdict_of(answer) for answer in answers]
        if permit.of_clean_sender and Breaker().after(verdicts, now=now, limits=self._limits).is_clean:
            return Stand.CLOSED
        row = self._breaker_row(session, permit.way)
        before = _breaker(row)
        after = before.after(verdicts, now=now, limits=self._limits)
        stand = after.stand(now)
        if stand not in {before.stand(now), Stand.HALF_OPEN}:  # a trial that told nothing leaves it half open: no news
            tell = log.error if stand is Stand.OPEN else log.info
            tell("sender.stands", sender=permit.way.sender, stand=stand.value)
        _write_breaker(row, after)
        return stand

    def _within_rate(self, session: Session, permit: Permit, now: datetime) -> Permit | NotNow:
        if permit.way.per_second is None:
            return permit
        tokens = _tokens(self._rate_row(session, permit.way), permit.way.per_second)
        number = min(permit.number, tokens.free(now))
        return replace(permit, number=number) if number else NotNow(tokens.next_free_at(now))

    def _begin_trial(self, session: Session, way: Provider, now: datetime) -> Stand:
        """Half open for the one that came first; open for everybody else."""
        row = self._breaker_row(session, way)
        breaker = _breaker(row)
        stand = breaker.stand(now)
        if stand is Stand.HALF_OPEN:
            _write_breaker(row, breaker.probing(now + timedelta(seconds=self._limits.lease)))
        return stand

    def _breaker(self, session: Session, way: Provider) -> Breaker:
        row = session.get(SenderBreaker, way.sender)
        return Breaker() if row is None else _breaker(row)

    def _breaker_row(self, session: Session, way: Provider) -> SenderBreaker:
        _make_row(session, SenderBreaker, "sender", way.sender, failures=[], openings=0)
        return session.get_one(SenderBreaker, way.sender, with_for_update=True)

    def _rate_row(self, session: Session, way: Provider) -> ProviderRate:
        held = select(ProviderRate).where(ProviderRate.provider == way.name).with_for_update()
        row = session.scalars(held).one_or_none()
        if row is None:
            _make_row(session, ProviderRate, "provider", way.name, taken=[])
            row = session.scalars(held).one()
        return row


def stands(session: Session, now: datetime) -> dict[str, Stand]:
    """How each sender stands that ever failed; the others work."""
    return {row.sender: _breaker(row).stand(now) for row in session.scalars(select(SenderBreaker))}


def _make_row(
    session: Session, table: type[ProviderRate | SenderBreaker], key: str, name: str, **empty: object
) -> None:
    made = insert_into(session, table).on_conflict_do_nothing()
    session.execute(made.values({key: name, **empty}))


def _tokens(row: ProviderRate, per_second: int) -> Tokens:
    return Tokens.read(per_second, row.taken, row.held_until)


def _write_tokens(row: ProviderRate, tokens: Tokens) -> None:
    row.taken, row.held_until = tokens.as_written(), tokens.held_until


def _breaker(row: SenderBreaker) -> Breaker:
    return Breaker(failures_read(row.failures), row.open_until, row.openings, row.probe_until)


def _write_breaker(row: SenderBreaker, breaker: Breaker) -> None:
    row.failures, row.openings = failures_as_written(breaker.failures), breaker.openings
    row.open_until, row.probe_until = breaker.open_until, breaker.probe_until
