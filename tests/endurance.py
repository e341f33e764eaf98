"""`make endurance`: the tests that know larger numbers, with their full ones. What passed at this commit rests."""

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.ledger import VARIABLE

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "endurance.json"
TESTS = (
    "tests/cases/test_mistypes.py",
    "tests/statistics/test_counting_once.py",
    "tests/e2e/test_fleet_survives.py",
    "tests/notices/test_outage.py",
    "tests/notices/test_callback_storm.py",
    "tests/e2e/test_email.py",
    "tests/web/test_random_walks.py",
    "tests/statistics/publishing/test_folder.py",
    "tests/statistics/publishing/test_validators.py",
    "tests/statistics/publishing/test_from_database.py",
)


def main() -> int:
    """Runs what is left, writes the report after each file, and returns how many failed."""
    report = _report(_commit())
    for path in TESTS:
        if report["tests"].get(path) != "passed":
            report["tests"][path], report["ledger"][path] = _outcome(path)
            report["date"] = datetime.now(UTC).date().isoformat()
            REPORT.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        sys.stdout.write(f"{path}: {report['tests'][path]}\n")
        for found in report["ledger"].get(path, ()):
            sys.stdout.write("  " + " · ".join(f"{name} {value}" for name, value in found.items()) + "\n")
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
            return {"ledger": {}} | before
    return {"commit": commit, "date": "", "tests": {}, "ledger": {}}


def _outcome(path: str) -> tuple[str, list[dict[str, Any]]]:
    """Whether it passed, and what its tests noted (tests/ledger.py)."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as ledger:
        environment = {**os.environ, "ENDURANCE": "1", VARIABLE: ledger.name}
        ran = subprocess.run([sys.executable, "-m", "pytest", "-q", path], cwd=ROOT, env=environment, check=False)
        noted = [json.loads(line) for line in ledger]
    return ("passed" if ran.returncode == 0 else "failed"), noted


if __name__ == "__main__":
    sys.exit(main())
