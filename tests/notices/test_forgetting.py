"""What people write to us doesn't stay at the provider."""

from datetime import timedelta

import pytest

from casestatus.database import Database
from casestatus.notices.forgetting import Forgetting
from casestatus.notices.models import DeliveryAttempt
from casestatus.notices.twilio import TwilioSms
from casestatus.settings import Settings
from tests.notices.conftest import PUBLIC_URL, Callbacks, Deliveries
from tests.notices.town import Town
from tests.standins.twilio import TwilioStandIn

URL = f"{PUBLIC_URL}/webhooks/twilio/inbound"


@pytest.fixture
def forgetting(deliveries: Deliveries, database: Database, settings: Settings) -> Forgetting:
    return Forgetting(database, settings, TwilioSms(settings), deliveries.pool, at_once=4)


@pytest.mark.parametrize("text", ["BAJA", "1", "quien es?"])
def test_whatever_somebody_wrote_is_deleted_at_the_provider_once_it_was_handled(
    town: Town, callbacks: Callbacks, twilio: TwilioStandIn, forgetting: Forgetting, text: str
) -> None:
    town.victim("+525511112222")
    for number in ("+525511112222", "+525599998888"):
        callbacks.send(twilio.incoming(URL, number, text))
    assert twilio.ledger.deleted == set()
    assert forgetting.once()
    assert twilio.ledger.deleted == twilio.ledger.received
    assert not forgetting.once()


def test_a_provider_that_cannot_be_reached_is_told_again(
    town: Town,
    callbacks: Callbacks,
    twilio: TwilioStandIn,
    deliveries: Deliveries,
    forgetting: Forgetting,
    settings: Settings,
) -> None:
    callbacks.send(twilio.incoming(URL, "+525511112222", "BAJA"))
    with TwilioStandIn() as other:
        gone = settings.with_changes(twilio_api_url=other.url)
    assert Forgetting(town.database, gone, TwilioSms(gone), deliveries.pool, at_once=4).once()
    assert not forgetting.once()
    deliveries.clock.advance(timedelta(minutes=6))
    assert forgetting.once()
    assert twilio.ledger.deleted == twilio.ledger.received


def test_a_forged_message_has_nothing_deleted(
    callbacks: Callbacks, twilio: TwilioStandIn, forgetting: Forgetting
) -> None:
    assert callbacks.send(twilio.incoming(URL, "+525511112222", "BAJA", token="somebody else's")) == 403
    assert not forgetting.once()


@pytest.mark.parametrize("end", [{"state": "unproven"}, {"state": "sent", "provider_id": "SM" + "0b" * 16}])
def test_a_message_of_ours_that_no_attempt_goes_by_is_deleted_as_well(
    town: Town,
    callbacks: Callbacks,
    twilio: TwilioStandIn,
    deliveries: Deliveries,
    forgetting: Forgetting,
    end: dict[str, str],
) -> None:
    """Nobody could find out whether it had left, or its list showed it too late and it was sent again."""
    town.victim()
    twilio.behaviour.next = ["closed"]
    town.event()
    while not twilio.ledger.accepted:
        deliveries.dispatch.once()
    town.change(DeliveryAttempt, town.attempts()[0].id, **end)
    [message] = twilio.ledger.accepted
    assert callbacks.send(twilio.receipt(message.sid, "delivered")) == 204
    assert forgetting.once()
    assert twilio.ledger.deleted == {message.sid}
    assert not forgetting.once()
