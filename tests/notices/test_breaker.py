"""A sender that fails is left alone, tried again by one message, and taken back when that one leaves."""

from datetime import UTC, datetime, timedelta

import pytest

from casestatus.notices.breaker import Breaker, Stand, Verdict, failures_as_written, failures_read, verdict_of
from casestatus.notices.providers import Accepted, Answer, Later, Refused, Unclear
from casestatus.settings import Limits

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LIMITS = Limits(_env_file=None)
FAILS, WORKS = Verdict.FAILS, Verdict.WORKS


def after(*verdicts: Verdict, breaker: Breaker | None = None, at: datetime = NOW) -> Breaker:
    return (breaker or Breaker()).after(verdicts, now=at, limits=LIMITS)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def opened() -> Breaker:
    return after(*[FAILS] * 50)


def test_fifty_failures_within_a_minute_open_it_and_forty_nine_do_not() -> None:
    assert after(*[FAILS] * 49).stand(NOW) is Stand.CLOSED
    assert opened().stand(NOW) is Stand.OPEN


def test_failures_of_more_than_a_minute_ago_do_not_count() -> None:
    assert after(FAILS, breaker=after(*[FAILS] * 49), at=later(59)).stand(later(59)) is Stand.OPEN
    assert after(FAILS, breaker=after(*[FAILS] * 49), at=later(60)).stand(later(60)) is Stand.CLOSED


def test_it_is_known_how_many_failures_more_it_takes() -> None:
    breaker = after(FAILS, FAILS, FAILS)
    assert breaker.failures_left(NOW, LIMITS) == 47
    assert after(WORKS, breaker=breaker).failures_left(NOW, LIMITS) == 48
    assert breaker.failures_left(later(60), LIMITS) == 50


def test_a_tenth_that_fails_never_stops_the_rest() -> None:
    assert after(*([WORKS] * 9 + [FAILS]) * 200).stand(NOW) is Stand.CLOSED


def test_after_its_rest_one_message_tries_it() -> None:
    breaker = opened()
    assert breaker.stand(later(59)) is Stand.OPEN
    assert breaker.stand(later(60)) is Stand.HALF_OPEN
    trial = breaker.probing(later(90))
    assert trial.stand(later(61)) is Stand.OPEN
    assert trial.stand(later(90)) is Stand.HALF_OPEN


def test_a_trial_that_works_closes_it_and_forgets() -> None:
    assert after(WORKS, breaker=opened().probing(later(90)), at=later(61)) == Breaker()


def test_each_trial_that_fails_doubles_the_rest_up_to_ten_minutes() -> None:
    breaker, rests, now = opened(), [], NOW
    for _ in range(6):
        assert breaker.open_until is not None
        rests.append((breaker.open_until - now).total_seconds())
        now = breaker.open_until
        breaker = after(FAILS, breaker=breaker.probing(now), at=now)
    assert rests == [60, 120, 240, 480, 600, 600]


def test_failures_that_come_in_while_it_rests_lengthen_nothing() -> None:
    assert after(*[FAILS] * 100, breaker=opened(), at=later(30)).open_until == later(60)


def test_a_trial_that_told_nothing_may_be_repeated_at_once() -> None:
    breaker = after(breaker=opened().probing(later(90)), at=later(61))
    assert breaker.stand(later(61)) is Stand.HALF_OPEN


def test_a_blocked_sender_is_left_alone_at_once() -> None:
    assert after(Verdict.BLOCKED).stand(NOW) is Stand.OPEN


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Accepted("SM1"), Verdict.WORKS),
        (Refused("21614", permanent=True), Verdict.WORKS),
        (Refused("21610", permanent=True, stop=True), Verdict.WORKS),
        (Refused("21703", permanent=False, of_sender=True), Verdict.BLOCKED),
        (Refused("20003", permanent=False), Verdict.FAILS),
        (Later(), Verdict.FAILS),
        (Later(retry_after=3), Verdict.NOTHING),
        (Unclear(), Verdict.FAILS),
    ],
)
def test_each_answer_tells_something_of_its_sender(answer: Answer, verdict: Verdict) -> None:
    assert verdict_of(answer) is verdict


def test_failures_are_read_as_they_were_written() -> None:
    failures = (NOW, later(0.25))
    assert failures_read(failures_as_written(failures)) == failures
