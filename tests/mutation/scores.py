"""Tells the scores by module and by group."""

import sys
from collections import Counter, defaultdict
from pathlib import Path

from mutmut.stats import status_by_exit_code

from tests.mutation.equivalents import equivalents, wrong_entries
from tests.mutation.verdicts import Verdicts, module_of

ENOUGH = 0.85  # of each group
LADDER = frozenset({"climbing", "escalating", "hours", "ladder", "rungs"})
CALLBACK_DOOR = frozenset({"callbacks", "following", "incoming", "receipts", "webhooks"})
NOTICED = frozenset({"killed", "timeout"})
NO_CANDIDATES = frozenset({"caught by type check", "equivalent"})

Counted = Counter[str]


def tell() -> int:
    """Prints the scores; 1 where one isn't enough."""
    groups, modules = defaultdict[str, Counted](Counted), defaultdict[str, Counted](Counted)
    verdicts, same = Verdicts(Path("mutants")), equivalents()
    for change, verdict in verdicts.items():
        module, status = module_of(change), "equivalent" if change in same else status_by_exit_code[verdict]
        modules[module][status] += 1
        groups[group_of(module)][status] += 1
    for name in sorted(modules, key=lambda module: (group_of(module), module)):
        _tell(name, modules[name])
    for name in sorted(groups):
        _tell(name.upper(), groups[name])
    wrong = list(wrong_entries(verdicts))
    sys.stdout.writelines(f"equivalents.toml: {words}\n" for words in wrong)
    return int(bool(wrong) or any(score(counted) < ENOUGH for counted in groups.values()))


def group_of(module: str) -> str:
    """Which of the three a module belongs to."""
    if module in LADDER:
        return "ladder"
    return "callback door" if module in CALLBACK_DOOR else "engine"


def score(verdicts: Counted) -> float:
    """The share of noticed changes. One that was not judged yet counts as not noticed."""
    candidates = sum(number for verdict, number in verdicts.items() if verdict not in NO_CANDIDATES)
    return sum(verdicts[verdict] for verdict in NOTICED) / candidates if candidates else 1.0


def _tell(name: str, verdicts: Counted) -> None:
    counted = " · ".join(f"{verdict} {number}" for verdict, number in sorted(verdicts.items()))
    sys.stdout.write(f"{name:16}{score(verdicts):7.1%}   {counted}\n")
