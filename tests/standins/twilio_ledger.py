"""The memory of the Twilio stand-in: the messages that it accepted and when, and the script by which it misbehaves."""

import math
import random
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from typing import Any, Self
from urllib.parse import quote

from tests.standins.twilio_parameters import refusal

SENDERS = ("From", "MessagingServiceSid")


class Fate(StrEnum):
    """What becomes of a create call."""

    ACCEPTED = "accepted"
    CLOSED = "closed"  # accepted, and the connection closed before a word of it
    LATE = "late"  # accepted, and said so only after `late_seconds`
    THROTTLED = "throttled"  # 429 with Retry-After, not accepted
    FAILING = "failing"  # 500, not accepted
    GATEWAY = "gateway"  # accepted, and a gateway in between answers 502 with a page of its own
    GATEWAY_503 = "gateway_503"  # the same with 503
    BUSY = "busy"  # 503 in Twilio's own words, with Retry-After where there is one, not accepted


PAGES = {Fate.GATEWAY: 502, Fate.GATEWAY_503: 503}
NOT_NOW = {
    Fate.THROTTLED: (429, 20429, "Too Many Requests"),
    Fate.BUSY: (503, 20503, "Service Unavailable"),
}


@dataclass
class Behaviour:
    """The script: how fast, and how often which fate befalls a create call."""

    latency_seconds: float = 0.0
    late_seconds: float = 30.0
    listing_lag_seconds: float = 0.0  # a message shows in lists only so long after it was accepted
    retry_after: float | None = 1
    shares: dict[str, float] = field(default_factory=dict)  # fate -> share of calls, 0..1
    next: list[str] = field(default_factory=list)  # fates of the next calls, in order, before the shares
    refused: dict[str, int] = field(default_factory=dict)  # number -> code of refusal (21211, 21610…)
    final_status: str = "sent"  # what became of each message, but for those that a receipt was made for
    blocked_senders: list[str] = field(default_factory=list)  # numbers and services from which nothing leaves (21703)


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; a content of None has no body."""

    status: int
    content: Mapping[str, Any] | list[Any] | None
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def problem(cls, status: int, code: int, words: str, **headers: str) -> Self:
        """Twilio's own form of an error."""
        more_info = f"https://www.twilio.com/docs/errors/{code}"
        content = {"code": code, "message": words, "more_info": more_info, "status": status}
        return cls(status, content, {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass(frozen=True)
class Message:
    """One accepted message; `at` is epoch seconds."""

    sid: str
    at: float
    parameters: dict[str, str]


class Ledger:
    """All that was accepted (kept even after a deletion), and all that was refused, with times."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.behaviour = Behaviour()
        self.accepted: list[Message] = []
        self.refusals: list[tuple[float, int]] = []
        self.malformed: list[tuple[int, str]] = []  # requests that aren't as Twilio's OpenAPI document says
        self.deleted: set[str] = set()
        self.received: set[str] = set()  # what others wrote to us, which lies there until it is deleted
        self.statuses: dict[str, tuple[str, int | None]] = {}  # by sid, where it isn't merely "sent"
        self.clock: Callable[[], float] = time.time
        self._chance = random.Random(20261123)
        self._lock = threading.Lock()

    def create(self, form: dict[str, list[str]]) -> tuple[Answer | None, float]:
        """The answer to a create call (None: hang up without one) and the seconds to wait before it."""
        with self._lock:
            fate = self._fate()
            answer = self._refused(form, fate) or self._accept(
                {name: "\n".join(values) for name, values in form.items()}
            )
        wait = self.behaviour.late_seconds if fate is Fate.LATE else self.behaviour.latency_seconds
        return self._as_told(answer, fate), wait

    @staticmethod
    def _as_told(answer: Answer, fate: Fate) -> Answer | None:
        """What the caller hears of an answer."""
        if answer.status == 201 and fate is Fate.CLOSED:
            return None
        return Answer(page, ["A page"]) if answer.status == 201 and (page := PAGES.get(fate)) else answer

    def _fate(self) -> Fate:
        if self.behaviour.next:
            return Fate(self.behaviour.next.pop(0))
        drawn = self._chance.random()
        for fate, share in self.behaviour.shares.items():
            drawn -= share
            if drawn < 0:
                return Fate(fate)
        return Fate.ACCEPTED

    def _refused(self, form: dict[str, list[str]], fate: Fate) -> Answer | None:
        answer = self._refusal(form, fate)
        if answer is not None:
            self.refusals.append((self.clock(), int(dict(answer.content or {})["code"])))
        return answer

    def _refusal(self, form: dict[str, list[str]], fate: Fate) -> Answer | None:
        if fate in NOT_NOW:
            status, number, words = NOT_NOW[fate]
            return Answer.problem(status, number, words, **self._wait())
        if fate is Fate.FAILING:
            return Answer.problem(500, 20500, "An internal server error has occurred")
        if problem := refusal(form):
            return Answer.problem(400, *problem)
        if {sender[0] for name in SENDERS if (sender := form.get(name))} & set(self.behaviour.blocked_senders):
            return Answer.problem(400, 21703, "The Messaging Service contains no phone numbers")
        if code := self.behaviour.refused.get(form["To"][0]):
            return Answer.problem(400, code, "The message can't be sent to this number")
        return None

    def _wait(self) -> dict[str, str]:
        wait = self.behaviour.retry_after
        return {} if wait is None else {"Retry_After": str(wait)}

    def _accept(self, parameters: dict[str, str]) -> Answer:
        message = Message("SM" + secrets.token_hex(16), self.clock(), parameters)
        self.accepted.append(message)
        first_status = "accepted" if "MessagingServiceSid" in parameters else "queued"
        return Answer(201, self._resource(message) | {"status": first_status, "date_sent": None})

    def sid_of(self, path: list[str]) -> str | None:
        """The message that a path of this account names, "" for the whole list, None for any other path."""
        own = ["2010-04-01", "Accounts", self.account]
        if path == [*own, "Messages.json"]:
            return ""
        if path[:-1] == [*own, "Messages"] and path[-1].endswith(".json"):
            return path[-1].removesuffix(".json")
        return None

    def message(self, sid: str) -> Answer:
        """One message."""
        found = next((message for message in self._live() if message.sid == sid), None)
        return Answer(200, self._resource(found)) if found else self.unknown()

    def change(self, sid: str, status: str, code: int | None) -> Message:
        """Let a message have another status, and perhaps an error code."""
        self.statuses[sid] = (status, code)
        return next(message for message in self.accepted if message.sid == sid)

    def delete(self, sid: str) -> Answer:
        """Forget one message to the outside; the ledger keeps it."""
        if self.message(sid).status != 200 and sid not in self.received - self.deleted:
            return self.unknown()
        self.deleted.add(sid)
        return Answer(204, None)

    def listing(self, query: dict[str, list[str]]) -> Answer:
        """One page of the list, newest first, as the list call's filters say."""
        size, page = int(query.get("PageSize", ["50"])[0]), int(query.get("Page", ["0"])[0])
        shown = [message for message in reversed(self._live()) if self._matches(message, query)]
        part = shown[page * size : (page + 1) * size]
        following = self._page_uri(query, page + 1) if (page + 1) * size < len(shown) else None
        content = {"messages": [self._resource(message) for message in part], "page": page, "page_size": size}
        pages = math.ceil(len(shown) / size)
        return Answer(
            200, content | {"next_page_uri": following, "first_page_uri": self._page_uri(query, 0), "num_pages": pages}
        )

    def _matches(self, message: Message, query: dict[str, list[str]]) -> bool:
        if self.clock() - message.at < self.behaviour.listing_lag_seconds:
            return False
        if any(query[name][0] != message.parameters.get(name) for name in ("To", "From") if name in query):
            return False
        sent = datetime.fromtimestamp(message.at, UTC)
        after, before = query.get("DateSent>"), query.get("DateSent<")
        if "DateSent" in query and _moment(query["DateSent"][0]).date() != sent.date():
            return False
        return (after is None or sent >= _moment(after[0])) and (before is None or sent <= _moment(before[0]))

    def _page_uri(self, query: dict[str, list[str]], page: int) -> str:
        asked = {name: values[0] for name, values in query.items() if name not in {"Page", "PageToken"}}
        words = "&".join(
            f"{quote(name)}={quote(value, safe='')}" for name, value in (asked | {"Page": str(page)}).items()
        )
        return f"/2010-04-01/Accounts/{self.account}/Messages.json?{words}"

    def _resource(self, message: Message) -> dict[str, Any]:
        status, code = self.statuses.get(message.sid, (self.behaviour.final_status, None))
        at = format_datetime(datetime.fromtimestamp(message.at, UTC))
        return {
            "sid": message.sid,
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "to": message.parameters["To"],
            "from": message.parameters.get("From"),
            "messaging_service_sid": message.parameters.get("MessagingServiceSid"),
            "body": message.parameters.get("Body"),
            "status": status,
            "direction": "outbound-api",
            "date_created": at,
            "date_updated": at,
            "date_sent": at,
            "num_segments": "1",
            "num_media": "0",
            "price": None,
            "price_unit": "USD",
            "error_code": code,
            "error_message": None,
            "uri": f"/2010-04-01/Accounts/{self.account}/Messages/{message.sid}.json",
            "subresource_uris": {},
        }

    def behave(self, script: dict[str, Any]) -> Answer:
        """Change fields of the behaviour."""
        with self._lock:
            for name, value in script.items():
                setattr(self.behaviour, name, value)
        return Answer(200, asdict(self.behaviour))

    def whole(self) -> Answer:
        """The ledger itself, for tests that read it from another process."""
        with self._lock:
            messages = [asdict(message) for message in self.accepted]
            return Answer(
                200,
                {
                    "accepted": messages,
                    "refused": list(self.refusals),
                    "deleted": sorted(self.deleted),
                    "malformed": self.malformed,
                },
            )

    def _live(self) -> list[Message]:
        return [message for message in self.accepted if message.sid not in self.deleted]

    @staticmethod
    def unknown() -> Answer:
        """The answer for what isn't here."""
        return Answer.problem(404, 20404, "The requested resource was not found")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
