"""Who is owed a notice of an event: which victims, by which contact, joined or anew, as news or as a correction."""

from datetime import timedelta

from casestatus.cases.crimes import RiskTier
from casestatus.victims.models import ContactPolicy, Victim
from tests.notices.conftest import Deliveries
from tests.notices.town import LAW, POLICY, Town
from tests.standins.twilio import TwilioStandIn

QUARTER = timedelta(minutes=15)


def test_everybody_who_may_see_the_line_is_owed_one(town: Town) -> None:
    for _ in range(3):
        town.victim()
    assert town.event()[1] == 3
    assert town.notice_states() == ["waiting"] * 3


def test_somebody_whose_access_is_closed_is_owed_nothing(town: Town) -> None:
    town.change(Victim, town.victim(), closed_at=town.database.now())
    assert town.event()[1] == 0
    assert town.notices() == []


def test_later_events_join_a_notice_that_has_not_left(town: Town) -> None:
    town.victim()
    assert town.event(POLICY, delay=QUARTER)[1] == 1
    assert town.event(LAW, delay=QUARTER)[1] == 0
    (notice,) = town.notices()
    assert (notice.by_law, len(town.told()), len(town.attempts())) == (True, 2, 1)


def test_an_event_after_it_left_is_told_anew(town: Town, deliveries: Deliveries, twilio: TwilioStandIn) -> None:
    town.victim()
    town.event()
    deliveries.all_due()
    assert town.event()[1] == 1
    deliveries.all_due()
    assert len(twilio.ledger.accepted) == 2


def test_a_correction_before_it_left_joins_it(town: Town, deliveries: Deliveries, twilio: TwilioStandIn) -> None:
    town.victim()
    wrong, _ = town.event(delay=QUARTER)
    assert town.event(supersedes=wrong, delay=QUARTER)[1] == 0
    deliveries.later(minutes=16)
    assert [notice.kind for notice in town.notices()] == ["notice"]
    assert len(twilio.ledger.accepted) == 1


def test_a_correction_of_what_was_told_says_so(town: Town, deliveries: Deliveries, twilio: TwilioStandIn) -> None:
    town.victim()
    wrong, _ = town.event()
    deliveries.all_due()
    assert town.event(supersedes=wrong)[1] == 1
    deliveries.all_due()
    assert [notice.kind for notice in town.notices()] == ["notice", "correction"]
    assert "anterior no era correcto" in twilio.ledger.accepted[1].parameters["Body"]


def test_a_correction_of_what_was_told_says_so_also_where_it_joins_other_news(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    town.victim()
    wrong, _ = town.event()
    deliveries.all_due()
    town.event(delay=QUARTER)
    assert town.event(supersedes=wrong, delay=QUARTER)[1] == 0
    deliveries.later(minutes=16)
    assert [notice.kind for notice in town.notices()] == ["notice", "correction"]
    assert "anterior no era correcto" in twilio.ledger.accepted[1].parameters["Body"]


def test_a_correction_of_what_reached_nobody_yet_is_plain_news_to_her_next_contact(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    victim = town.victim("+525511112222")
    town.contact(victim, "+525511113333", hours="03:00-03:01")
    twilio.behaviour.refused["+525511112222"] = 21211
    wrong, _ = town.event()
    deliveries.all_due()
    assert (town.states(), town.notice_states()) == (["failed", "pending"], ["under_way"])
    town.event(supersedes=wrong)
    assert [notice.kind for notice in town.notices()] == ["notice"]


def test_without_a_usable_contact_the_duty_of_the_law_goes_to_the_office(town: Town) -> None:
    town.victim(contacts=0)
    assert town.event(LAW)[1] == 0
    assert town.notice_states() == ["no_contact"]
    assert [task.kind for task in town.tasks()] == ["unreachable"]
    assert town.attempts() == []


def test_without_a_usable_contact_our_own_wish_to_tell_is_only_noted(town: Town) -> None:
    town.victim(contacts=0)
    assert town.event(POLICY)[1] == 0
    assert (town.notice_states(), town.tasks()) == (["no_contact"], [])


def test_whoever_asked_not_to_be_contacted_is_not(town: Town) -> None:
    victim = town.victim()
    town.change(Victim, victim, contact_policy=ContactPolicy.DO_NOT_CONTACT)
    assert town.event(LAW)[1] == 0
    assert (town.notice_states(), len(town.tasks()), town.attempts()) == (["not_wanted"], 1, [])


def test_in_a_high_tier_only_a_contact_confirmed_in_person_is_written_to(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    victim = town.victim(tier=RiskTier.HIGH)
    assert town.event()[1] == 0
    town.contact(victim, "+525599998888", confirmed_in_person=True)
    assert town.event()[1] == 1
    deliveries.all_due()
    assert [message.parameters["To"] for message in twilio.ledger.accepted] == ["+525599998888"]


def test_references_of_one_number_never_repeat(town: Town) -> None:
    for _ in range(3):
        town.victim("+525511112222")
    for _ in range(10):
        town.event()
        for attempt in town.attempts():
            town.change(type(attempt), attempt.id, state="sent")
    references = [attempt.reference for attempt in town.attempts()]
    assert len(references) == len(set(references)) == 30


def test_many_victims_of_one_line_are_all_told(town: Town) -> None:
    for _ in range(25):
        town.victim()
    assert town.event()[1] == 25
    assert len({attempt.contact_id for attempt in town.attempts()}) == 25
