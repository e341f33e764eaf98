"""`make endurance`: the tests that know larger numbers, with their full ones. What passed at this commit rests."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "endurance.json"
TESTS = ("tests/cases/test_mistypes.py",
    "tests/statistics/test_counting_once.py",)


def main() -> int:
    """Runs what is left, writes the report after each file, and returns how many failed."""
    report = _report(_commit())
    for path in TESTS:
        if report["tests"].get(path) != "passed":
            report["tests"][path] = _outcome(path)
            report["date"] = datetime.now(UTC).date().isoformat()
            REPORT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        sys.stdout.write(f"{path}: {report['tests'][path]}\n")
    return sum(outcome != "passed" for outcome in report["tests"].values())


def _commit() -> str:
    """The commit that is tested, and whether files differ from it; the report of the run before doesn't count."""
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":(exclude)docs/endurance.json")
    return _git("rev-parse", "--short=12", "HEAD") + ("-dirty" if changed else "")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _report(commit: str) -> dict[str, Any]:
    """What was found at this commit so far. Uncommitted changes are no state to go on from."""
    if REPORT.exists() and not commit.endswith("-dirty"):
        before: dict[str, Any] = json.loads(REPORT.read_text("utf-8"))
        if before["commit"] == commit:
            return before
    return {"commit": commit, "date": "", "tests": {}}


def _outcome(path: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", path], cwd=ROOT, env={**os.environ, "ENDURANCE": "1"}, check=False
    )
    return "passed" if ran.returncode == 0 else "failed"


if __name__ == "__main__":
    sys.exit(main())
