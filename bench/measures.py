"""What a measure is: a ratio with a goal, and everything that is needed to judge it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from bench.guard import Fairness, look
from bench.sample import Sample

Better = Literal["higher", "lower"]


@dataclass(frozen=True)
class Size:
    """How much is done: cases in the database, rounds of each measure, what an arm does in a round."""

    cases: int
    rounds: int
    seconds: float
    sign_ins: int


QUICK = Size(cases=10_000, rounds=7, seconds=1.5, sign_ins=20)
FULL = Size(cases=100_000, rounds=11, seconds=4.0, sign_ins=60)


@dataclass(frozen=True)
class Outcome:
    """What a measure found: the ratio, each arm's median in `unit`, and CPU-seconds by process."""

    ratio: float
    arms: Mapping[str, float]
    cpu_seconds: Mapping[str, float]


@dataclass(frozen=True)
class Measure:
    """A ratio that is to stay at or beyond its goal."""

    name: str
    goal: float
    better: Better
    unit: str
    take: Callable[[Sample, Size], Outcome]


@dataclass(frozen=True)
class Result:
    """An outcome, whether its goal is met, and whether the machine was quiet enough to say so."""

    measure: Measure
    outcome: Outcome
    fairness: Fairness

    @property
    def is_met(self) -> bool:
        goal, ratio = self.measure.goal, self.outcome.ratio
        return ratio >= goal if self.measure.better == "higher" else ratio <= goal

    def document(self) -> dict[str, Any]:
        """The measure's entry in the JSON document of `--json`."""
        described = {"name": self.measure.name, "goal": self.measure.goal, "better": self.measure.better}
        judged = {"valid": self.fairness.is_valid, "met": self.is_met, "unit": self.measure.unit}
        return described | judged | asdict(self.outcome) | {"guard": list(self.fairness.seen)}


def taken(measure: Measure, sample: Sample, size: Size) -> Result:
    """The measure, with a look at the machine before and after."""
    before = look()
    outcome = measure.take(sample, size)
    return Result(measure, outcome, Fairness((before, look())))
