"""What rights with deadlines add to a status: models are parsed once and calendars kept, so it should be little."""

from contextlib import AbstractContextManager

import httpx

from bench.load import Job, put_load
from bench.measures import Measure, Outcome, Size
from bench.processes import LOOPBACK, Server, serving
from bench.rounds import Arm, Reading, amounts_of, cpu_seconds_of, interleaved, ratio_of
from bench.sample import Sample, open_sessions
from bench.status import CONNECTIONS, PATH, VISITORS

WITH_DEADLINES, AS_STATUS, WITHOUT = "with deadlines", "as the status measure", "the same, without rights"


def take(sample: Sample, size: Size) -> Outcome:
    """CPU of the server for one answer: victims who have a deadline to keep, beside those of the status measure.

    A third arm tells what all of it costs: victims with a deadline, of a server that tells no rights.
    """
    tokens = open_sessions(sample, VISITORS)
    with _server(sample, "casestatus") as server, _server(sample, "bench.without_rights") as without:
        concerned = [token for token in tokens if _has_deadline(server, token)]
        arms = {
            WITH_DEADLINES: _arm(WITH_DEADLINES, server, concerned, size),
            AS_STATUS: _arm(AS_STATUS, server, tokens, size),
            WITHOUT: _arm(WITHOUT, without, concerned, size),
        }
        for warm_up in arms.values():
            warm_up()
        rounds = interleaved(arms, size.rounds)
    return Outcome(ratio_of(rounds, WITH_DEADLINES, AS_STATUS), amounts_of(rounds), cpu_seconds_of(rounds))


def _server(sample: Sample, module: str) -> AbstractContextManager[Server]:
    return serving(module, "serve", environment=sample.environment, folder=sample.folder, ready="/readyz")


def _has_deadline(server: Server, token: str) -> bool:
    answer = httpx.get(f"http://{LOOPBACK}:{server.port}{PATH}", headers={"Authorization": f"Bearer {token}"})
    lines = answer.raise_for_status().json()["proceedings"]
    return any(right["deadline"] for line in lines for right in line["rights"])


def _arm(name: str, server: Server, tokens: list[str], size: Size) -> Arm:
    job = Job(server.port, PATH, tokens, size.seconds, CONNECTIONS)

    def ask() -> Reading:
        before = server.cpu_seconds()
        load = put_load(job)
        spent = server.cpu_seconds() - before
        return Reading(1000 * spent / load.answers, {name: spent, f"client of {name}": load.cpu_seconds})

    return ask


RIGHTS = Measure("rights", 1.25, "lower", "ms of CPU for one answer", take)
