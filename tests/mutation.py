"""`make mutate`: changes engine, ladder and callback door in many places, one at a time: does a test notice?

A change that no test notices survives; the score is the share of the others. What mypy refuses is no candidate and
counts for nothing. Verdicts rest in mutants/ until their function changes; after writing a test, ask again for its
survivors by name: make mutate ARGS='casestatus.notices.ladder.*'
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from mutmut.stats import status_by_exit_code

ROOT = Path(__file__).resolve().parents[1]
ENOUGH = 0.85  # of each group
LADDER = frozenset({"climbing", "escalating", "hours", "ladder", "rungs"})
CALLBACK_DOOR = frozenset({"callbacks", "following", "incoming", "receipts", "webhooks"})
NOTICED = frozenset({"killed", "timeout"})
NO_CANDIDATES = frozenset({"caught by type check", "skipped"})

Verdicts = Counter[str]


def main(names: Sequence[str]) -> int:
    """Judges what has no verdict yet (or these, again), tells the scores, and returns 1 where one isn't enough."""
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # where mutmut finds mypy
    ran = subprocess.run(["mutmut", "run", *names], cwd=ROOT, env={**os.environ, "PATH": tools}, check=False)
    groups: dict[str, Verdicts] = {}
    for path in sorted((ROOT / "mutants").rglob("*.py.meta")):
        verdicts = _verdicts(path)
        _tell(path.name.removesuffix(".meta"), verdicts)
        groups.setdefault(group_of(path.name.partition(".")[0]), Verdicts()).update(verdicts)
    for group, verdicts in sorted(groups.items()):
        _tell(group.upper(), verdicts)
    return ran.returncode or int(any(score(verdicts) < ENOUGH for verdicts in groups.values()))


def group_of(module: str) -> str:
    """Which of the three a module belongs to."""
    if module in LADDER:
        return "ladder"
    return "callback door" if module in CALLBACK_DOOR else "engine"


def score(verdicts: Verdicts) -> float:
    """The share of noticed changes. One that was not judged yet counts as not noticed."""
    candidates = sum(number for verdict, number in verdicts.items() if verdict not in NO_CANDIDATES)
    return sum(verdicts[verdict] for verdict in NOTICED) / candidates if candidates else 1.0


def _verdicts(path: Path) -> Verdicts:
    found: dict[str, int | None] = json.loads(path.read_text("utf-8"))["exit_code_by_key"]
    return Verdicts(status_by_exit_code[code] for code in found.values())


def _tell(name: str, verdicts: Verdicts) -> None:
    counted = " · ".join(f"{verdict} {number}" for verdict, number in sorted(verdicts.items()))
    sys.stdout.write(f"{name:16}{score(verdicts):7.1%}   {counted}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
