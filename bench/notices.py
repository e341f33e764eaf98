"""Notices that leave: beside a bare loop over the same client, beside one recipient, and beside a short queue."""

import math
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode

from sqlalchemy import select

from bench.measures import Measure, Outcome, Size
from bench.processes import LOOPBACK
from bench.rounds import Arm, Reading, amounts_of, cpu_seconds_of, interleaved, ratio_of
from bench.sample import NOBODYS, Sample
from bench.town import ACCOUNT, SERVICE, TOKEN, Provider, Town, build_town, provider
from casestatus.notices.dispatch import Dispatch
from casestatus.notices.models import Notice
from casestatus.notices.providers import Accepted, Answer, Message
from casestatus.notices.twilio import TwilioSms
from casestatus.victims.models import Channel
from casestatus.worker import providers, run_worker

AT_ONCE = 8
ANSWER = 0.02  # seconds that the provider takes, as when the engine was chosen (notices.md)
FEW, MANY = 1, 1000
SHORT_QUEUE, LONG_QUEUE, OF_QUEUE = 1000, 100_000, 64
OURS, BARE = "worker", "bare loop"
ONE, THOUSAND = "1 victim", "1,000 victims"
SHORT, LONG = "1,000 waiting", "100,000 waiting"
DUE, NEW, POST = "due to provider, p99", "recorded and due at once, p99", "bare POST, p99"
AHEAD = timedelta(seconds=0.2)
TEXT = "Hay una novedad en tu tramite. Consultala por el medio que ya conoces. BAJA para no recibir. Ref K7M"


def take_dispatch(sample: Sample, size: Size) -> Outcome:
    """Notices a second of a worker's passes ÷ those of the bare client in as many threads."""
    count = max(200, size.cases // 100)
    with provider() as standin, ThreadPoolExecutor(AT_ONCE) as pool, ExitStack() as running:
        standin.take_seconds(ANSWER)
        town = build_town(sample.folder / "dispatch", victims=count)
        worker, bare = running.enter_context(worker_of(town, standin)), TwilioSms(standin.settings)
        messages = [Message(NOBODYS.format(number=number), TEXT, "K7M") for number in range(count)]

        def deliver() -> None:
            while worker.once():
                pass

        def loop() -> None:
            answers = list(pool.map(bare.hand_over, messages))
            assert all(isinstance(answer, Accepted) for answer in answers)

        arms = {OURS: _rate(deliver, count, OURS, before=town.push), BARE: _rate(loop, count, BARE)}
        rounds = interleaved(arms, size.rounds)
        assert len(standin.accepted_at()) == 2 * count * size.rounds
    return Outcome(ratio_of(rounds, OURS, BARE), amounts_of(rounds), cpu_seconds_of(rounds))


def take_fanout(sample: Sample, size: Size) -> Outcome:
    """Seconds of one update of which 1,000 victims are to be told ÷ those of one with a single victim."""
    towns = {name: build_town(sample.folder / f"fanout-{count}", victims=count) for name, count in
             ((ONE, FEW), (THOUSAND, MANY))}  # fmt: skip
    rounds = interleaved({name: _seconds(town) for name, town in towns.items()}, size.rounds)
    return Outcome(ratio_of(rounds, THOUSAND, ONE), amounts_of(rounds), cpu_seconds_of(rounds))


def take_backlog(sample: Sample, size: Size) -> Outcome:
    """Milliseconds for one message while 100,000 wait ÷ those while 1,000 do."""
    with provider() as standin:
        arms = {}
        for name, count in ((SHORT, SHORT_QUEUE), (LONG, LONG_QUEUE)):
            town = build_town(sample.folder / f"backlog-{count}", victims=count)
            town.push()
            arms[name] = _milliseconds(town, standin, name)
        rounds = interleaved(arms, size.rounds)
    return Outcome(ratio_of(rounds, LONG, SHORT), amounts_of(rounds), cpu_seconds_of(rounds))


def take_latency(sample: Sample, size: Size) -> Outcome:
    """From the moment at which a notice is due until the provider has it, on an idle service ÷ a bare POST there.

    A notice falls due some time after its update, as the delay wants it. Those of a third arm are due at once, as a
    code is: there the recording of the update is counted in.
    """
    each = max(15, size.sign_ins)
    with provider() as standin:
        town = build_town(sample.folder / "latency", victims=1)
        with _idle_worker(town, standin):
            arms = {
                DUE: lambda: _from_due(town, standin, each, AHEAD),
                NEW: lambda: _from_due(town, standin, each, timedelta(0)),
                POST: lambda: bare_posts(standin, each),
            }
            rounds = interleaved(arms, size.rounds)
    return Outcome(ratio_of(rounds, DUE, POST), amounts_of(rounds), cpu_seconds_of(rounds))


def worker_of(town: Town, standin: Provider) -> Dispatch:
    settings = standin.settings
    return Dispatch(town.database, town.keys, settings, providers(settings, town.database), at_once=AT_ONCE)


def _rate(act: Callable[[], None], count: int, name: str, *, before: Callable[[], None] = lambda: None) -> Arm:
    def run() -> Reading:
        before()
        began, spent = time.monotonic(), time.process_time()
        act()
        return Reading(count / (time.monotonic() - began), {name: time.process_time() - spent})

    return run


def _seconds(town: Town) -> Arm:
    def run() -> Reading:
        began, spent = time.monotonic(), time.process_time()
        town.push()
        reading = Reading(time.monotonic() - began, {town.folder.name: time.process_time() - spent})
        town.call_all_sent()
        return reading

    return run


class _Counting(TwilioSms):
    handed_over = 0

    def hand_over(self, message: Message) -> Answer:
        self.handed_over += 1
        return super().hand_over(message)


def _milliseconds(town: Town, standin: Provider, name: str) -> Arm:
    """Of one message, until some tens of a queue have left and all that was begun is written down."""

    def run() -> Reading:
        way = _Counting(standin.settings)
        began, spent = time.monotonic(), time.process_time()
        with Dispatch(town.database, town.keys, standin.settings, {Channel.SMS: [way]}, at_once=AT_ONCE) as worker:
            while way.handed_over < OF_QUEUE:
                assert worker.once()
        seconds = time.monotonic() - began
        return Reading(seconds * 1000 / way.handed_over, {name: time.process_time() - spent})

    return run


@contextmanager
def _idle_worker(town: Town, standin: Provider) -> Iterator[None]:
    """A worker beside the web in one process, as `serve --with-worker` runs it."""
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(standin.settings, town.database, town.keys, stop))
    thread.start()
    with ExitStack() as stack:
        stack.callback(thread.join)
        stack.callback(town.database.changed.set)
        stack.callback(stop.set)
        yield


