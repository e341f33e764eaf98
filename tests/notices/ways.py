"""A provider of this process that a test holds up and lets go, and how a test waits for the worker."""

import time
from collections.abc import Callable
from datetime import datetime
from threading import Event

from casestatus.notices.dispatch import Dispatch
from casestatus.notices.providers import Accepted, Answer, Message
from casestatus.victims.models import Channel

PATIENCE = 30.0


class Way:
    """A provider that takes a message when it is let, and knows when it did."""

    sender = name = "way"
    per_second: int | None = None

    def __init__(self, channel: Channel = Channel.SMS, *, can_find: bool = True) -> None:
        self.channel, self.can_find = channel, can_find
        self.open = Event()
        self.open.set()
        self.taken: list[tuple[str, float]] = []

    def hand_over(self, message: Message) -> Answer:
        self.open.wait(PATIENCE)
        self.taken.append((message.to, time.time()))
        return Accepted(f"{self.channel}-{len(self.taken)}-{message.to}")

    def find(self, address: str, reference: str, since: datetime) -> str | None:
        return None

    def trouble(self) -> str | None:
        return None


def finish(dispatch: Dispatch, way: Way) -> None:
    way.open.set()
    until(lambda: not dispatch.once())


def until(reached: Callable[[], bool]) -> None:
    patience = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < patience
