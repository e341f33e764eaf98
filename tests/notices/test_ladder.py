from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casestatus.cases.crimes import RiskTier
from casestatus.notices.ladder import Rung, backoff, next_rung, notice_state
from casestatus.notices.models import AttemptState, NoticeKind, NoticeState
from casestatus.victims.models import Channel

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


def test_a_code_that_cannot_be_delivered_is_no_task_for_the_office() -> None:
    assert notice_state(NoticeKind.CONFIRM, [AttemptState.FAILED]) is NoticeState.NO_CONTACT
