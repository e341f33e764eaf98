"""A signed-in victim reads her status: our JSON door against a bare route that sends the same SQL."""

import pickle
from contextlib import ExitStack

from bench import bare
from bench.capture import captured
from bench.load import Job, put_load
from bench.measures import Measure, Outcome, Size
from bench.processes import Server, serving
from bench.rounds import Arm, Reading, amounts_of, cpu_seconds_of, interleaved, ratio_of
from bench.sample import Sample, open_sessions

OURS, DRIVER, ENGINE = "casestatus", "bare, sqlite3", "bare, SQLAlchemy"
PATH = "/api/v1/case"
VISITORS = 200
CONNECTIONS = 8


def take(sample: Sample, size: Size) -> Outcome:
    """Answers a second of each arm, alone under load while the others wait. The goal is set against the driver's."""
    tokens = open_sessions(sample, VISITORS)
    statements = sample.folder / "statements.pickle"
    statements.write_bytes(pickle.dumps(captured(sample, PATH, tokens)))
    with ExitStack() as servers:
        ours = serving("casestatus", "serve", environment=sample.environment, folder=sample.folder, ready="/readyz")
        arms = {OURS: _arm(OURS, servers.enter_context(ours), PATH, tokens, size)}
        for name, through in ((DRIVER, "driver"), (ENGINE, "engine")):
            given = (through, str(sample.path), str(statements))
            beside = serving("bench.bare", *given, environment={}, folder=sample.folder, ready=bare.READY)
            arms[name] = _arm(name, servers.enter_context(beside), bare.PATH, tokens, size)
        for warm_up in arms.values():
            warm_up()
        rounds = interleaved(arms, size.rounds)
    return Outcome(ratio_of(rounds, OURS, DRIVER), amounts_of(rounds), cpu_seconds_of(rounds))


def _arm(name: str, server: Server, path: str, tokens: list[str], size: Size) -> Arm:
    job = Job(server.port, path, tokens, size.seconds, CONNECTIONS)

    def ask() -> Reading:
        before = server.cpu_seconds()
        load = put_load(job)
        return Reading(load.per_second, {name: server.cpu_seconds() - before, f"client of {name}": load.cpu_seconds})

    return ask


STATUS = Measure("status", 0.60, "higher", "answers a second", take)
