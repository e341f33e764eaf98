"""`make mutate`: changes engine, ladder and callback door in many places, one at a time: does a test notice?

A change that no test notices survives; the score is the share of the others. What mypy refuses is no candidate and
counts for nothing. Verdicts rest in mutants/ until their function changes, so that a run may be ended at any moment and
goes on where it was. After writing a test, ask again: make mutate ARGS=survived, or by names: ARGS='*.ladder.*'
"""

import subprocess
import sys
from collections.abc import Sequence

from tests.mutation.changes import ROOT, make_changes
from tests.mutation.scores import tell


def main(asked: Sequence[str]) -> int:
    """Judges what has no verdict yet (or these, again), tells the scores, and returns 1 where one isn't enough."""
    make_changes()
    tried = subprocess.run([sys.executable, "-m", "tests.mutation.trying", *asked], cwd=ROOT / "mutants", check=False)
    return tell() or tried.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
