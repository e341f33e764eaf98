from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casestatus.cases.crimes import RiskTier
from casestatus.notices.ladder import Rung, backoff, may_be_contacted, next_rung, notice_state, waits_for_proof
from casestatus.notices.models import AttemptState, NoticeKind, NoticeState
from casestatus.victims.models import Channel, ContactPolicy

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
TODAY = NOW.date()


def rung(**changes: object) -> Rung:
    usual: dict[str, Any] = {
        "contact_id": uuid4(),
        "channel": Channel.SMS,
        "safe": True,
        "confirmed": True,
        "in_person": False,
        "stopped": False,
        "reconfirm_by": None,
        "time_zone": "America/Mexico_City",
    }
    return Rung(**(usual | changes))


def chosen(*rungs: Rung, tier: RiskTier = RiskTier.ORDINARY, tried: tuple = ()) -> Rung | None:
    return next_rung(rungs, tier=tier, now=NOW, tried=tried)


@pytest.mark.parametrize(
    "unusable",
    [
        {"safe": False},
        {"confirmed": False},
        {"stopped": True},
        {"reconfirm_by": TODAY},
        {"removed": True},
        {"usable_from": NOW + timedelta(hours=1)},
    ],
)
def test_only_a_safe_confirmed_live_contact_is_written_to(unusable: dict[str, object]) -> None:
    assert chosen(rung(**unusable)) is None
    usable = rung()
    assert chosen(rung(**unusable), usable) is usable


def test_in_a_high_tier_only_what_was_confirmed_in_person() -> None:
    by_code, in_person = rung(), rung(in_person=True)
    assert chosen(by_code, tier=RiskTier.HIGH) is None
    assert chosen(by_code, in_person, tier=RiskTier.HIGH) is in_person


def test_each_contact_is_tried_once() -> None:
    first, second = rung(), rung()
    assert chosen(first, second) is first
    assert chosen(first, second, tried=(first.contact_id,)) is second
    assert chosen(first, second, tried=(first.contact_id, second.contact_id)) is None


def test_a_contact_to_be_confirmed_again_later_may_still_be_used() -> None:
    assert chosen(rung(reconfirm_by=TODAY + timedelta(days=1))) is not None


@pytest.mark.parametrize(
    ("time_zone", "takes"), [("America/Mexico_City", True), ("UTC", False), ("Pacific/Kiritimati", False)]
)
def test_a_day_begins_for_a_contact_when_it_begins_where_she_is(time_zone: str, takes: bool) -> None:
    tonight = datetime(2026, 11, 24, 3, tzinfo=UTC)  # 21:00 of the 23rd in Mexico City
    asked = rung(reconfirm_by=tonight.date(), time_zone=time_zone)
    assert asked.takes_notices(RiskTier.ORDINARY, tonight) is takes


def test_a_contact_that_may_be_used_from_a_moment_on_is_used_at_that_moment() -> None:
    assert chosen(rung(usable_from=NOW)) is not None


@pytest.mark.parametrize(
    ("kind", "contact", "taken"),
    [
        (NoticeKind.CONFIRM, {"confirmed": False}, True),
        (NoticeKind.CONFIRM, {"confirmed": False, "safe": False}, False),
        (NoticeKind.CONFIRM, {"confirmed": False, "stopped": True}, False),
        (NoticeKind.CONFIRM, {"confirmed": False, "removed": True}, False),
        (NoticeKind.STOP, {"stopped": True}, True),
        (NoticeKind.STOP, {}, False),
        (NoticeKind.STOP, {"stopped": True, "safe": False}, False),
        (NoticeKind.STOP, {"stopped": True, "removed": True}, False),
        (NoticeKind.CONTACT_CHANGED, {}, True),
        (NoticeKind.CONTACT_CHANGED, {"removed": True}, True),
        (NoticeKind.CONTACT_CHANGED, {"removed": True, "confirmed": False}, False),
        (NoticeKind.CONTACT_CHANGED, {"removed": True, "stopped": True}, False),
        (NoticeKind.HELP, {}, True),
        (NoticeKind.HELP, {"stopped": True}, False),
        (NoticeKind.NOTICE, {}, True),
        (NoticeKind.NOTICE, {"removed": True}, False),
        (NoticeKind.NOTICE, {"confirmed": False}, False),
    ],
)
def test_each_kind_of_message_goes_where_it_may(kind: NoticeKind, contact: dict[str, object], taken: bool) -> None:
    assert rung(**contact).takes(kind, RiskTier.ORDINARY, NOW) is taken
    assert rung(**contact, in_person=True).takes(kind, RiskTier.HIGH, NOW) is taken
    assert not rung(**contact).takes(kind, RiskTier.HIGH, NOW)  # confirmed by a code at most


@pytest.mark.parametrize("policy", list(ContactPolicy))
def test_whoever_asked_for_silence_is_not_written_to(policy: ContactPolicy) -> None:
    assert may_be_contacted(policy) is (policy is ContactPolicy.NOTIFY)


@pytest.mark.parametrize(
    ("channel", "by_law", "waits"),
    [(Channel.SMS, True, True), (Channel.SMS, False, True), (Channel.EMAIL, True, True), (Channel.EMAIL, False, False)],
)
def test_an_e_mail_without_proof_is_worth_a_persons_time_only_for_what_the_law_owes(
    channel: Channel, by_law: bool, waits: bool
) -> None:
    assert waits_for_proof(channel, by_law=by_law) is waits


@pytest.mark.parametrize(
    ("tries", "chance", "seconds"),
    [(1, 1.0, 30), (1, 0.0, 15), (2, 1.0, 60), (4, 0.5, 180), (9, 1.0, 3600), (900, 1.0, 3600)],
)
def test_waits_double_up_to_the_cap_and_half_of_them_is_chance(tries: int, chance: float, seconds: float) -> None:
    assert backoff(tries, base=30, cap=3600, chance=chance) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("attempts", "state"),
    [
        ("pending", "waiting"),
        ("sending", "under_way"),
        ("uncertain", "under_way"),
        ("sent", "handed_over"),
        ("unproven", "handed_over"),
        ("delivered", "proved"),
        ("cancelled", "not_wanted"),
        ("failed", "for_the_office"),
        ("stopped", "for_the_office"),
        ("expired", "for_the_office"),
        ("failed pending", "under_way"),
        ("failed sent", "handed_over"),
        ("sent pending", "under_way"),
        ("sent cancelled", "handed_over"),
        ("undelivered sent", "handed_over"),
        ("sent failed", "for_the_office"),
        ("delivered failed", "proved"),
    ],
)
def test_a_notice_stands_where_its_attempts_stand(attempts: str, state: str) -> None:
    states = [AttemptState(word) for word in attempts.split()]
    assert notice_state(NoticeKind.NOTICE, states) is NoticeState(state)


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_only_what_tells_of_a_line_becomes_a_task_of_the_office(kind: NoticeKind) -> None:
    """A code, or an answer to what she wrote, concerns one contact: nobody is to be sought for it."""
    of_a_line = kind in {NoticeKind.NOTICE, NoticeKind.CORRECTION, NoticeKind.REMINDER, NoticeKind.STALL}
    ends = NoticeState.FOR_THE_OFFICE if of_a_line else NoticeState.NO_CONTACT
    assert notice_state(kind, [AttemptState.FAILED]) is ends
