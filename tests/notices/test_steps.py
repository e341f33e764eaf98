"""A step of upkeep says whether it found something: if so, another pass follows at once; if not, the worker rests."""

from datetime import timedelta

import pytest

from casestatus.database import Database
from casestatus.notices.escalating import Escalation
from casestatus.notices.models import DeliveryAttempt, SenderBreaker
from casestatus.settings import Settings
from tests.notices.conftest import Deliveries
from tests.notices.town import Town
from tests.standins.twilio import TwilioStandIn


@pytest.fixture
def one_is_due(town: Town) -> Town:
    town.victim()
    town.event()
    return town


@pytest.fixture
def left_alone(database: Database) -> None:
    """The only sender is, for three days."""
    rest = database.now() + timedelta(days=3)
    with database.writing() as session:
        session.add(SenderBreaker(sender="twilio", failures=[], openings=1, open_until=rest, probe_until=None))


def test_what_has_no_proof_is_found_once(
    one_is_due: Town, deliveries: Deliveries, database: Database, settings: Settings
) -> None:
    deliveries.all_due()
    escalation = Escalation(database, settings)
    assert not escalation.once()
    deliveries.clock.advance(timedelta(hours=24.1))
    assert [escalation.once(), escalation.once()] == [True, False]


def test_what_waited_too_long_for_a_sender_is_found_once(
    one_is_due: Town, deliveries: Deliveries, left_alone: None
) -> None:
    deliveries.clock.advance(timedelta(hours=47))
    assert not deliveries.expiring.once()
    deliveries.clock.advance(timedelta(hours=2))
    assert [deliveries.expiring.once(), deliveries.expiring.once()] == [True, False]
    assert (one_is_due.states(), one_is_due.notice_states()) == (["expired"], ["for_the_office"])


def test_while_a_sender_works_nothing_expires_unsent(one_is_due: Town, deliveries: Deliveries) -> None:
    deliveries.clock.advance(timedelta(hours=49))
    assert not deliveries.expiring.once()
    assert one_is_due.states() == ["pending"]


def test_what_never_waited_is_not_looked_for(deliveries: Deliveries, left_alone: None) -> None:
    assert not deliveries.expiring.once()
    assert not deliveries.doubts.once()


def test_a_doubt_is_found_when_its_lease_ends_and_at_each_look(
    one_is_due: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    now = one_is_due.database.now()
    held = {"state": "sending", "first_try_at": now, "tries": 1, "due_at": now + timedelta(seconds=30)}
    one_is_due.change(DeliveryAttempt, one_is_due.attempts()[0].id, **held)
    assert not deliveries.doubts.once()
    deliveries.clock.advance(timedelta(seconds=31))
    assert deliveries.doubts.once()
    assert (one_is_due.states(), one_is_due.attempts()[0].looks) == (["uncertain"], 0)
    assert [deliveries.doubts.once(), deliveries.doubts.once()] == [True, False]
    assert one_is_due.attempts()[0].looks == 1


def test_where_nobody_can_be_asked_there_is_nothing_to_do_about_a_doubt(
    one_is_due: Town, deliveries: Deliveries, left_alone: None
) -> None:
    now = one_is_due.database.now()
    unclear = {"state": "uncertain", "first_try_at": now, "uncertain_at": now}
    one_is_due.change(DeliveryAttempt, one_is_due.attempts()[0].id, **unclear)
    assert not deliveries.doubts.once()
    assert one_is_due.attempts()[0].looks == 0
