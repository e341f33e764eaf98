"""How a picture is told: its words and table, the names of codes, and numbers that say how sure they are."""

from collections.abc import Mapping
from dataclasses import dataclass

from casestatus.errors import N_
from casestatus.statistics.publishing.periods import period_words
from casestatus.statistics.publishing.totals import Sum
from casestatus.wording import Wording


@dataclass(frozen=True)
class Figure:
    """A picture in words, in one language: two sentences that say the same, how to read it, and its rows as printed."""

    name: str
    title: str
    alternative: str
    reading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    drawn: bool = True  # False where every number is too small to be told


@dataclass(frozen=True)
class Labels:
    """Names of codes in one language, in the order of the code lists."""

    words: Wording
    offices: Mapping[str, str]
    stages: Mapping[str, str]

    def say(self, text: str, **params: object) -> str:
        return self.words.gettext(text, **params)

    def period(self, period: str) -> str:
        return period_words(period, self.words)


def number(cell: Sum, labels: Labels) -> str:
    """A number as pages print it: one that could be nothing but noise is only told as "fewer than"."""
    if not cell.reliable:
        return labels.say(N_("menos de %(least)s"), least=f"{cell.least_told:,}")
    return f"{cell.value:,}"


def between(cell: Sum, labels: Labels) -> str:
    """The interval in words."""
    return labels.say(N_("%(low)s y %(high)s"), low=f"{cell.low:,}", high=f"{cell.high:,}")


def with_margin(cell: Sum, labels: Labels) -> str:
    """A number with half of its interval."""
    return f"{cell.value:,} ± {cell.margin}" if cell.reliable else number(cell, labels)


def apart(one: Sum, other: Sum) -> bool:
    """Whether two numbers differ by more than their noise may (95 %)."""
    return abs(one.value - other.value) > Sum(0, one.variance + other.variance).margin


def told(cell: Sum) -> dict[str, str]:
    """A number and its interval as a sentence takes them."""
    return {"count": f"{max(cell.value, 0):,}", "low": f"{cell.low:,}", "high": f"{cell.high:,}"}
