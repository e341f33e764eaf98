"""After a message left: lost receipts heal, and the provider forgets what is over."""

from datetime import timedelta

import pytest

from casestatus.database import Database
from casestatus.notices.following import FollowUp, gap_after
from casestatus.notices.models import AttemptState, DeliveryAttempt, SenderBreaker
from casestatus.notices.twilio import twilio_ways
from casestatus.settings import Settings
from casestatus.victims.models import Channel
from tests.notices.conftest import Callbacks, Deliveries
from tests.notices.town import Town
from tests.standins.twilio import TwilioStandIn

NUMBER = "+525511112222"


class Following:
    def __init__(self, deliveries: Deliveries, follow_up: FollowUp) -> None:
        self.deliveries, self.follow_up = deliveries, follow_up

    def later(self, **passed: float) -> int:
        """After so much time, until nothing is due: how many passes found something."""
        self.deliveries.clock.advance(timedelta(**passed))
        for passes in range(50):
            if not self.follow_up.once():
                return passes
        raise AssertionError("it never comes to rest")


@pytest.fixture
def following(deliveries: Deliveries, database: Database, settings: Settings) -> Following:
    return Following(deliveries, FollowUp(database, settings, twilio_ways(settings), deliveries.pool, at_once=4))


@pytest.fixture
def sid(town: Town, deliveries: Deliveries, twilio: TwilioStandIn) -> str:
    town.victim(NUMBER)
    town.event()
    deliveries.all_due()
    return twilio.ledger.accepted[0].sid


def test_a_lost_receipt_heals_after_an_hour(town: Town, sid: str, twilio: TwilioStandIn, following: Following) -> None:
    twilio.receipt(sid, "delivered")  # made, and lost on its way
    assert following.later(minutes=59) == 0
    assert following.later(minutes=2) == 2
    assert (town.states(), town.notice_states()) == (["delivered"], ["proved"])


def test_what_is_not_final_is_asked_about_every_five_minutes(
    town: Town, sid: str, twilio: TwilioStandIn, following: Following
) -> None:
    assert [following.later(minutes=61), following.later(minutes=4), following.later(minutes=2)] == [1, 0, 1]
    assert town.states() == ["sent"]
    twilio.receipt(sid, "undelivered", 30003)
    following.later(minutes=6)
    assert (town.states(), town.notice_states()) == (["undelivered"], ["for_the_office"])


def test_after_its_end_a_message_is_deleted_at_the_provider(
    town: Town, sid: str, twilio: TwilioStandIn, callbacks: Callbacks, following: Following
) -> None:
    assert (following.later(), twilio.ledger.deleted) == (0, set())
    callbacks.send(twilio.receipt(sid, "delivered"))
    following.later()
    assert (town.attempts()[0].follow_up_at, twilio.ledger.deleted) == (None, {sid})
    assert following.later(hours=1) == 0


def test_what_was_never_proved_is_deleted_as_well(
    town: Town, sid: str, twilio: TwilioStandIn, following: Following
) -> None:
    following.deliveries.later(hours=73)
    following.later()
    assert (town.states(), twilio.ledger.deleted) == (["unproven"], {sid})


@pytest.mark.parametrize("of_another_access", [False, True])
@pytest.mark.parametrize("state", [AttemptState.SENDING, AttemptState.UNCERTAIN])
def test_nothing_is_deleted_while_another_message_to_the_number_is_unclear(
    town: Town,
    sid: str,
    twilio: TwilioStandIn,
    callbacks: Callbacks,
    following: Following,
    state: AttemptState,
    of_another_access: bool,
) -> None:
    callbacks.send(twilio.receipt(sid, "delivered"))
    if of_another_access:
        town.victim(NUMBER)
    town.event()
    unclear = town.attempts()[-1]
    town.change(DeliveryAttempt, unclear.id, state=state)
    assert (following.later(), twilio.ledger.deleted) == (0, set())
    town.change(DeliveryAttempt, unclear.id, state=AttemptState.CANCELLED)
    following.later()
    assert twilio.ledger.deleted == {sid}


