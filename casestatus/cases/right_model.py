"""What stands on a stage's card beneath its meaning: what she can do, and her rights. Read from procedures/*.toml."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from casestatus.cases.procedure_model import Words
from casestatus.wording import Language


class DaysCounted(StrEnum):
    """Which days a limit counts: those of the office's calendar, or every day (what decides on liberty)."""

    BUSINESS = "business"
    NATURAL = "natural"


class RequestForm(StrEnum):
    """The printable request that goes with a right (pages.md §6.3, §6.4)."""

    CHALLENGE_258 = "challenge_258"
    INACTIVITY = "inactivity"
    JOIN_338 = "join_338"
    NONE = "none"


@dataclass(frozen=True)
class DeadlineRule:
    """`days` from the day after the formal notice; `source` is the article that says so."""

    days: int
    kind: DaysCounted
    source: str

    def __str__(self) -> str:
        return f"{self.days} {self.kind} days, {self.source}"


@dataclass(frozen=True, eq=False)
class Right:
    """One right. `names` follow "Tu derecho: ".

    `no_limit`: it may be said that no time limit runs. A right without that and `deadline` is bound to a hearing, say.
    """

    code: str
    names: Words
    what_to_do: Words
    whom: Words
    few_days: bool
    law: Words
    articles: tuple[str, ...]
    form: RequestForm
    no_limit: bool
    deadline: DeadlineRule | None
    deadline_by_region: Mapping[str, DeadlineRule] = field(default_factory=dict)
    deadline_coming_from: Mapping[str, DeadlineRule] = field(default_factory=dict)

    def deadline_in(self, region: str, came_from: str | None = None) -> DeadlineRule | None:
        """The limit that holds in a state, by INEGI's two digits, on a line that `came_from` this stage."""
        usual = self.deadline_by_region.get(region, self.deadline)
        return self.deadline_coming_from.get(came_from or "", usual)

    def limits_in(self, region: str) -> str:
        """Every limit that may hold in a state, as a lawyer of its offices checks them; empty where none runs."""
        usual = self.deadline_in(region)
        others = [f"after {stage}: {rule}" for stage, rule in self.deadline_coming_from.items()]
        return "; ".join([str(usual), *others]) if usual else ""


@dataclass(frozen=True)
class Card:
    """What a stage's card tells beyond its meaning; the most urgent right comes first.

    `after` holds other cards by the code of the outcome or cause that the stage was entered with; `past` is told once
    the stage's date is over.
    """

    next_steps: Mapping[Language, tuple[str, ...]]
    rights: tuple[Right, ...]
    after: Mapping[str, "Card"] = field(default_factory=dict)
    past: "Card | None" = None

    def all_told(self) -> Iterator["Card"]:
        """This card and each that may stand in its place."""
        yield self
        yield from self.after.values()
        if self.past:
            yield self.past
