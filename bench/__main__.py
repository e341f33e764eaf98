"""`python -m bench [NAME…] [--quick|--full] [--json]`: takes the measures and prints them."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.fleet import WORKER_MEMORY, WORKERS
from bench.login import LOGIN
from bench.measures import FULL, QUICK, Measure, Result, Size, taken
from bench.notices import BACKLOG, DISPATCH, FANOUT, LATENCY
from bench.release import RELEASE, RELEASE_MEMORY
from bench.rights import RIGHTS
from bench.sample import build_sample, without_settings
from bench.serving import SERVING
from bench.start import START
from bench.status import STATUS

OF_PAGES = (STATUS, RIGHTS, LOGIN, START)
OF_RELEASES = (RELEASE, RELEASE_MEMORY, SERVING)
OF_NOTICES = (DISPATCH, WORKERS, BACKLOG, LATENCY, FANOUT, WORKER_MEMORY)
MEASURES = {measure.name: measure for measure in (*OF_PAGES, *OF_RELEASES, *OF_NOTICES)}
ISSUED = 60
MARK = {True: "met", False: "missed"}


def main(arguments: Sequence[str]) -> int:
    """0 when every figure can be trusted, met or missed; 1 when the machine was too busy for one; 2 on wrong usage."""
    given = _parser().parse_args(arguments)
    without_settings()
    results = _take([MEASURES[name] for name in given.names or MEASURES], QUICK if given.quick else FULL)
    print(_document(results) if given.json else _table(results))
    return 0 if all(result.fairness.is_valid for result in results) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", type=_name, help=", ".join(MEASURES))
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help=f"{QUICK.cases} cases, {QUICK.rounds} short rounds")
    size.add_argument("--full", action="store_true", help=f"{FULL.cases} cases, {FULL.rounds} rounds (the default)")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    return parser


def _name(text: str) -> str:
    if text not in MEASURES:
        raise argparse.ArgumentTypeError(f"there is no measure {text!r}: {', '.join(MEASURES)}")
    return text


def _take(measures: Sequence[Measure], size: Size) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="casestatus-bench-") as folder:
        _tell(f"building a database of {size.cases} cases")
        sample = build_sample(Path(folder), cases=size.cases, issued=ISSUED, tell=_tell)
        results = []
        for measure in measures:
            _tell(f"measuring {measure.name}")
            results.append(taken(measure, sample, size))
        sample.database.close()
    return results


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _document(results: Sequence[Result]) -> str:
    return json.dumps({"measures": [result.document() for result in results]}, indent=2)


def _table(results: Sequence[Result]) -> str:
    return "\n".join(line for result in results for line in _lines(result))


def _lines(result: Result) -> list[str]:
    measure, outcome = result.measure, result.outcome
    sign = {"higher": "≥", "lower": "≤"}[measure.better]
    valid = "" if result.fairness.is_valid else "  INVALID: this machine was too busy"
    head = f"{measure.name:14} {outcome.ratio:6.3f}  goal {sign} {measure.goal:.2f}  {MARK[result.is_met]}{valid}"
    arms = "  ".join(f"{name} {amount:.4g}" for name, amount in outcome.arms.items())
    spent = "  ".join(f"{name} {seconds:.1f}" for name, seconds in outcome.cpu_seconds.items())
    return [head, f"{'':14} {measure.unit}: {arms}", f"{'':14} CPU-seconds: {spent}"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
