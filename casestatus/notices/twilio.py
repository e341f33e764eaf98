"""SMS through Twilio: one create call a message, and a look at its list when we can't know whether one was taken."""

import logging
import threading
from datetime import datetime, timedelta
from typing import Any

import requests
from twilio.base.deserialize import rfc2822_datetime
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from casestatus.notices.in_time import InTimeAdapter, TooLate, sent_before
from casestatus.notices.providers import Accepted, Answer, Later, LookFailed, Message, Receipt, Refused, Unclear
from casestatus.notices.twilio_codes import BAD_NUMBERS, BAD_SENDERS, STATUSES, STOPPED, THROTTLED, report_of
from casestatus.notices.twilio_messages import TWILIO, Messages
from casestatus.settings import Settings
from casestatus.victims.models import Channel

GONE, THROTTLING, UNAVAILABLE = 404, 429, 503
NO_MESSAGE = "SM" + "0" * 32
QUEUED_AT_MOST = 4 * 3600  # seconds at Twilio, where her hours and a code's life leave so many
CLOCKS_APART = timedelta(minutes=10)  # between Twilio and us, when its list is looked through
# Whatever the network, the client, or an answer that isn't Twilio's can make of a call.
NO_ANSWER = (requests.RequestException, TwilioException, ValueError, TypeError, KeyError, AttributeError)
_silent = logging.getLogger("casestatus.notices.twilio.silent")  # the client logs numbers: never here
_silent.disabled = True


class NotNow(Exception):
    """Twilio answered 429, perhaps with the seconds to wait, or 503 with them: it took nothing."""

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("not now")
        self.retry_after = retry_after


class TwilioHttp(HttpClient):  # type: ignore[misc]  # twilio ships no types
    """Twilio's HTTP client with another base address, a Retry-After that isn't lost, and a connection for each thread.

    (The client's own keeps its last answer on itself, so that two threads could take each other's.)
    """

    def __init__(self, base: str, timeout: float, *, longest_wait: float) -> None:
        super().__init__(_silent, False, timeout)
        self._base = base
        self._longest_wait = longest_wait
        self._of_thread = threading.local()

    def request(self, method: str, url: str, *parts: Any, **named: Any) -> Response:
        """As Twilio's, but raises NotNow where it is asked to come back later.

        A 503 that names no wait may be a gateway's, of which nobody knows what Twilio took before.
        """
        address = url.replace(TWILIO, self._base, 1)
        response = self._client().request(method, address, *parts, **(named | {"timeout": self.timeout}))
        wait = _seconds(response.headers.get("Retry-After"), at_most=self._longest_wait)
        if response.status_code == THROTTLING or (response.status_code == UNAVAILABLE and wait is not None):
            raise NotNow(wait)
        return response

    def _client(self) -> TwilioHttpClient:
        if not hasattr(self._of_thread, "client"):
            client = self._of_thread.client = TwilioHttpClient(logger=_silent)
            for scheme in ("https://", "http://"):
                client.session.mount(scheme, InTimeAdapter())
        return self._of_thread.client


