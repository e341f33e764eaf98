"""Nothing is sent twice because we don't know: what may have left is looked for at the provider first."""

from datetime import timedelta

import pytest

from casestatus.database import Clock
from casestatus.notices.models import AttemptState, DeliveryAttempt
from casestatus.notices.queue import claim
from casestatus.settings import Settings
from casestatus.victims.models import Channel
from tests.notices.conftest import Deliveries
from tests.notices.town import Town
from tests.standins.twilio import TwilioStandIn

LEASE = timedelta(seconds=30)


@pytest.mark.parametrize("fate", ["closed", "gateway", "gateway_503"])
def test_a_message_of_whose_acceptance_we_heard_nothing_is_found_and_not_repeated(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, fate: str
) -> None:
    twilio.behaviour.next = [fate]
    town.victim()
    town.event()
    deliveries.all_due()
    (message,) = twilio.ledger.accepted
    (attempt,) = town.attempts()
    assert (attempt.state, attempt.provider_id) == ("sent", message.sid)


def test_what_the_list_shows_late_is_found_at_the_second_look(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    twilio.behaviour.next, twilio.behaviour.listing_lag_seconds = ["closed"], 3600
    town.victim()
    town.event()
    deliveries.all_due()
    assert (town.states(), town.notice_states()) == (["uncertain"], ["under_way"])
    assert town.attempts()[0].looks == 1
    twilio.behaviour.listing_lag_seconds = 0
    deliveries.later(seconds=61)
    assert (town.states(), len(twilio.ledger.accepted)) == (["sent"], 1)


def test_a_lost_hand_over_is_repeated_only_when_absent_in_two_looks(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    town.victim()
    town.event()
    held_by_a_worker_that_died(town)
    deliveries.later(seconds=31)
    assert (town.states(), town.attempts()[0].looks, twilio.ledger.accepted) == (["uncertain"], 1, [])
    deliveries.later(seconds=50)
    assert (town.states(), twilio.ledger.accepted) == (["uncertain"], [])
    deliveries.later(seconds=11)
    assert (town.states(), len(twilio.ledger.accepted)) == (["sent"], 1)


def test_one_in_ten_connections_closed_after_accepting_loses_and_repeats_nothing(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    twilio.behaviour.shares = {"closed": 0.1, "throttled": 0.1, "failing": 0.1}
    twilio.behaviour.retry_after = 0
    for _ in range(60):
        town.victim()
    assert town.event()[1] == 60
    for _ in range(12):
        deliveries.later(minutes=2)
    assert town.states() == ["sent"] * 60
    bodies = [(message.parameters["To"], message.parameters["Body"]) for message in twilio.ledger.accepted]
    assert len(bodies) == len(set(bodies)) == 60


def test_what_cannot_be_found_out_is_never_sent_again_and_goes_to_the_office(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    town.victim()
    town.event()
    held_by_a_worker_that_died(town)
    twilio.server.shutdown()
    twilio.server.server_close()
    for _ in range(65):
        deliveries.later(minutes=1)
    assert (town.states(), town.notice_states()) == (["unproven"], ["for_the_office"])
    assert [task.kind for task in town.tasks()] == ["unproven"]


def test_a_message_that_another_attempt_goes_by_is_not_ours(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    town.victim("+525511112222")
    town.victim("+525511112222")
    town.event()
    deliveries.all_due()
    first, second = town.attempts()
    assert first.reference != second.reference
    town.change(
        DeliveryAttempt,
        second.id,
        state=AttemptState.UNCERTAIN,
        uncertain_at=town.database.now(),
        provider_id=None,
        reference=first.reference,
        due_at=town.database.now(),
    )
    for _ in range(65):
        deliveries.later(minutes=1)
    assert sorted(town.states()) == ["sent", "unproven"]
    assert len(twilio.ledger.accepted) == 2


def test_an_answer_that_comes_too_late_leaves_one_message(
    town: Town, twilio: TwilioStandIn, settings: Settings, clock: Clock
) -> None:
    twilio.behaviour.next, twilio.behaviour.late_seconds = ["late"], 2
    short = settings.with_changes(limits=settings.limits.model_copy(update={"lease": 3.0}))
    deliveries = Deliveries(town.database, town.keys, short, clock)
    town.victim()
    town.event()
    deliveries.all_due()
    deliveries.later(minutes=2)
    deliveries.close()
    assert (town.states(), len(twilio.ledger.accepted)) == (["sent"], 1)


def held_by_a_worker_that_died(town: Town) -> None:
    with town.database.writing() as session:
        assert claim(session, AttemptState.PENDING, Channel.SMS, limit=10, now=town.database.now(), lease=LEASE)
