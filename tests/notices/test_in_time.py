"""A message that was begun in time and froze on its way is never given to its end."""

import time
from collections.abc import Iterator

import pytest
import requests

from casestatus.notices.in_time import InTimeAdapter, TooLate, sent_before
from casestatus.notices.providers import Accepted, Later, Message
from casestatus.notices.twilio import TwilioSms
from casestatus.settings import Settings
from tests.standins.twilio import TwilioStandIn

NUMBER = "+525511112222"


def test_what_is_late_is_not_taken(settings: Settings, twilio: TwilioStandIn) -> None:
    way = TwilioSms(settings)
    assert way.hand_over(Message(NUMBER, "Hola. Ref K7M", "K7M", send_before=time.monotonic())) == Later()
    assert twilio.ledger.accepted == []
    assert isinstance(way.hand_over(Message(NUMBER, "Hola. Ref K7M", "K7M")), Accepted)


@pytest.fixture(params=["straight", "through a proxy"])
def way(request: pytest.FixtureRequest, twilio: TwilioStandIn) -> tuple[str, dict[str, str]]:
    """Twilio's address, and the proxies on the way there."""
    return (twilio.url, {}) if request.param == "straight" else ("http://api.example", {"http": twilio.url})


def test_what_freezes_between_two_parts_is_not_given_to_its_end(
    twilio: TwilioStandIn, way: tuple[str, dict[str, str]]
) -> None:
    base, proxies = way
    moment = time.monotonic() + 0.3

    def body() -> Iterator[bytes]:
        yield b"To=%2B525511112222&"
        time.sleep(0.4)
        yield b"Body=x&From=%2B525500001111"

    with requests.Session() as session:
        session.mount("http://", InTimeAdapter())
        with pytest.raises(TooLate), sent_before(moment):
            session.post(f"{base}/2010-04-01/Accounts/x/Messages.json", data=body(), proxies=proxies, timeout=5)
    assert twilio.ledger.accepted == []


def test_the_deadline_holds_for_its_own_messages_only(twilio: TwilioStandIn, way: tuple[str, dict[str, str]]) -> None:
    base, proxies = way
    with requests.Session() as session:
        session.mount("http://", InTimeAdapter())
        with sent_before(0):
            pass
        assert session.get(base, proxies=proxies, timeout=5).status_code == 401
