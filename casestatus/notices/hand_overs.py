"""One channel's held messages on their way out: threads hand them over in their order while the worker goes on."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from queue import SimpleQueue
from threading import Semaphore
from typing import NamedTuple

from casestatus.database import Database
from casestatus.notices.breaker import Verdict, verdict_of
from casestatus.notices.gate import Permit
from casestatus.notices.outgoing import Outgoing, Postponed, Ready
from casestatus.notices.providers import Answer, Later
from casestatus.notices.queue import Claim
from casestatus.notices.settling import Settled
from casestatus.telemetry import Log

log = Log()
WAITS = 0.25  # seconds that a held message waits for a free thread, if the provider answers as fast as it lately did
READERS = 2  # at the same time: each needs a connection, and a fleet has many threads
WAITING_AT_MOST = 2  # held messages, for each thread
EARLY = timedelta(seconds=0.025)  # before it is due a message may be held: then no write stands before its hand-over


class InTime(NamedTuple):
    """On the monotonic clock: until when a hand-over begins, a message is given away to its end, its end is news."""

    begin_before: float
    send_before: float
    settle_before: float


@dataclass(eq=False)
class Group:
    """Messages that are held under one permit."""

    permit: Permit
    in_time: InTime
    due_at: datetime  # none of them leaves before
    out: int  # how many of them aren't back yet
    is_over: bool = False  # no more of them begins


@dataclass(eq=False)
class Held:
    """One of them."""

    claim: Claim
    group: Group
    has_begun: bool = False  # it may have left


@dataclass(frozen=True)
class Back:
    """How it went with one message; `answer` is the provider's, if it was asked, and `at` the moment after it."""

    group: Group
    settled: Settled
    answer: Answer | None = None
    seconds: float = 0.0
    at: datetime | None = None

    @property
    def tells_of_trouble(self) -> bool:
        """Whether its sender may not work."""
        return self.answer is not None and verdict_of(self.answer) is not Verdict.WORKS


def ahead(at_once: int, answer_seconds: float) -> int:
    """How many messages are held beside those that are being handed over, so that none of them waits long."""
    return min(WAITING_AT_MOST * at_once, int(WAITS / answer_seconds * at_once))


def lately(before: float, seconds: float) -> float:
    """How fast a provider answers, with one answer more: a fifth of the new one; the first counts alone."""
    return seconds if before == math.inf else (4 * before + seconds) / 5


class HandOvers:
    """Holds a few messages more than it has threads, so that no thread waits for the worker.

    None more by providers that can't be asked (`holds_ahead`): what a killed worker held is never sent again there.
    Whether a message is still wanted is read right before it is given away, however long it waited here.
    """

    def __init__(
        self,
        database: Database,
        outgoing: Outgoing,
        *,
        at_once: int,
        holds_ahead: bool,
        tell: Callable[[], None],
    ) -> None:
        self._database = database
        self._outgoing = outgoing
        self._at_once = at_once
        self._holds_ahead = holds_ahead
        self._tell = tell
        self._reading = Semaphore(READERS)
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="delivery")
        self._groups: set[Group] = set()
        self._came_back: SimpleQueue[tuple[Held, Future[Back]]] = SimpleQueue()
        self._answer_seconds = math.inf
        self.out = 0  # how many are on their way, or wait for it

    @property
    def room(self) -> int:
        """For how many more; none while so many wait that it is better to hold several together later."""
        waiting = ahead(self._at_once, self._answer_seconds) if self._holds_ahead else 0
        room = self._at_once + waiting - self.out
        return room if self.out < self._at_once or room >= self._at_once else 0

    @property
    def early(self) -> timedelta:
        """How long before it is due a message may be held."""
        return EARLY if self._holds_ahead else timedelta(0)

    def begin(self, claims: Sequence[Claim], permit: Permit, in_time: InTime, *, due_at: datetime) -> None:
        """Hand these over when they are due, after those that are here already."""
        group = Group(permit, in_time, due_at, out=len(claims))
        self._groups.add(group)
        self.out += group.out
        for claim in claims:
            held = Held(claim, group)
            self._pool.submit(self._hand_over, held).add_done_callback(partial(self._put_back, held))

    def back(self) -> Iterator[Back]:
        """Those that came back since the last look. Raises what went wrong with one that had begun: its lease says what
        follows. One that couldn't be read is tried again later.
        """
        while not self._came_back.empty():
            held, done = self._came_back.get()
            self.out -= 1
            held.group.out -= 1
            if not held.group.out:
                self._groups.discard(held.group)
            problem = done.exception()
            if problem is None or held.has_begun:
                back = done.result()
                self._learn(back)
                yield back
            else:
                log.error("delivery.unreadable", attempt=str(held.claim.attempt_id), problem=type(problem).__name__)
                yield Back(held.group, Settled(held.claim, Later()))

    def out_by(self, sender: str) -> int:
        """How many of them may yet be handed to this sender, or are."""
        return sum(group.out for group in self._groups if group.permit.way.sender == sender)

    def end(self, sender: str) -> None:
        """No more is handed to it without a new permit."""
        for group in self._groups:
            group.is_over |= group.permit.way.sender == sender

    def close(self) -> None:
        """Nothing more begins; returns when all have come back."""
        for group in self._groups:
            group.is_over = True
        self._pool.shutdown()

    def _learn(self, back: Back) -> None:
        if back.answer is not None:
            self._answer_seconds = lately(self._answer_seconds, back.seconds)

    def _hand_over(self, held: Held) -> Back:
        """In a thread of its own, with no transaction open while the provider is asked.

        Whoever waited or slept here too long doesn't begin any more.
        """
        claim, group = held.claim, held.group
        if not self._is_due(group.due_at):
            return Back(group, Settled(claim, Postponed(group.due_at)))
        way, in_time = group.permit.way, group.in_time
        with self._reading, self._database.reading() as session:
            now = self._database.now()
            leaving = self._outgoing.leaving(session, claim.attempt_id, now=now)
        if not isinstance(leaving, Ready):
            return Back(group, Settled(claim, leaving))
        began_at = time.monotonic()
        if group.is_over or began_at > in_time.begin_before:
            return Back(group, Settled(claim, Postponed(now)))
        held.has_begun = True
        answer = way.hand_over(replace(leaving.message, send_before=in_time.send_before))
        return self._answered(held, answer, time.monotonic() - began_at)

    def _is_due(self, moment: datetime) -> bool:
        """Waits for what is left of `EARLY`; no longer, should the clock have been set back meanwhile."""
        while (left := moment - self._database.now()) > timedelta(0):
            if left > EARLY:
                return False
            time.sleep(left.total_seconds())
        return True

    def _answered(self, held: Held, answer: Answer, seconds: float) -> Back:
        """Whoever asks for a pause is given nothing more of the group, without waiting for the worker to say so."""
        way = held.group.permit.way
        if isinstance(answer, Later) and answer.retry_after is not None:
            held.group.is_over = True
        return Back(held.group, Settled(held.claim, answer, way.name), answer, seconds, self._database.now())

    def _put_back(self, held: Held, done: Future[Back]) -> None:
        """The worker is told of several together, of the last at once, and at once of trouble."""
        self._came_back.put((held, done))
        if (
            self._came_back.qsize() >= min(self._at_once, self.out)
            or done.exception()
            or done.result().tells_of_trouble
        ):
            self._tell()
