"""A signed-in victim reads her status: our JSON door against a bare route that sends the same SQL."""

import pickle

from bench import bare
from bench.capture import captured
from bench.load import Job, put_load
from bench.measures import Measure, Outcome, Size
from bench.processes import Server, serving
from bench.rounds import Arm, Reading, amounts_of, cpu_seconds_of, interleaved, ratio_of
from bench.sample import Sample, open_sessions

OURS, BARE = "casestatus", "bare"
PATH = "/api/v1/case"
VISITORS = 200
CONNECTIONS = 8


def take(sample: Sample, size: Size) -> Outcome:
    """Answers a second of both, each alone under load while the other waits."""
    tokens = open_sessions(sample, VISITORS)
    statements = sample.folder / "statements.pickle"
    statements.write_bytes(pickle.dumps(captured(sample, PATH, tokens)))
    ours = serving("casestatus", "serve", environment=sample.environment, folder=sample.folder, ready="/readyz")
    beside = serving(
        "bench.bare", str(sample.path), str(statements), environment={}, folder=sample.folder, ready=bare.READY
    )
    with ours as our_server, beside as bare_server:
        arms: dict[str, Arm] = {
            OURS: lambda: _asked(OURS, our_server, PATH, tokens, size),
            BARE: lambda: _asked(BARE, bare_server, bare.PATH, tokens, size),
        }
        for warm_up in arms.values():
            warm_up()
        rounds = interleaved(arms, size.rounds)
    return Outcome(ratio_of(rounds, OURS, BARE), amounts_of(rounds), cpu_seconds_of(rounds))


def _asked(name: str, server: Server, path: str, tokens: list[str], size: Size) -> Reading:
    before = server.cpu_seconds()
    load = put_load(Job(server.port, path, tokens, size.seconds, CONNECTIONS))
    spent = {name: server.cpu_seconds() - before, f"client of {name}": load.cpu_seconds}
    return Reading(load.per_second, spent)


STATUS = Measure("status", 0.60, "higher", "answers a second", take)
