"""What becomes of an attempt for each thing that can happen to it, at the stand-in and by Twilio's real client."""

from datetime import UTC, date, datetime, timedelta

import pytest

from casestatus.cases.crimes import RiskTier
from casestatus.cases.models import TimelineEvent
from casestatus.notices.sent import messages_of
from casestatus.settings import Settings
from casestatus.victims.models import Contact, ContactPolicy, Victim
from tests.notices.conftest import Deliveries
from tests.notices.town import POLICY, Town
from tests.standins.twilio import TwilioStandIn


def test_an_owed_notice_leaves_once_and_ends_unproven_without_a_receipt(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    town.victim("+525511112222")
    town.event()
    deliveries.all_due()
    (message,) = twilio.ledger.accepted
    (attempt,) = town.attempts()
    assert message.parameters["To"] == "+525511112222"
    assert message.parameters["Body"].endswith(f"Ref {attempt.reference}")
    assert (attempt.state, attempt.provider, attempt.provider_id) == ("sent", "twilio", message.sid)
    assert town.notice_states() == ["handed_over"]
    deliveries.later(hours=73)
    assert (town.states(), town.notice_states()) == (["unproven"], ["for_the_office"])
    assert len(twilio.ledger.accepted) == 1


def test_the_message_tells_nothing_of_the_case(town: Town, deliveries: Deliveries, twilio: TwilioStandIn) -> None:
    town.victim()
    town.event()
    deliveries.all_due()
    words = twilio.ledger.accepted[0].parameters["Body"]
    assert words.isascii()
    assert len(words) <= 160
    for telling in ("http", "CI", "Fiscal", "FGJ", "caso", "denuncia"):
        assert telling not in words


def test_a_notice_waits_for_its_delay(town: Town, deliveries: Deliveries, twilio: TwilioStandIn) -> None:
    town.victim()
    town.event(delay=timedelta(minutes=15))
    deliveries.all_due()
    assert (town.states(), town.notice_states(), twilio.ledger.accepted) == (["pending"], ["waiting"], [])
    deliveries.later(minutes=16)
    assert town.states() == ["sent"]


def test_a_throttling_provider_is_obeyed(town: Town, deliveries: Deliveries, twilio: TwilioStandIn) -> None:
    twilio.behaviour.next, twilio.behaviour.retry_after = ["throttled"], 240
    town.victim()
    town.event()
    before = town.database.now()
    deliveries.all_due()
    (attempt,) = town.attempts()
    assert attempt.state == "pending"
    assert timedelta(seconds=239) < attempt.due_at - before < timedelta(seconds=270)
    deliveries.later(seconds=200)
    assert town.states() == ["pending"]
    deliveries.later(seconds=71)
    assert town.states() == ["sent"]


def test_a_failing_provider_is_tried_again_until_the_attempt_expires(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    twilio.behaviour.shares = {"failing": 1.0}
    town.victim()
    town.event()
    deliveries.all_due()
    assert town.states() == ["pending"]
    for _ in range(60):
        deliveries.later(hours=1)
    assert (town.states(), town.notice_states()) == (["expired"], ["for_the_office"])
    assert [task.kind for task in town.tasks()] == ["unreachable"]
    assert twilio.ledger.accepted == []


def test_an_unreachable_provider_is_tried_again(town: Town, deliveries: Deliveries, twilio: TwilioStandIn) -> None:
    town.victim()
    town.event()
    twilio.server.shutdown()
    twilio.server.server_close()
    deliveries.all_due()
    assert town.states() == ["pending"]


@pytest.mark.parametrize("code", [21211, 21614, 21635, 30006])
def test_a_bad_number_fails_for_good_and_must_be_confirmed_again(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, code: int
) -> None:
    victim = town.victim(contacts=0)
    contact = town.contact(victim, "+525511112222")
    twilio.behaviour.refused["+525511112222"] = code
    town.event()
    deliveries.all_due()
    assert (town.states(), town.notice_states()) == (["failed"], ["for_the_office"])
    assert town.attempts()[0].code == str(code)
    assert [task.kind for task in town.tasks()] == ["unreachable"]
    assert town.contact_row(contact).reconfirm_by is not None
    assert town.event()[1] == 0


def test_the_next_contact_is_written_to_when_the_first_fails(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    victim = town.victim(contacts=0)
    town.contact(victim, "+525511110001")
    town.contact(victim, "+525511110002")
    twilio.behaviour.refused["+525511110001"] = 21614
    town.event()
    deliveries.all_due()
    assert (town.states(), town.notice_states()) == (["failed", "sent"], ["handed_over"])
    assert [message.parameters["To"] for message in twilio.ledger.accepted] == ["+525511110002"]
    assert town.tasks() == []


def test_stop_holds_for_the_address_over_every_access(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    shared = "+525511112222"
    town.victim(shared)
    other = town.victim(contacts=0)
    same_phone = town.contact(other, shared)
    twilio.behaviour.refused[shared] = 21610
    town.event()
    deliveries.all_due()
    assert set(town.states()) <= {"stopped", "cancelled"}
    assert town.contact_row(same_phone).stopped_at is not None
    assert town.notice_states() == ["for_the_office", "for_the_office"]
    tried = len(twilio.ledger.refusals)
    assert town.event()[1] == 0
    deliveries.all_due()
    assert len(twilio.ledger.refusals) == tried


def test_a_refusal_that_says_nothing_of_the_number_is_tried_again(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    twilio.behaviour.refused["+525511112222"] = 21703
    town.victim("+525511112222")
    town.event()
    deliveries.all_due()
    assert (town.states(), town.attempts()[0].code) == (["pending"], "21703")
    twilio.behaviour.refused.clear()
    deliveries.later(minutes=1)
    assert town.states() == ["sent"]


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (Victim, {"closed_at": "now"}),
        (Victim, {"contact_policy": ContactPolicy.DO_NOT_CONTACT}),
        (Victim, {"contact_policy": ContactPolicy.PAUSED}),
        (Contact, {"stopped_at": "now"}),
        (Contact, {"removed_at": "now"}),
        (Contact, {"safe": False}),
    ],
)
def test_what_is_not_wanted_any_more_does_not_leave(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, table: type, values: dict[str, object]
) -> None:
    victim = town.victim(contacts=0)
    contact = town.contact(victim)
    town.event(delay=timedelta(minutes=15))
    now = town.database.now()
    town.change(
        table,
        victim if table is Victim else contact,
        **{name: now if value == "now" else value for name, value in values.items()},
    )
    deliveries.later(minutes=16)
    assert (town.states(), twilio.ledger.accepted) == (["cancelled"], [])
    assert town.notice_states() == ["not_wanted" if "closed_at" in values else "for_the_office"]


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"reconfirm_by": date(2026, 1, 1)}, "no_contact"),
        ({"safe": False}, "no_contact"),
        ({"stopped_at": datetime(2026, 1, 1, tzinfo=UTC)}, "not_wanted"),
    ],
)
def test_she_is_told_that_she_asked_for_it_only_where_she_did(
    town: Town, deliveries: Deliveries, values: dict[str, object], state: str
) -> None:
    victim = town.victim(contacts=0)
    contact = town.contact(victim)
    town.event(delay=timedelta(minutes=15))
    town.change(Contact, contact, **values)
    deliveries.later(minutes=16)
    with town.database.reading() as session:
        assert [message.state for message in messages_of(session, victim)] == [state]


