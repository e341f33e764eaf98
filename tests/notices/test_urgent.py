"""What is urgent leaves at any hour, to whoever asked for that, and to nobody else."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from casestatus.cases.crimes import RiskTier
from casestatus.cases.models import Proceeding
from casestatus.database import Clock
from casestatus.notices.owing_reminders import owe_reminders
from casestatus.victims.models import ContactPolicy, Victim
from tests.notices.conftest import Deliveries
from tests.notices.town import DAY, LAW, POLICY, Town
from tests.standins.twilio import TwilioStandIn

QUARTER = timedelta(minutes=15)


class Sleeper:
    """A victim for whom it is night: her hours ended an hour ago, and open again in some twenty."""

    def __init__(self, town: Town, *, asked: bool = True, tier: RiskTier = RiskTier.ORDINARY, **contact: object):
        self.town = town
        self.id = town.victim(tier=tier, contacts=0)
        town.change(Victim, self.id, urgent_alerts=asked)
        self.contact = self.add_contact(**contact)

    def add_contact(self, **changes: object) -> UUID:
        now = self.town.database.now()
        past = (now - timedelta(hours=3)).strftime("%H:%M"), (now - timedelta(hours=1)).strftime("%H:%M")
        return self.town.contact(self.id, None, hours="-".join(past), time_zone="UTC", **changes)


@pytest.fixture
def sleeper(town: Town) -> Sleeper:
    return Sleeper(town)


def test_what_is_urgent_leaves_in_the_night_after_its_delay(
    town: Town, sleeper: Sleeper, deliveries: Deliveries
) -> None:
    town.event(urgent=True, delay=QUARTER)
    deliveries.later(minutes=14)
    assert town.states() == ["pending"]
    deliveries.later(minutes=2)
    assert town.states() == ["sent"]


def test_without_her_wish_it_waits_for_her_hours(town: Town, deliveries: Deliveries) -> None:
    Sleeper(town, asked=False)
    town.event(urgent=True)
    deliveries.all_due()
    assert town.states() == ["pending"]


def test_what_is_not_urgent_waits_for_her_hours(town: Town, sleeper: Sleeper, deliveries: Deliveries) -> None:
    town.event()
    deliveries.all_due()
    assert town.states() == ["pending"]


def test_an_urgent_event_wakes_a_notice_that_waits_for_the_morning(
    town: Town, sleeper: Sleeper, deliveries: Deliveries
) -> None:
    town.event(POLICY)
    deliveries.all_due()
    assert town.event(LAW, urgent=True, delay=QUARTER)[1] == 0
    deliveries.later(minutes=14)
    assert town.states() == ["pending"]
    deliveries.later(minutes=2)
    assert town.states() == ["sent"]


def test_a_notice_of_the_night_that_others_joined_stays_in_the_night_for_who_did_not_ask(
    town: Town, deliveries: Deliveries
) -> None:
    Sleeper(town, asked=False)
    town.event()
    deliveries.all_due()
    (before,) = town.attempts()
    town.event(urgent=True)
    deliveries.all_due()
    assert [(one.state, one.due_at) for one in town.attempts()] == [("pending", before.due_at)]


def test_a_correction_that_takes_it_away_makes_the_notice_ordinary_again(
    town: Town, sleeper: Sleeper, deliveries: Deliveries
) -> None:
    wrong, _ = town.event(urgent=True, delay=QUARTER)
    town.event(POLICY, supersedes=wrong, delay=QUARTER)
    deliveries.later(minutes=16)
    assert town.states() == ["pending"]
    deliveries.later(hours=21.5)
    assert town.states() == ["sent"]


def test_a_correction_that_says_it_again_is_as_urgent(town: Town, sleeper: Sleeper, deliveries: Deliveries) -> None:
    wrong, _ = town.event(urgent=True, delay=QUARTER)
    town.event(supersedes=wrong, urgent=True, delay=QUARTER)
    deliveries.later(minutes=16)
    assert town.states() == ["sent"]


def test_it_is_asked_again_right_before_it_leaves(town: Town, sleeper: Sleeper, deliveries: Deliveries) -> None:
    town.event(urgent=True, delay=QUARTER)
    town.change(Victim, sleeper.id, urgent_alerts=False)
    deliveries.later(minutes=16)
    assert town.states() == ["pending"]


def test_a_pause_holds_for_what_is_urgent_too(town: Town, sleeper: Sleeper, deliveries: Deliveries) -> None:
    town.event(urgent=True, delay=QUARTER)
    town.change(Victim, sleeper.id, contact_policy=ContactPolicy.PAUSED)
    deliveries.later(minutes=16)
    assert town.states() == ["cancelled"]


@pytest.mark.parametrize(("in_person", "states"), [(True, ["sent"]), (False, [])])
def test_in_a_high_tier_it_goes_where_she_confirmed_in_person_and_nowhere_else(
    town: Town, deliveries: Deliveries, in_person: bool, states: list[str]
) -> None:
    Sleeper(town, tier=RiskTier.HIGH, confirmed_in_person=in_person)
    town.event(urgent=True)
    deliveries.all_due()
    assert town.states() == states


def test_the_second_contact_is_written_to_at_any_hour_too(
    town: Town, sleeper: Sleeper, deliveries: Deliveries, clock: Clock
) -> None:
    sleeper.add_contact()
    town.event(urgent=True)
    deliveries.all_due()
    deliveries.later(hours=24.1)
    assert town.states() == ["sent", "sent"]


def test_it_does_not_wait_for_a_message_of_the_morning(town: Town, sleeper: Sleeper, deliveries: Deliveries) -> None:
    told, _ = town.event()
    deliveries.later(hours=22)  # her morning
    assert town.states() == ["sent"]
    deliveries.later(hours=3)  # her next night
    with town.database.writing() as session:
        _remind(session, town, told)
    deliveries.all_due()
    town.event(urgent=True)
    deliveries.all_due()
    assert town.states() == ["sent", "pending", "sent"]


def test_it_lets_nobody_else_s_message_overtake_another(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    town.victim()
    told, _ = town.event()
    deliveries.all_due()
    twilio.behaviour.next = ["failing"]
    with town.database.writing() as session:
        _remind(session, town, told)
    deliveries.all_due()
    Sleeper(town)
    town.event(urgent=True)
    deliveries.all_due()
    assert town.states() == ["sent", "pending", "pending", "sent"]


def test_a_reminder_of_what_was_urgent_is_not(town: Town, sleeper: Sleeper, deliveries: Deliveries) -> None:
    told, _ = town.event(urgent=True)
    deliveries.all_due()
    with town.database.writing() as session:
        _remind(session, town, told)
    deliveries.all_due()
    assert town.states() == ["sent", "pending"]


def test_its_words_are_those_of_any_notice(
    town: Town, sleeper: Sleeper, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    town.event(POLICY, urgent=True)
    deliveries.all_due()
    (message,) = twilio.ledger.accepted
    assert message.parameters["Body"].startswith(
        "Hay una novedad en tu tramite. Consultala por el medio que ya conoces."
    )


def _remind(session: Session, town: Town, event_id: UUID) -> None:
    owe_reminders(session, session.get_one(Proceeding, town.line_id), event_id, DAY, now=town.database.now())
