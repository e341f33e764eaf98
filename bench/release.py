"""Cutting a month in which very many cases are counted: against the counting alone, and the memory that it takes."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

from bench.counted import Counted, build_counted
from bench.measures import QUICK, Measure, Outcome, Size
from bench.processes import ROOT, clean_environment
from bench.rounds import Arm, Reading, amounts_of, cpu_seconds_of, interleaved, ratio_of
from bench.sample import Sample

QUICK_CASES, FULL_CASES = 1_000_000, 10_000_000  # counted in one month
MOST_MEGABYTES = 512.0
LONGEST = 3_600  # seconds of one run
RELEASED, DRAWN, COUNTED = "cut, with all files", "cut, without files", "the same GROUP BYs"
WHAT = {RELEASED: "released", DRAWN: "drawn", COUNTED: "counted"}


def take(sample: Sample, size: Size) -> Outcome:
    """Seconds of a whole cut (count, draw, store, write every file) beside its GROUP BYs through the driver."""
    counted = _month_of(sample, size)
    rounds = interleaved({name: _arm(name, counted) for name in WHAT}, size.rounds)
    return Outcome(ratio_of(rounds, RELEASED, COUNTED), amounts_of(rounds), cpu_seconds_of(rounds))


def take_memory(sample: Sample, size: Size) -> Outcome:
    """The most memory of such a cut."""
    told = _told(RELEASED, _month_of(sample, size))
    megabytes = told["megabytes"]
    return Outcome(megabytes / MOST_MEGABYTES, {RELEASED: megabytes}, {RELEASED: told["cpu_seconds"]})


def _month_of(sample: Sample, size: Size) -> Counted:
    return _counted(sample.folder, cases_of(size))


def cases_of(size: Size) -> int:
    """How many cases the month holds that is cut."""
    return QUICK_CASES if size == QUICK else FULL_CASES


@cache
def _counted(folder: Path, cases: int) -> Counted:
    return build_counted(folder, cases=cases)


def _arm(name: str, counted: Counted) -> Arm:
    def run() -> Reading:
        told = _told(name, counted)
        return Reading(told["seconds"], {name: told["cpu_seconds"]})

    return run


def _told(name: str, counted: Counted) -> dict[str, float]:
    """What a process of its own says of one run."""
    command = [sys.executable, "-m", "bench.cut", WHAT[name], str(counted.folder)]
    ran = subprocess.run(
        command, cwd=ROOT, env=clean_environment({}), capture_output=True, text=True, timeout=LONGEST, check=True
    )
    told: dict[str, float] = json.loads(ran.stdout)
    return told


RELEASE = Measure("release", 2.0, "lower", "seconds", take)
RELEASE_MEMORY = Measure("release-memory", 1.0, "lower", "megabytes", take_memory)
