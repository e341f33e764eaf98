"""What Twilio's answers mean, by its real client against the stand-in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casestatus.notices.providers import Accepted, Answer, Later, LookFailed, Message, Refused, Unclear
from casestatus.notices.twilio import TwilioSms
from casestatus.settings import Settings
from tests.standins.twilio import TwilioStandIn

NUMBER = "+525511112222"


@pytest.fixture
def provider(settings: Settings) -> TwilioSms:
    return TwilioSms(settings)


def send(provider: TwilioSms, reference: str = "K7M") -> Answer:
    return provider.hand_over(Message(NUMBER, f"Hay una novedad. Ref {reference}", reference))


def lately() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("fate", "answer"),
    [
        ("throttled", Later(7.0)),
        ("busy", Later(7.0)),
        ("failing", Later()),
        ("closed", Unclear()),
        ("gateway", Unclear()),
        ("gateway_503", Unclear()),
    ],
)
def test_each_misfortune_has_its_meaning(provider: TwilioSms, twilio: TwilioStandIn, fate: str, answer: Answer) -> None:
    twilio.behaviour.next, twilio.behaviour.retry_after = [fate], 7
    assert send(provider) == answer


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("inf", 48 * 3600.0),
        (1e12, 48 * 3600.0),
        ("1e999", 48 * 3600.0),
        ("nan", None),
        (-5, None),
        ("soon", None),
        (0, None),
        (None, None),
    ],
)
@pytest.mark.parametrize("fate", ["throttled", "busy"])
def test_a_wait_that_makes_no_sense_is_cut_or_not_believed(
    provider: TwilioSms, twilio: TwilioStandIn, fate: str, said: Any, understood: float | None
) -> None:
    twilio.behaviour.next, twilio.behaviour.retry_after = [fate], said
    assert send(provider) == Later(understood)


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        (21610, Refused("21610", permanent=True, stop=True)),
        (21211, Refused("21211", permanent=True)),
        (21614, Refused("21614", permanent=True)),
        (20429, Later()),
        (21612, Refused("21612", permanent=False)),
        (21703, Refused("21703", permanent=False, of_sender=True)),
    ],
)
def test_each_code_has_its_meaning(provider: TwilioSms, twilio: TwilioStandIn, code: int, answer: Answer) -> None:
    twilio.behaviour.refused[NUMBER] = code
    assert send(provider) == answer


def test_a_server_that_was_never_reached_took_nothing(provider: TwilioSms, twilio: TwilioStandIn) -> None:
    twilio.server.shutdown()
    twilio.server.server_close()
    assert send(provider) == Later()
    with pytest.raises(LookFailed):
        provider.find(NUMBER, "K7M", lately())


def test_a_message_is_found_by_its_number_and_reference(provider: TwilioSms, twilio: TwilioStandIn) -> None:
    accepted = [send(provider, reference) for reference in ("K7M", "K7N")]
    assert accepted == [Accepted(message.sid) for message in twilio.ledger.accepted]
    assert provider.find(NUMBER, "K7M", lately()) == twilio.ledger.accepted[0].sid
    assert provider.find(NUMBER, "X7M", lately()) is None
    assert provider.find("+525500000000", "K7M", lately()) is None
    assert provider.find(NUMBER, "K7M", datetime.now(UTC) + timedelta(hours=1)) is None


def test_wrong_credentials_are_tried_again_when_they_may_be_mended(settings: Settings) -> None:
    wrong = TwilioSms(settings.with_changes(twilio_auth_token="another"))
    assert send(wrong) == Refused("20003", permanent=False)
    with pytest.raises(LookFailed):
        wrong.find(NUMBER, "K7M", lately())


def test_a_number_of_our_own_may_send_instead_of_a_service(settings: Settings, twilio: TwilioStandIn) -> None:
    own = settings.with_changes(twilio_messaging_service_sid="", twilio_from="+525500001111")
    assert isinstance(send(TwilioSms(own)), Accepted)
    assert twilio.ledger.accepted[0].parameters["From"] == "+525500001111"


def test_the_client_writes_no_number_into_the_log(provider: TwilioSms, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    send(provider)
    provider.find(NUMBER, "K7M", lately())
    assert "11112222" not in caplog.text
