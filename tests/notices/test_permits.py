"""The gate by itself: what it permits, what it learns of a sender, and what it says of that to an operator."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from casestatus.database import Database
from casestatus.notices.gate import Gate, NotNow, NoWay, Permit
from casestatus.notices.providers import Accepted, Later
from casestatus.notices.twilio import TwilioSms
from casestatus.settings import Settings
from tests.log_lines import log_lines
from tests.notices.test_gate import with_limits

RATE, FAILURES = 3, 2
LONG = timedelta(seconds=60)  # for so long may what is permitted be used


class Asked:
    """One transaction at one moment, which moves."""

    def __init__(self, session: Session, settings: Settings, now: datetime) -> None:
        limited = with_limits(settings, sms_per_second=RATE, breaker_failures=FAILURES)
        self.session, self.now, self.way, self.gate = session, now, TwilioSms(limited), Gate(limited.limits)
        self.rest = timedelta(seconds=limited.limits.breaker_rest)
        self.lease = timedelta(seconds=limited.limits.lease)

    def admit(self, limit: int = 9, *, out: int = 0) -> Permit | NotNow | NoWay:
        return self.gate.admit(
            self.session, [self.way], limit=limit, usable_until=self.now + LONG, now=self.now, out=lambda _sender: out
        )

    def permit(self, limit: int = 1) -> Permit:
        permit = self.admit(limit)
        assert isinstance(permit, Permit)
        return permit

    def note(self, permit: Permit, *answers: Accepted | Later) -> bool:
        return self.gate.note(self.session, permit, answers, self.now)


@pytest.fixture
def asked(database: Database, settings: Settings) -> Iterator[Asked]:
    with database.writing() as session:
        yield Asked(session, settings, database.now())


def test_no_more_are_permitted_than_show_that_a_sender_died(asked: Asked) -> None:
    assert asked.permit(9).number == FAILURES
    assert isinstance(asked.admit(out=1), Permit)
    assert asked.admit(out=2) == NotNow(asked.now)
    asked.note(asked.permit(), Later())
    assert asked.permit(9).number == 1
    assert asked.admit(out=1) == NotNow(asked.now)


def test_a_sender_that_fails_rests_is_tried_by_one_and_works_again(asked: Asked) -> None:
    with log_lines() as logs:
        assert asked.note(asked.permit(), Later())
        assert not asked.note(asked.permit(), Later())
        assert asked.admit() == NoWay()
        asked.now += asked.rest
        trial = asked.permit(9)
        assert (trial.number, trial.is_trial) == (1, True)
        assert asked.admit() == NoWay()
        assert asked.note(trial, Accepted("SM1"))
        assert not asked.permit().is_trial
    told = [(entry["event"], entry["sender"], entry["stand"], entry["level"]) for entry in logs]
    assert told == [("sender.stands", "twilio", *stands) for stands in (("open", "error"), ("closed", "info"))]


def test_a_trial_whose_worker_died_may_be_repeated_when_its_lease_is_over(asked: Asked) -> None:
    asked.note(asked.permit(), Later(), Later())
    asked.now += asked.rest
    asked.permit()
    asked.now += asked.lease / 2
    assert asked.admit() == NoWay()
    asked.now += asked.lease / 2
    assert asked.permit().is_trial


def test_a_trial_for_which_no_token_was_free_is_made_when_one_is(asked: Asked) -> None:
    asked.note(asked.permit(), Later(), Later())
    asked.now += asked.rest
    asked.note(trial := asked.permit(), Later(retry_after=20))
    assert trial.is_trial
    assert asked.admit() == NotNow(asked.now + timedelta(seconds=20))
    asked.now += timedelta(seconds=20)
    assert asked.permit().is_trial


def test_who_asks_us_to_wait_is_asked_by_nobody_and_has_not_failed(asked: Asked) -> None:
    permit = asked.permit()
    assert not asked.note(permit, Later(retry_after=30))
    assert asked.admit() == NotNow(asked.now + timedelta(seconds=30))
    asked.now += timedelta(seconds=30)
    assert asked.permit(9).number == FAILURES


def test_tokens_are_out_until_it_is_known_when_they_were_used(asked: Asked) -> None:
    first = asked.permit(2)
    asked.gate.take(asked.session, first, 2, asked.now)
    second = asked.permit(9)
    assert second.number == RATE - 2
    asked.gate.take(asked.session, second, 1, asked.now)
    assert isinstance(asked.admit(), NotNow)
    asked.gate.give_back(asked.session, first, unused=1)
    assert asked.permit(9).number == 1
    asked.gate.give_back(asked.session, first, used_at=[asked.now])
    asked.now += timedelta(seconds=1.1)
    assert asked.permit(9).number == 2
    asked.now += LONG
    assert asked.permit(9).number == FAILURES
