"""When a sender that doesn't work is left alone for a while: a rule alone, over a row that the whole fleet shares."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self

from casestatus.notices.providers import Accepted, Answer, Later, Refused
from casestatus.settings import Limits


class Stand(StrEnum):
    """Whether messages go to a sender: all, none, or one to try it."""

    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"


class Verdict(StrEnum):
    """What an answer tells of the sender."""

    WORKS = "works"
    FAILS = "fails"
    BLOCKED = "blocked"  # this sender, whatever is sent by it
    NOTHING = "nothing"


def verdict_of(answer: Answer) -> Verdict:
    """A refusal of one number is a sender that works; a wish to be asked later is no failure."""
    match answer:
        case Accepted() | Refused(permanent=True):
            return Verdict.WORKS
        case Refused(of_sender=True):
            return Verdict.BLOCKED
        case Later(retry_after) if retry_after is not None:
            return Verdict.NOTHING
        case _:
            return Verdict.FAILS


@dataclass(frozen=True)
class Breaker:
    """What is remembered of a sender. A success takes one failure back: a few among many don't stop the many."""

    failures: tuple[datetime, ...] = ()
    open_until: datetime | None = None
    openings: int = 0
    probe_until: datetime | None = None

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to remember."""
        return not self.failures and self.open_until is None

    def stand(self, now: datetime) -> Stand:
        """Open until its rest is over, then half open until one message shows how it is."""
        if self.open_until is None:
            return Stand.CLOSED
        under_trial = self.probe_until is not None and now < self.probe_until
        return Stand.OPEN if now < self.open_until or under_trial else Stand.HALF_OPEN

    def failures_left(self, now: datetime, limits: Limits) -> int:
        """How many failures more it takes until it opens."""
        return limits.breaker_failures - len(self._lately(now, limits))

    def probing(self, until: datetime) -> Self:
        """While one message is out to try it, nobody else sends another; should its worker die, until then."""
        return replace(self, probe_until=until)

    def after(self, verdicts: Iterable[Verdict], *, now: datetime, limits: Limits) -> Self:
        """With what a group of answers told. A trial that told nothing may be repeated at once."""
        breaker = replace(self, probe_until=None)
        for verdict in verdicts:
            breaker = breaker.after_one(verdict, now=now, limits=limits)
        return breaker

    def after_one(self, verdict: Verdict, *, now: datetime, limits: Limits) -> Self:
        """With one answer more."""
        match verdict:
            case Verdict.WORKS if self.open_until is not None:
                return replace(self, open_until=None, openings=0)
            case Verdict.WORKS:
                return replace(self, failures=self.failures[1:])
            case Verdict.BLOCKED:
                return self._opened(now, limits)
            case Verdict.FAILS:
                return self._failed(now, limits)
            case Verdict.NOTHING:
                return self

    def _failed(self, now: datetime, limits: Limits) -> Self:
        failures = (*self._lately(now, limits), now)
        if self.open_until is not None or len(failures) >= limits.breaker_failures:
            return self._opened(now, limits)
        return replace(self, failures=failures)

    def _lately(self, now: datetime, limits: Limits) -> Sequence[datetime]:
        since = now - timedelta(seconds=limits.breaker_window)
        return [at for at in self.failures if at > since]

    def _opened(self, now: datetime, limits: Limits) -> Self:
        """The rest doubles from one failed trial to the next. While it is open no failure is counted."""
        if self.open_until is not None and now < self.open_until:
            return self
        rest = min(limits.breaker_longest_rest, limits.breaker_rest * 2 ** min(self.openings, 30))
        return replace(self, failures=(), open_until=now + timedelta(seconds=rest), openings=self.openings + 1)


def failures_as_written(failures: Sequence[datetime]) -> list[float]:
    """As JSON."""
    return [at.timestamp() for at in failures]


def failures_read(written: Sequence[float]) -> tuple[datetime, ...]:
    """From what `failures_as_written` gave."""
    return tuple(datetime.fromtimestamp(at, UTC) for at in written)
