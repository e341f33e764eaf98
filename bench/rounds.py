"""Rounds in which each arm does its work once, so that a busy minute touches all of them alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

FEWEST = 7  # rounds; issue 1


@dataclass(frozen=True)
class Reading:
    """What one arm reached in one round, and the CPU-seconds of each process that worked for it."""

    amount: float
    cpu_seconds: Mapping[str, float]


Arm = Callable[[], Reading]
Round = Mapping[str, Reading]


def interleaved(arms: Mapping[str, Arm], rounds: int) -> list[Round]:
    """The readings of so many rounds. Every other round goes through the arms backwards."""
    forwards = list(arms)
    backwards = forwards[::-1]
    orders = [backwards if number % 2 else forwards for number in range(rounds)]
    return [{name: arms[name]() for name in order} for order in orders]


def ratio_of(rounds: Sequence[Round], above: str, below: str) -> float:
    """The median of each round's own ratio: what slows one round down slows both its arms."""
    return median(each[above].amount / each[below].amount for each in rounds)


def amounts_of(rounds: Sequence[Round]) -> dict[str, float]:
    """Each arm's median."""
    return {name: median(each[name].amount for each in rounds) for name in rounds[0]}


def cpu_seconds_of(rounds: Sequence[Round]) -> dict[str, float]:
    """What each process spent over all rounds."""
    spent: dict[str, float] = {}
    for each in rounds:
        for reading in each.values():
            for process, seconds in reading.cpu_seconds.items():
                spent[process] = spent.get(process, 0.0) + seconds
    return spent
