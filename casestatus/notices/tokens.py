"""How many messages an account may be handed now: a rule alone, for the whole fleet, over a row that all share.

Each token comes back a second after it was used. A bucket that refills steadily would let a full one and what flows in
meanwhile leave within one second; here no second ever holds more than the rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

SECOND = timedelta(seconds=1.05)  # and what the network may delay one message more than the next


@dataclass(frozen=True)
class Taken:
    """So many tokens that one worker took together, and the last moment at which they were, or may yet be, used.

    `by` is empty once that moment is known.
    """

    by: str
    number: int
    used_at: datetime


@dataclass(frozen=True)
class Tokens:
    """An account's tokens: those that are out, and until when the provider itself asked us to wait."""

    per_second: int
    taken: tuple[Taken, ...] = ()
    held_until: datetime | None = None

    def free(self, now: datetime) -> int:
        """How many may be taken now."""
        if self.held_until is not None and now < self.held_until:
            return 0
        return max(0, self.per_second - sum(taken.number for taken in self._out(now)))

    def next_free_at(self, now: datetime) -> datetime:
        """When at least one may be taken, should nobody else take it; `now` when one is free."""
        if self.free(now):
            return now
        out = self._out(now)
        first_back = min(taken.used_at for taken in out) + SECOND if out else now
        return max(first_back, self.held_until or now)

    def take(self, by: str, number: int, *, usable_until: datetime, now: datetime) -> Self:
        """With so many more out; until we hear when they were used, they count as used at the last moment."""
        return replace(self, taken=(*self._out(now), Taken(by, number, usable_until)))

    def used(self, by: str, number: int, at: datetime | None) -> Self:
        """So many of them were used, the last at this moment; None gives back as many that weren't."""
        left = (replace(taken, number=taken.number - number) if taken.by == by else taken for taken in self.taken)
        known = (Taken("", number, at),) if at else ()
        return replace(self, taken=(*(taken for taken in left if taken.number > 0), *known))

    def hold(self, until: datetime) -> Self:
        """The provider asked for a pause."""
        return replace(self, held_until=max(until, self.held_until or until))

    def _out(self, now: datetime) -> Sequence[Taken]:
        return [taken for taken in self.taken if taken.used_at + SECOND > now]

    def as_written(self) -> list[list[str | int | float]]:
        """What is out, as JSON."""
        return [[taken.by, taken.number, taken.used_at.timestamp()] for taken in self.taken]

    @classmethod
    def read(cls, per_second: int, written: Sequence[Sequence[str | int | float]], held_until: datetime | None) -> Self:
        """From what `as_written` gave."""
        taken = (Taken(str(by), int(number), datetime.fromtimestamp(float(at), UTC)) for by, number, at in written)
        return cls(per_second, tuple(taken), held_until)
