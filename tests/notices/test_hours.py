from datetime import UTC, datetime, timedelta

import pytest

from casestatus.notices.hours import Hours, leaves_at

MEXICO = "America/Mexico_City"  # UTC-6 all year since 2022
TIJUANA = "America/Tijuana"  # still changes its clocks: on 8 March and 1 November 2026


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("local", "allowed"),
    [("08:59:59", False), ("09:00:00", True), ("19:59:59", True), ("20:00:00", False), ("00:00:00", False)],
)
def test_a_window_opens_at_its_first_and_closes_before_its_last_minute(local: str, allowed: bool) -> None:
    assert Hours.read("09:00-20:00", MEXICO).allow(at(f"2026-11-23T{local}-06:00")) is allowed


@pytest.mark.parametrize(
    ("local", "allowed"),
    [("21:59:59", False), ("22:00:00", True), ("23:59:59", True), ("00:00:00", True), ("06:00:00", False)],
)
def test_a_window_may_run_across_midnight(local: str, allowed: bool) -> None:
    assert Hours.read("22:00-06:00", MEXICO).allow(at(f"2026-11-23T{local}-06:00")) is allowed


def test_the_whole_day_is_always_open() -> None:
    always = Hours.read("00:00-24:00", MEXICO)
    assert all(always.allow(at("2026-11-23T00:00:00-06:00") + timedelta(minutes=10 * step)) for step in range(144))


def test_a_message_of_the_night_leaves_in_the_morning_of_her_zone() -> None:
    hours = Hours.read("09:00-20:00", TIJUANA)
    assert leaves_at(at("2026-11-23T20:00:00-08:00"), hours) == at("2026-11-24T09:00:00-08:00")
    assert leaves_at(at("2026-11-23T03:00:00-08:00"), hours) == at("2026-11-23T09:00:00-08:00")
    assert leaves_at(at("2026-11-23T10:00:00-08:00"), hours) == at("2026-11-23T10:00:00-08:00")


def test_a_window_of_the_night_opens_on_the_same_evening_of_her_zone() -> None:
    """It is already tomorrow in UTC."""
    hours = Hours.read("22:00-06:00", MEXICO)
    assert leaves_at(at("2026-11-23T19:00:00-06:00"), hours) == at("2026-11-23T22:00:00-06:00")


def test_after_an_opening_the_next_one_is_tomorrows() -> None:
    opening = at("2026-11-23T09:00:00-06:00")
    following = Hours.read("09:00-20:00", MEXICO).next_opening(opening)
    assert following == at("2026-11-24T09:00:00-06:00")
    assert following.tzinfo is UTC


def test_the_morning_after_the_clocks_change_is_still_nine_on_her_clock() -> None:
    hours = Hours.read("09:00-20:00", TIJUANA)
    assert leaves_at(at("2026-03-07T21:00:00-08:00"), hours) == at("2026-03-08T09:00:00-07:00")
    assert leaves_at(at("2026-10-31T21:00:00-07:00"), hours) == at("2026-11-01T09:00:00-08:00")


def test_a_window_inside_the_skipped_hour_is_passed_over() -> None:
    hours = Hours.read("02:15-02:45", TIJUANA)
    assert leaves_at(at("2026-03-08T00:00:00-08:00"), hours) == at("2026-03-09T02:15:00-07:00")


def test_a_window_that_opens_in_the_skipped_hour_opens_when_the_clocks_have_skipped() -> None:
    hours = Hours.read("02:30-05:00", TIJUANA)
    opening = leaves_at(at("2026-03-08T00:00:00-08:00"), hours)
    assert hours.allow(opening)
    assert at("2026-03-08T03:00:00-07:00") <= opening < at("2026-03-08T05:00:00-07:00")


@pytest.mark.parametrize(
    ("hours", "zone", "now", "closes"),
    [
        ("09:00-20:00", MEXICO, "2026-12-31T19:59:00-06:00", "2026-12-31T20:00:00-06:00"),
        ("09:00-24:00", MEXICO, "2026-12-31T19:59:00-06:00", "2027-01-01T00:00:00-06:00"),
        ("22:00-06:00", MEXICO, "2026-12-31T23:00:00-06:00", "2027-01-01T06:00:00-06:00"),
        ("22:00-06:00", MEXICO, "2027-01-01T05:59:00-06:00", "2027-01-01T06:00:00-06:00"),
        ("22:00-06:00", TIJUANA, "2026-03-07T23:00:00-08:00", "2026-03-08T06:00:00-07:00"),
        ("00:00-24:00", MEXICO, "2026-12-31T23:00:00-06:00", None),
        ("22:00-01:30", TIJUANA, "2026-11-01T01:10:00-07:00", "2026-11-01T01:30:00-07:00"),
        ("22:00-01:30", TIJUANA, "2026-11-01T01:10:00-08:00", "2026-11-01T01:30:00-08:00"),
    ],
)
def test_a_window_closes_on_the_clock_of_her_zone(hours: str, zone: str, now: str, closes: str | None) -> None:
    assert Hours.read(hours, zone).closes_at(at(now)) == (at(closes) if closes else None)


def test_jitter_spreads_the_morning_but_never_past_the_window() -> None:
    night = at("2026-11-23T22:00:00-06:00")
    wide, narrow = Hours.read("09:00-20:00", MEXICO), Hours.read("09:00-09:05", MEXICO)
    jitter = timedelta(minutes=7)
    assert leaves_at(night, wide, jitter=jitter) == at("2026-11-24T09:07:00-06:00")
    assert leaves_at(night, narrow, jitter=jitter) == at("2026-11-24T09:00:00-06:00")
    assert leaves_at(at("2026-11-23T12:00:00-06:00"), wide, jitter=jitter) == at("2026-11-23T12:00:00-06:00")
