"""Workers as processes of their own: how much a second one adds while the provider is slow, and the memory of each."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil
from sqlalchemy import delete

from bench.measures import Measure, Outcome, Size
from bench.processes import LONGEST_START, LONGEST_STOP, ROOT, clean_environment, cpu_seconds
from bench.rounds import Arm, Reading, amounts_of, cpu_seconds_of, interleaved, ratio_of
from bench.sample import Sample
from bench.town import Provider, Town, build_town, provider
from casestatus.notices.models import WorkerPass
from casestatus.notices.passes import workers_alive

CONCURRENCY = 4
ANSWER = 0.05  # seconds that the provider takes
MESSAGES = 200
LONGEST = 120.0  # seconds
MOST_MEGABYTES = 100.0
ONE, TWO = "1 worker", "2 workers"


def take_workers(sample: Sample, size: Size) -> Outcome:
    """Notices a second of two worker processes ÷ those of one, at a provider that makes them wait."""
    with provider() as standin:
        standin.take_seconds(ANSWER)
        town = build_town(sample.folder / "workers", victims=MESSAGES)
        arms = {name: _rate(town, standin, count, name) for name, count in ((ONE, 1), (TWO, 2))}
        rounds = interleaved(arms, size.rounds)
    return Outcome(ratio_of(rounds, TWO, ONE), amounts_of(rounds), cpu_seconds_of(rounds))


def take_memory(sample: Sample, _size: Size) -> Outcome:
    """The resident memory of a worker that has delivered."""
    with provider() as standin:
        town = build_town(sample.folder / "worker-memory", victims=MESSAGES)
        with _workers(town, standin, 1, _as_installed(sample.folder)) as [worker]:
            _deliver(town, standin)
            megabytes, spent = worker.memory_info().rss / 1e6, cpu_seconds(worker)
    return Outcome(megabytes / MOST_MEGABYTES, {ONE: megabytes}, {ONE: spent})


def _as_installed(folder: Path) -> Mapping[str, str]:
    """As from requirements/app.txt: without `chardet`, which a tool of the tests brings and requests then loads."""
    hidden = folder / "not-installed"
    hidden.mkdir()
    (hidden / "chardet.py").write_text("raise ImportError('a tool of the tests')\n", encoding="utf-8")
    return {"PYTHONPATH": os.pathsep.join((str(hidden), str(ROOT)))}


def _rate(town: Town, standin: Provider, count: int, name: str) -> Arm:
    def run() -> Reading:
        with _workers(town, standin, count) as workers:
            accepted = _deliver(town, standin)
            spent = sum(cpu_seconds(worker) for worker in workers)
        return Reading(len(accepted) / (accepted[-1] - accepted[0]), {name: spent})

    return run


def _deliver(town: Town, standin: Provider) -> Sequence[float]:
    """When the provider accepted each message of one update, in order."""
    before, ends_at = len(standin.accepted_at()), time.monotonic() + LONGEST
    town.push()
    while len(accepted := standin.accepted_at()) < before + MESSAGES:
        assert time.monotonic() < ends_at
        time.sleep(0.05)
    return sorted(accepted[before:])


@contextmanager
def _workers(
    town: Town, standin: Provider, count: int, more: Mapping[str, str] | None = None
) -> Iterator[list[psutil.Process]]:
    """So many that have completed a pass; ended, as SIGTERM asks, when they aren't needed any more."""
    command = [sys.executable, "-m", "casestatus", "worker", "--concurrency", str(CONCURRENCY)]
    environment = clean_environment({**town.environment(standin), **(more or {})})
    _forget_workers(town)
    started = [
        subprocess.Popen(
            command, env=environment, cwd=town.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(count)
    ]
    try:
        ends_at = time.monotonic() + LONGEST_START
        while _alive(town) < count:
            assert time.monotonic() < ends_at
            time.sleep(0.05)
        yield [psutil.Process(process.pid) for process in started]
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(LONGEST_STOP)


def _forget_workers(town: Town) -> None:
    """Those of the round before have ended, and would count as alive for a minute."""
    with town.database.writing() as session:
        session.execute(delete(WorkerPass))


def _alive(town: Town) -> int:
    with town.database.reading() as session:
        return workers_alive(session, town.database.now())


WORKERS = Measure("workers", 1.8, "higher", "notices a second", take_workers)
WORKER_MEMORY = Measure("worker-memory", 1.0, "lower", "megabytes", take_memory)