class TwilioSms:
    """Twilio as a provider of SMS, by one sender: a messaging service (MG…) or a number (+52…)."""

    name = "twilio"
    channel = Channel.SMS
    can_find = True

    def __init__(self, settings: Settings, *, second: bool = False) -> None:
        self.sender = "twilio-second" if second else "twilio"
        limits = settings.limits
        self.per_second: int | None = limits.sms_per_second
        timeout = 0.3 * limits.lease  # to connect, and again to read
        http = TwilioHttp(settings.twilio_api_url, timeout, longest_wait=limits.retry_longest)
        token = settings.twilio_auth_token.get_secret_value()
        self._messages = Messages(Client(settings.twilio_account_sid, token, http_client=http))
        first = settings.twilio_messaging_service_sid or settings.twilio_from
        sends_as = settings.twilio_second_sender if second else first
        self._sends_as = {"MessagingServiceSid" if sends_as.startswith("MG") else "From": sends_as}

    def hand_over(self, message: Message) -> Answer:
        """One create call, never repeated here: Twilio keeps no idempotency key for messages."""
        callback = {"StatusCallback": message.callback} if message.callback else {}
        lasts = max(1, int(min(QUEUED_AT_MOST, message.lasts)))
        try:
            with sent_before(message.send_before):
                message_id = self._messages.create(
                    To=message.to, Body=message.body, ValidityPeriod=lasts, **self._sends_as, **callback
                )
        except TooLate:
            return Later()
        except NotNow as problem:
            return Later(problem.retry_after)
        except TwilioRestException as problem:
            return _answer_of(problem)
        except requests.ConnectionError as problem:
            return Later() if _never_connected(problem) else Unclear()
        except NO_ANSWER:
            return Unclear()
        return Accepted(message_id)

    def find(self, address: str, reference: str, since: datetime) -> str | None:
        """Looks through the list of what was sent to the number, newest first.

        Not narrowed by the day sent: a message that Twilio still queues has none.
        """
        try:
            for message in self._messages.sent_to(address):
                created = rfc2822_datetime(message.get("date_created"))
                if created is not None and created < since - CLOCKS_APART:
                    return None
                if (message.get("body") or "").rstrip().endswith(f"Ref {reference}"):
                    return str(message["sid"])
        except (NotNow, *NO_ANSWER) as problem:
            raise LookFailed from problem
        return None

    def trouble(self) -> str | None:
        """Asks for a message that there is not: nobody's number is told."""
        try:
            self._messages.fetch(NO_MESSAGE)
        except TwilioRestException as problem:
            if problem.status == GONE:
                return None
            if problem.status in {401, 403}:
                return "Twilio doesn't take CASESTATUS_TWILIO_ACCOUNT_SID with CASESTATUS_TWILIO_AUTH_TOKEN"
            return f"Twilio answers with error {problem.code}"
        except NotNow:
            return "Twilio asks to come back later"
        except NO_ANSWER as problem:
            return f"Twilio can't be reached ({type(problem).__name__})"
        return None

    def fetch(self, provider_id: str) -> Receipt | None:
        """What became of a message, by its id; None when that can't be said now."""
        try:
            message = self._messages.fetch(provider_id)
        except (NotNow, *NO_ANSWER):
            return None
        status, code = str(message.get("status")), str(message.get("error_code") or "")
        return Receipt(self.name, provider_id, status, report_of(status, code)) if status in STATUSES else None

    def delete(self, provider_id: str) -> bool:
        """Let Twilio forget a message and its number; whether it has none of them any more."""
        try:
            return self._messages.delete(provider_id)
        except TwilioRestException as problem:
            return bool(problem.status == GONE)
        except (NotNow, *NO_ANSWER):
            return False


def twilio_ways(settings: Settings) -> list[TwilioSms]:
    """One for each sender of the account, the first one first."""
    first = TwilioSms(settings)
    return [first, TwilioSms(settings, second=True)] if settings.twilio_second_sender else [first]


def _answer_of(problem: TwilioRestException) -> Answer:
    if problem.code == STOPPED:
        return Refused(str(problem.code), permanent=True, stop=True)
    if problem.code in BAD_NUMBERS:
        return Refused(str(problem.code), permanent=True)
    if problem.code == THROTTLED:
        return Later()
    if problem.status < 500:
        return Refused(str(problem.code), permanent=False, of_sender=problem.code in BAD_SENDERS)
    # An error of Twilio's own says "not taken" in its own words; a gateway's page in between says nothing.
    return Later() if problem.code and problem.code != problem.status else Unclear()


def _never_connected(problem: requests.ConnectionError) -> bool:
    reason = getattr(problem.args[0] if problem.args else None, "reason", None)
    return isinstance(problem, requests.exceptions.ConnectTimeout) or isinstance(reason, NewConnectionError)


def _seconds(text: str | None, *, at_most: float) -> float | None:
    """What a Retry-After says; None when it says nothing that makes sense (RFC 9110's dates are never Twilio's).

    "At once" makes none: all that waits would be asked again and again without a pause.
    """
    try:
        seconds = float(text or "")
    except ValueError:
        return None
    return min(seconds, at_most) if seconds > 0 else None
