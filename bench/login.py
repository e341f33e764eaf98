"""What a sign-in costs beyond the one Argon2id verification that it can't do without."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from itertools import cycle

from bench.measures import Measure, Outcome, Size
from bench.processes import Server, serving
from bench.rounds import Arm, Reading, amounts_of, cpu_seconds_of, interleaved, ratio_of
from bench.sample import Credentials, Sample
from bench.verification import verify_elsewhere

OURS, BARE = "casestatus", "argon2id"
PATH = "/api/v1/sessions"


class NotLetIn(Exception):
    """A right PIN was refused, so there is nothing to measure."""


def take(sample: Sample, size: Size) -> Outcome:
    """CPU-seconds of the server for one sign-in over HTTP, and of one bare verification."""
    who = cycle(sample.victims)
    serve = serving("casestatus", "serve", environment=sample.environment, folder=sample.folder, ready="/readyz")
    with serve as server:
        arms: dict[str, Arm] = {
            OURS: lambda: _signed_in(server, who, size.sign_ins),
            BARE: lambda: _verified(size.sign_ins),
        }
        for warm_up in arms.values():
            warm_up()
        rounds = interleaved(arms, size.rounds)
    return Outcome(ratio_of(rounds, OURS, BARE), amounts_of(rounds), cpu_seconds_of(rounds))


def _signed_in(server: Server, who: Iterator[Credentials], times: int) -> Reading:
    connection = server.connect()
    before = server.cpu_seconds()
    for _ in range(times):
        sign_in(connection, next(who))
    spent = server.cpu_seconds() - before
    connection.close()
    return Reading(spent / times, {OURS: spent})


def sign_in(connection: HTTPConnection, victim: Credentials) -> str:
    """Her session's token. Raises NotLetIn."""
    body = json.dumps({"case_number": victim.case_number, "pin": victim.pin})
    connection.request("POST", PATH, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = json.loads(answer.read())
    if answer.status != 201:
        raise NotLetIn(content)
    token: str = content["token"]
    return token


def _verified(times: int) -> Reading:
    spent = verify_elsewhere(times)
    return Reading(spent / times, {BARE: spent})


LOGIN = Measure("login", 1.15, "lower", "CPU-seconds each", take)
