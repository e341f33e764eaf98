"""What every provider of messages offers, and the four answers that a hand-over can have."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from casestatus.victims.models import Channel


@dataclass(frozen=True)
class EmailParts:
    """What an e-mail has beside its words in text: the same in HTML, who it is from, and how it can be stopped."""

    attempt_id: UUID
    html: str
    sender: str
    language: str
    unsubscribe: str
    written_at: datetime


@dataclass(frozen=True)
class Message:
    """What is handed over: the address, the words, the reference in them, and where the provider may tell us more.

    `callback` is an address of the web for an SMS, and the envelope's sender for an e-mail. After `send_before`, on the
    monotonic clock, it may not be given away any more: somebody else may hold it by then. A provider that couldn't pass
    it on within `lasts` seconds is to drop it.
    """

    to: str
    body: str
    reference: str
    subject: str = ""
    callback: str | None = None
    email: EmailParts | None = None
    send_before: float = math.inf
    lasts: float = math.inf


@dataclass(frozen=True)
class Accepted:
    """The provider has it, and calls it so."""

    provider_id: str


@dataclass(frozen=True)
class Refused:
    """The provider said no: for good (`permanent`), and perhaps because the person said stop; else it's tried again.

    `of_sender` when nothing at all may be sent by this sender of ours; not `of_address` when it is the message that
    nobody would take, so that her address may be as good as ever.
    """

    code: str
    permanent: bool
    stop: bool = False
    of_sender: bool = False
    of_address: bool = True


@dataclass(frozen=True)
class Later:
    """Certainly not taken, and worth another try; `retry_after` is in seconds, when the provider said so."""

    retry_after: float | None = None


@dataclass(frozen=True)
class Unclear:
    """We can't know whether it was taken: look before anything is sent again."""


Answer = Accepted | Refused | Later | Unclear


@dataclass(frozen=True)
class Delivered:
    """The network says that it arrived."""


@dataclass(frozen=True)
class Undelivered:
    """It didn't arrive. `alarming` when the cause may lie with our account and not with her telephone.

    Not `of_address` when it says nothing of her address, which may be as good as ever.
    """

    code: str | None
    alarming: bool = False
    of_address: bool = True


Report = Delivered | Undelivered | Refused  # what became of a message after it was accepted


@dataclass(frozen=True)
class Receipt:
    """A provider's word on one of its messages: its status there, and what that means to us (None: it has it)."""

    provider: str
    provider_id: str
    status: str
    report: Report | None


class LookFailed(Exception):
    """The provider couldn't be asked, so that nothing is known."""


class Provider(Protocol):
    """A way out. Called from several threads at once, with no transaction open.

    An account (`name`) may have several senders, each a way of its own, under one rate (None: any number a second).
    Each finds what any sender of the account sent, if it can be asked at all (`can_find`).
    """

    name: str
    sender: str
    channel: Channel
    per_second: int | None
    can_find: bool

    def hand_over(self, message: Message) -> Answer:
        """Give it away once. Never raises for what the network or the provider does."""

    def find(self, address: str, reference: str, since: datetime) -> str | None:
        """The provider's id of the message to this address with this reference; None when there is none.

        Raises LookFailed when that can't be said.
        """

    def trouble(self) -> str | None:
        """What an operator has to mend before anything can leave, in words; None when it answers and knows us."""


Providers = Mapping[Channel, Sequence[Provider]]  # in the order in which they are tried; at least one each
