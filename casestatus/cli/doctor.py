"""The command `doctor`: says in words what is wrong with an installation, and what to do about it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from casestatus.cli.opening import (
    REFUSED,
    Refused,
    database_of,
    key_ring,
    read_settings,
    refuse_broken_help,
    require_ready,
)

if TYPE_CHECKING:
    from casestatus.database import Database
    from casestatus.settings import Settings

CLOCKS_APART = timedelta(seconds=5)  # a lease lasts 30
Address = Annotated[
    str | None, typer.Option("--send-test", metavar="ADDRESS", help="send a test message to this telephone or e-mail")
]


class Grade(StrEnum):
    """How bad it is."""

    FINE = "ok"
    DOUBTFUL = "look"
    WRONG = "WRONG"


class Finding(NamedTuple):
    """One line of the report."""

    grade: Grade
    what: str
    words: str


Findings = Iterator[Finding]


def doctor(send_test: Address = None) -> None:
    """Check settings, keys, database, providers, clock and workers, and say in words what is wrong.

    Exit code 1 when something is. Nothing is changed; a message leaves only with --send-test.
    """
    from casestatus.telemetry import configure_logs

    configure_logs()
    found = [_told(finding) for finding in _examined(send_test)]
    wrong = sum(finding.grade is Grade.WRONG for finding in found)
    typer.echo(f"{wrong} wrong, of {len(found)} checked." if wrong else f"Nothing is wrong, of {len(found)} checked.")
    raise typer.Exit(REFUSED if wrong else 0)


def _told(finding: Finding) -> Finding:
    typer.echo(f"{finding.grade.value:6}{finding.what}: {finding.words}")
    return finding


def _examined(send_test: str | None) -> Findings:
    settings = None
    try:
        settings = read_settings()
    except Refused as refused:
        yield Finding(Grade.WRONG, "settings", str(refused))
    if settings is not None:
        yield from _settings(settings)
        yield from _keys(settings)
        yield from _of_database(settings, send_test)


def _settings(settings: "Settings") -> Findings:
    reasons = settings.refusals()
    try:
        refuse_broken_help(settings)
    except Refused as refused:
        reasons.append(str(refused))
    for reason in reasons:
        yield Finding(Grade.WRONG, "settings", reason)
    if not reasons:
        yield Finding(Grade.FINE, "settings", f"they fit {settings.environment.value}")
    if settings.as_of is not None:
        yield Finding(Grade.DOUBTFUL, "clock", "CASESTATUS_AS_OF moves it")
    if not settings.in_demo and not settings.trusted_proxies:
        yield Finding(
            Grade.DOUBTFUL, "settings", "CASESTATUS_TRUSTED_PROXIES is empty: behind a proxy all visitors look alike"
        )


def _keys(settings: "Settings") -> Findings:
    from sqlalchemy import make_url

    try:
        key_ring(settings)
    except Refused as refused:
        yield Finding(Grade.WRONG, "keys", str(refused))
        return
    yield Finding(Grade.FINE, "keys", "the ring is there, and private")
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or settings.keys.startswith("env:") or settings.in_demo:
        return
    folder = Path(url.database or ".").resolve().parent
    if folder in Path(settings.keys).resolve().parents:
        words = (
            f"the ring lies under the database's folder {folder}: one copy takes both. Move it and set CASESTATUS_KEYS"
        )
        yield Finding(Grade.WRONG, "keys", words)


def _of_database(settings: "Settings", send_test: str | None) -> Findings:
    try:
        with database_of(settings) as database:
            require_ready(settings, database)
            yield Finding(Grade.FINE, "database", f"{database.dialect} answers and is at this version")
            checks: list[Callable[[Settings, Database], Findings]] = [_clock, _workers, _senders, _providers]
            yield from chain.from_iterable(check(settings, database) for check in checks)
            if send_test:
                yield _trial(settings, database, send_test)
    except Refused as refused:
        yield Finding(Grade.WRONG, "database", str(refused))


def _clock(_settings: "Settings", database: "Database") -> Findings:
    if database.dialect == "sqlite":
        return
    apart = database.now() - database.clock.now()
    seconds = abs(apart).total_seconds()
    if abs(apart) > CLOCKS_APART:
        words = f"this host and the database are {seconds:.0f} seconds apart: set both by NTP"
        yield Finding(Grade.WRONG, "clock", words)
    else:
        yield Finding(Grade.FINE, "clock", f"this host and the database are {seconds:.1f} seconds apart")


def _workers(_settings: "Settings", database: "Database") -> Findings:
    from casestatus.notices.passes import last_pass, workers_alive

    now = database.now()
    with database.reading() as session:
        alive, last = workers_alive(session, now), last_pass(session)
    if alive:
        yield Finding(Grade.FINE, "worker", f"{alive} completed a pass in the last minute")
    else:
        since = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "ever"
        words = f"none completed a pass {since}: no notice leaves. Start casestatus worker, or read its log"
        yield Finding(Grade.WRONG, "worker", words)


def _senders(_settings: "Settings", database: "Database") -> Findings:
    from casestatus.notices.breaker import Stand
    from casestatus.notices.gate import stands

    with database.reading() as session:
        standing = stands(session, database.now())
    for sender, stand in standing.items():
        if stand is not Stand.CLOSED:
            words = f"{sender} failed too often and is left alone for a while; the worker's log says why"
            yield Finding(Grade.DOUBTFUL, "sender", words)


def _providers(settings: "Settings", database: "Database") -> Findings:
    from casestatus.worker import close_ways, providers

    ways_out = providers(settings, database)
    for way in chain.from_iterable(ways_out.values()):
        trouble = way.trouble()
        grade = Grade.WRONG if trouble else Grade.FINE
        yield Finding(grade, f"{way.channel.value} by {way.sender}", trouble or "it answers, and knows us")
    close_ways(ways_out)


def _trial(settings: "Settings", database: "Database", address: str) -> Finding:
    from casestatus.errors import CaseStatusProblem
    from casestatus.notices.gate import NotNow, NoWay
    from casestatus.notices.providers import Accepted, Unclear
    from casestatus.notices.providers import Refused as NotTaken
    from casestatus.notices.trial_message import send_trial
    from casestatus.worker import close_ways, providers

    ways_out = providers(settings, database)
    try:
        answer = send_trial(address, ways_out=ways_out, database=database, keys=key_ring(settings), settings=settings)
    except CaseStatusProblem:
        return Finding(
            Grade.WRONG, "test message", "that is no telephone number nor e-mail address that we can write to"
        )
    finally:
        close_ways(ways_out)
    match answer:
        case Accepted(provider_id):
            return Finding(Grade.FINE, "test message", f"handed over, as {provider_id}; look whether it arrives")
        case NotTaken(code):
            return Finding(Grade.WRONG, "test message", f"refused with code {code}")
        case Unclear():
            return Finding(Grade.WRONG, "test message", "the connection ended before an answer; it may have been taken")
        case NotNow() | NoWay():
            return Finding(Grade.WRONG, "test message", "not sent: the rate is used up, or no sender works now")
        case _:
            return Finding(Grade.WRONG, "test message", "not taken: the provider failed, or asks to come back later")
