"""A release's file over HTTP: our door, with its checks and headers, against Starlette's StaticFiles."""

from contextlib import ExitStack
from functools import cache
from pathlib import Path

from bench import static
from bench.counted import CUT_AT, build_counted
from bench.cut import PUBLISHER
from bench.load import Job, put_load
from bench.measures import Measure, Outcome, Size
from bench.processes import Server, serving
from bench.rounds import Arm, Reading, amounts_of, cpu_seconds_of, interleaved, ratio_of
from bench.sample import Sample
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.statistics.cutting import cut_months
from casestatus.statistics.publishing.paths import year_stem
from casestatus.statistics.publishing.publish import publish

OURS, STATIC = "casestatus", "StaticFiles"
CASES = 1000
CONNECTIONS = 8
FILE = f"{year_stem('T2', '2026', '2026-09')}.csv"  # some 60 kB: what one answer takes, not what a disk takes


def take(sample: Sample, size: Size) -> Outcome:
    """Milliseconds for one answer under load."""
    folder = _site(sample.folder)
    environment = sample.environment | {"CASESTATUS_RELEASES": str(folder)}
    with ExitStack() as servers:
        ours = serving("casestatus", "serve", environment=environment, folder=sample.folder, ready="/readyz")
        beside = serving("bench.static", str(folder), environment={}, folder=sample.folder, ready=static.READY)
        arms = {
            OURS: _arm(OURS, servers.enter_context(ours), size),
            STATIC: _arm(STATIC, servers.enter_context(beside), size),
        }
        for warm_up in arms.values():
            warm_up()
        rounds = interleaved(arms, size.rounds)
    return Outcome(ratio_of(rounds, OURS, STATIC), amounts_of(rounds), cpu_seconds_of(rounds))


@cache
def _site(folder: Path) -> Path:
    """One release of a few cases: how many there are changes no file's size."""
    (folder / "site").mkdir()
    counted, releases = build_counted(folder / "site", cases=CASES), folder / "releases"
    database, keys = Database(counted.url), KeyRing.load(str(counted.keys))
    with database.writing() as session:
        cut_months(session, keys=keys, now=CUT_AT)
        publish(releases, session, keys, PUBLISHER)
    database.close()
    return releases


def _arm(name: str, server: Server, size: Size) -> Arm:
    job = Job(server.port, f"/{FILE}", [""], size.seconds, CONNECTIONS)

    def ask() -> Reading:
        before = server.cpu_seconds()
        load = put_load(job)
        spent = {name: server.cpu_seconds() - before, f"client of {name}": load.cpu_seconds}
        return Reading(1000 / load.per_second, spent)

    return ask


SERVING = Measure("serving", 1.3, "lower", "ms for one answer", take)