def test_what_is_unclear_for_another_number_keeps_nothing(
    town: Town, sid: str, twilio: TwilioStandIn, callbacks: Callbacks, following: Following
) -> None:
    callbacks.send(twilio.receipt(sid, "delivered"))
    town.victim()
    town.event()
    town.change(DeliveryAttempt, town.attempts()[-1].id, state=AttemptState.UNCERTAIN)
    following.later()
    assert twilio.ledger.deleted == {sid}


def test_what_has_waited_longest_is_asked_about_first(
    town: Town, sid: str, deliveries: Deliveries, twilio: TwilioStandIn, database: Database, settings: Settings
) -> None:
    town.victim()
    town.event()
    deliveries.all_due()
    long_ago = database.now() - timedelta(hours=1)
    for attempt, waited in zip(town.attempts(), (1, 3, 2), strict=True):
        town.change(DeliveryAttempt, attempt.id, follow_up_at=long_ago - timedelta(minutes=waited))
    one_at_a_time = FollowUp(database, settings, twilio_ways(settings), deliveries.pool, at_once=1)
    still_due = []
    for _ in range(3):
        one_at_a_time.once()
        due = [attempt.follow_up_at is not None and attempt.follow_up_at < long_ago for attempt in town.attempts()]
        still_due.append([number for number, is_due in enumerate(due) if is_due])
    assert still_due == [[0, 2], [0], []]


def test_a_message_that_is_gone_counts_as_deleted(
    town: Town, sid: str, twilio: TwilioStandIn, callbacks: Callbacks, following: Following
) -> None:
    callbacks.send(twilio.receipt(sid, "delivered"))
    twilio.ledger.deleted.add(sid)
    following.later()
    assert town.attempts()[0].follow_up_at is None


def test_an_unreachable_provider_is_asked_again(
    town: Town, sid: str, twilio: TwilioStandIn, following: Following
) -> None:
    twilio.server.shutdown()
    twilio.server.server_close()
    assert [following.later(minutes=61), following.later(minutes=6)] == [1, 1]
    assert town.states() == ["sent"]


def test_questions_about_one_message_grow_rarer_with_its_age() -> None:
    age, questions, gap = timedelta(hours=1), 0, timedelta(minutes=5)
    while age < timedelta(hours=72):
        assert gap_after(age, at_least=gap) == gap or age > timedelta(hours=2)
        age, questions = age + gap_after(age, at_least=gap), questions + 1
    assert questions < 110


def test_what_left_two_days_ago_is_asked_about_every_two_hours() -> None:
    assert gap_after(timedelta(hours=48), at_least=timedelta(minutes=5)) == timedelta(hours=2)


def test_an_old_message_without_a_receipt_is_asked_about_less_often(
    town: Town, sid: str, twilio: TwilioStandIn, following: Following
) -> None:
    asked = [following.later(hours=30), following.later(minutes=70), following.later(minutes=10)]
    assert asked == [1, 0, 1]


def test_what_another_provider_has_is_not_asked_about_here(
    town: Town, deliveries: Deliveries, following: Following
) -> None:
    town.contact(town.victim(contacts=0), "ana@correo.example", channel=Channel.EMAIL)
    town.event()
    deliveries.all_due()
    assert town.states() == ["sent"]
    assert following.later(hours=2) == 0


def test_a_provider_that_is_left_alone_is_not_asked(
    town: Town, sid: str, twilio: TwilioStandIn, following: Following, database: Database
) -> None:
    rest = database.now() + timedelta(hours=2)
    with database.writing() as session:
        session.add(SenderBreaker(sender="twilio", failures=[], openings=1, open_until=rest, probe_until=None))
    assert following.later(minutes=61) == 0
    assert following.later(minutes=61) == 1


def test_while_one_sender_is_left_alone_and_another_sends_receipts_heal_and_messages_are_deleted(
    town: Town, sid: str, twilio: TwilioStandIn, deliveries: Deliveries, database: Database, settings: Settings
) -> None:
    both = twilio_ways(settings.with_changes(twilio_second_sender="+525500001111"))
    following = Following(deliveries, FollowUp(database, settings, both, deliveries.pool, at_once=4))
    rest = database.now() + timedelta(days=2)
    with database.writing() as session:
        session.add(SenderBreaker(sender="twilio", failures=[], openings=1, open_until=rest, probe_until=None))
    twilio.receipt(sid, "delivered")
    following.later(minutes=61)
    assert (town.states(), twilio.ledger.deleted) == (["delivered"], {sid})
