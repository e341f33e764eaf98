"""Which functions each test reaches, and what it costs: asked once, and again when the test's file is another."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.mutation.verdicts import function_of, module_of

KEPT = Path("measured.jsonl")
# By module: the test files that are about it, the nearest first.
NEAR = {
    "breaker": ["breaker", "gate"],
    "callbacks": ["callbacks", "receipts", "returned", "unsubscribing"],
    "climbing": ["escalating", "ladder"],
    "dispatch": ["dispatch", "hand_overs", "gate", "queue", "delivery"],
    "doubts": ["steps", "reconcile"],
    "escalating": ["steps", "escalating"],
    "expiring": ["steps", "gate"],
    "following": ["following"],
    "gate": ["permits", "gate", "hand_overs"],
    "hand_overs": ["hand_overs", "dispatch"],
    "hours": ["hours"],
    "in_time": ["in_time"],
    "incoming": ["incoming", "forgetting"],
    "ladder": ["ladder"],
    "letter": ["delivery"],
    "outgoing": ["outgoing", "delivery", "changes"],
    "passes": ["passes"],
    "queue": ["queue", "settling", "steps", "reconcile", "delivery"],
    "receipts": ["receipts"],
    "reconcile": ["reconcile", "queue"],
    "rungs": ["rungs", "ladder", "changes"],
    "settling": ["settling", "delivery", "receipts", "escalating", "reconcile"],
    "tokens": ["tokens"],
    "webhooks": ["receipts", "incoming"],
}


class Measure(NamedTuple):
    """Of one test, while nothing is changed. One that fails then says nothing of a change, and is left out."""

    test: str
    file: str  # the hash of what it says
    passes: bool
    took: float  # seconds of the processor
    reaches: Sequence[str]

    def keep(self) -> None:
        """Write it down, from whichever process."""
        with KEPT.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(self) + "\n")


class Measured:
    """What is known of these tests."""

    def __init__(self, items: Sequence[pytest.Item]) -> None:
        lines = KEPT.read_text("utf-8").splitlines() if KEPT.exists() else []
        known = {measure.test: measure for measure in (Measure(*json.loads(line)) for line in lines)}
        self._by_test = {
            item.nodeid: known[item.nodeid]
            for item in items
            if item.nodeid in known and known[item.nodeid].file == hash_of(item.path)
        }
        self.unknown = [item for item in items if item.nodeid not in self._by_test]

    def took(self, test: str) -> float:
        """Its seconds; 0 where nobody knows yet."""
        return self._by_test[test].took if test in self._by_test else 0.0

    def nearest(self, change: str, noticed: Sequence[tuple[str, str]], *, at_most: float) -> Sequence[str]:
        """The tests that reach it: first those that noticed most changes there, then the files of its module.

        Of tests elsewhere, so many that all together take no more than `at_most` seconds.
        """
        function, files = function_of(change), NEAR.get(module_of(change), [])
        by_function = Counter(test for name, test in noticed if function_of(name) == function)
        by_module = Counter(test for name, test in noticed if module_of(name) == module_of(change))
        ranks = {file: rank for rank, file in enumerate(files)}
        rank_of = {test: ranks.get(_file_of(test), len(files)) for test in self._by_test}
        reaching = (test for test, measure in self._by_test.items() if measure.passes and function in measure.reaches)
        chosen: list[str] = []
        spent = 0.0
        for test in sorted(
            reaching, key=lambda test: (-by_function[test], rank_of[test], -by_module[test], self.took(test))
        ):
            spent += self.took(test)
            if spent <= at_most or rank_of[test] < len(files) or by_function[test]:
                chosen.append(test)
        return chosen


@cache
def hash_of(path: Path) -> str:
    """Of a file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _file_of(test: str) -> str:
    """`escalating` of tests/notices/test_escalating.py::test_…"""
    return Path(test.partition("::")[0]).stem.removeprefix("test_")