def test_nor_where_nothing_was_left_to_tell(town: Town, deliveries: Deliveries) -> None:
    silent, other = town.victim(), town.victim()
    town.event(POLICY, delay=timedelta(minutes=15))
    town.change(Victim, silent, contact_policy=ContactPolicy.DO_NOT_CONTACT)
    deliveries.later(minutes=16)
    later, _ = town.event(delay=timedelta(minutes=15))
    town.change(TimelineEvent, later, shown_at=None, shown_on=None)
    deliveries.later(minutes=16)
    with town.database.reading() as session:
        told = [[message.state for message in messages_of(session, victim)] for victim in (silent, other)]
    assert told == [["not_wanted"] * 2, ["not_needed", "handed_over"]]


def test_what_only_our_policy_owes_is_dropped_when_she_wants_nothing(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    victim = town.victim()
    town.event(POLICY, delay=timedelta(minutes=15))
    town.change(Victim, victim, contact_policy=ContactPolicy.DO_NOT_CONTACT)
    deliveries.later(minutes=16)
    assert (town.states(), town.notice_states(), town.tasks()) == (["cancelled"], ["not_wanted"], [])


def test_a_message_due_in_the_night_leaves_within_her_hours(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, settings: Settings
) -> None:
    victim = town.victim(contacts=0)
    local = town.database.now()
    past = (local - timedelta(hours=3)).strftime("%H:%M"), (local - timedelta(hours=1)).strftime("%H:%M")
    town.contact(victim, hours="-".join(past), time_zone="UTC")
    town.event()
    deliveries.all_due()
    (attempt,) = town.attempts()
    assert (attempt.state, attempt.tries, attempt.first_try_at) == ("pending", 0, None)
    assert town.notice_states() == ["waiting"]
    deliveries.later(hours=21.5)
    assert town.states() == ["sent"]


@pytest.mark.parametrize(("closes_in", "at_most"), [(timedelta(minutes=10), 600), (timedelta(hours=6), 4 * 3600)])
def test_the_provider_may_hold_a_message_no_longer_than_her_hours_last(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, closes_in: timedelta, at_most: int
) -> None:
    now = town.database.now()
    opened, closes = (now - timedelta(hours=3)), (now + closes_in).replace(second=0)
    town.contact(town.victim(contacts=0), hours=f"{opened:%H:%M}-{closes:%H:%M}", time_zone="UTC")
    town.event()
    deliveries.all_due()
    assert at_most - 90 < int(twilio.ledger.accepted[0].parameters["ValidityPeriod"]) <= at_most


def test_the_provider_may_hold_a_code_no_longer_than_it_is_good(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, settings: Settings
) -> None:
    town.code(town.contact(town.victim(contacts=0), confirmed_at=None), settings)
    deliveries.all_due()
    assert 500 < int(twilio.ledger.accepted[0].parameters["ValidityPeriod"]) <= settings.limits.code_life


def test_a_night_between_two_tries_counts_as_waiting_and_not_as_a_try(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    contact = town.contact(town.victim(contacts=0))
    twilio.behaviour.next = ["failing"]
    town.event()
    deliveries.all_due()
    (before,) = town.attempts()
    now = town.database.now()
    past = (now - timedelta(hours=3)).strftime("%H:%M"), (now - timedelta(hours=1)).strftime("%H:%M")
    town.change(Contact, contact, hours="-".join(past), time_zone="UTC")
    deliveries.later(minutes=1)
    (after,) = town.attempts()
    assert (after.state, after.tries, after.first_try_at) == ("pending", 1, before.first_try_at)
    assert after.first_try_at is not None
    assert after.due_at > town.database.now() + timedelta(hours=20)


def test_a_code_leaves_at_once_and_is_forgotten(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, settings: Settings
) -> None:
    contact = town.contact(town.victim(contacts=0), confirmed_at=None)
    assert town.code(contact, settings, "482193") is not None
    (notice,) = town.notices()
    assert notice.payload is not None
    assert b"482193" not in notice.payload
    deliveries.all_due()
    assert "482193" in twilio.ledger.accepted[0].parameters["Body"]
    assert town.notices()[0].payload is None


def test_a_code_never_goes_to_what_was_not_called_safe(town: Town, settings: Settings) -> None:
    victim = town.victim(contacts=0)
    assert town.code(town.contact(victim, safe=False, confirmed_at=None), settings) is None
    assert town.code(town.contact(victim, stopped_at=town.database.now()), settings) is None
    assert town.notices() == []


def test_a_code_is_given_up_when_its_next_try_would_come_too_late(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, settings: Settings
) -> None:
    twilio.behaviour.shares = {"failing": 1.0}
    town.code(town.contact(town.victim(contacts=0), confirmed_at=None), settings)
    while town.states() == ["pending"]:
        (attempt,) = town.attempts()
        assert attempt.due_at <= town.notices()[0].due_at + timedelta(minutes=10)
        deliveries.later(seconds=(attempt.due_at - town.database.now()).total_seconds())
    assert (town.states(), town.notice_states()) == (["expired"], ["no_contact"])
    assert (town.tasks(), town.notices()[0].payload, twilio.ledger.accepted) == ([], None, [])


def test_a_code_that_is_found_too_late_does_not_leave(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, settings: Settings
) -> None:
    """No worker ran for so long."""
    town.code(town.contact(town.victim(contacts=0), confirmed_at=None), settings)
    deliveries.later(minutes=10.1)
    assert (town.states(), town.notice_states(), twilio.ledger.accepted) == (["cancelled"], ["not_wanted"], [])
    assert (town.tasks(), town.notices()[0].payload) == ([], None)


@pytest.mark.parametrize(
    "values",
    [
        {"contact_policy": ContactPolicy.DO_NOT_CONTACT},
        {"contact_policy": ContactPolicy.PAUSED},
        {"risk_tier": RiskTier.HIGH},
    ],
)
def test_a_code_does_not_leave_once_she_wants_silence_or_is_at_high_risk(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, settings: Settings, values: dict[str, object]
) -> None:
    victim = town.victim(contacts=0)
    town.code(town.contact(victim, confirmed_at=None), settings)
    town.change(Victim, victim, **values)
    deliveries.all_due()
    assert (town.states(), town.tasks(), twilio.ledger.accepted) == (["cancelled"], [], [])
    assert town.notices()[0].payload is None