def _from_due(town: Town, standin: Provider, count: int, delay: timedelta) -> Reading:
    """One update after the other, each when the one before has left."""
    waits, spent = [], time.process_time()
    for _ in range(count):
        before = len(standin.accepted_at())
        town.push(delay)
        time.sleep(delay.total_seconds() + 0.05)  # asking the provider meanwhile would be no idle service
        while len(accepted := standin.accepted_at()) == before:
            time.sleep(0.02)
        with town.database.reading() as session:
            due_at = session.scalars(select(Notice.due_at).order_by(Notice.id.desc()).limit(1)).one()
        waits.append(accepted[-1] - due_at.timestamp())
        time.sleep(0.1)  # idle again
    return Reading(p99(waits) * 1000, {OURS: time.process_time() - spent})


def bare_posts(standin: Provider, count: int) -> Reading:
    """The same form over one kept-alive connection, without any client of Twilio's."""
    connection = HTTPConnection(LOOPBACK, standin.port, timeout=10)
    form = urlencode({"To": NOBODYS.format(number=0), "Body": TEXT, "MessagingServiceSid": SERVICE})
    waits, spent = [], time.process_time()
    for _ in range(count):
        began = time.monotonic()
        connection.request("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", form, _headers())
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201
        waits.append(time.monotonic() - began)
    connection.close()
    return Reading(p99(waits) * 1000, {POST: time.process_time() - spent})


def _headers() -> dict[str, str]:
    credentials = b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    return {"Authorization": f"Basic {credentials}", "Content-Type": "application/x-www-form-urlencoded"}


def p99(waits: list[float]) -> float:
    """The value that at least 99 of 100 don't exceed."""
    return sorted(waits)[math.ceil(0.99 * len(waits)) - 1]


DISPATCH = Measure("dispatch", 0.85, "higher", "notices a second", take_dispatch)
FANOUT = Measure("fanout", 40.0, "lower", "seconds", take_fanout)
BACKLOG = Measure("backlog", 1.2, "lower", "milliseconds", take_backlog)
LATENCY = Measure("latency", 10.0, "lower", "milliseconds", take_latency)
