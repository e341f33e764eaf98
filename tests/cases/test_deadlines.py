"""Golden deadlines, worked out by hand: the first day that counts is the one after the formal notice (CNPP 82, 94)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from casestatus.cases.business_days import federal_holidays
from casestatus.cases.deadlines import DeadlineState, OfficeCalendar, last_day
from casestatus.cases.right_model import DeadlineRule
from casestatus.cases.rights import RightNow, came_from, rights, rights_at
from casestatus.cases.stages import Model, stage
from tests.web.test_stages_shown import entry

D = date.fromisoformat


def span(first: str, last: str) -> list[str]:
    days = (D(last) - D(first)).days + 1
    return [(D(first) + timedelta(days=number)).isoformat() for number in range(days)]


REVIEW, JOIN, NO_CASE = "judicial_review", "join_the_charge", "appeal_no_case"  # 10 and 3 business days, 3 natural days
OBJECTION, AMPARO, RULING = "objection_before_2016", "amparo", "appeal_ruling_before_2016"  # 15, 15 and 5 business days
HOLY_WEEK, YEARS_END = span("2026-03-30", "2026-04-03"), span("2026-12-21", "2027-01-05")

# right, formal notice, the office's own days, last day
GOLDEN: list[tuple[str, str, Iterable[str], str]] = [
    # --- weekends
    # Monday 5: Tue 6 to Fri 9 are 4, the 12th to the 16th 9 (12 October is no day of rest by law), Mon 19 is the 10th
    (REVIEW, "2026-10-05", [], "2026-10-19"),
    # a notice on a Friday: Mon 12 is the first, two whole weeks
    (REVIEW, "2026-10-09", [], "2026-10-23"),
    # on the Saturday after it, nothing has changed: Mon 12 is the first
    (REVIEW, "2026-10-10", [], "2026-10-23"),
    # nor on the Sunday
    (REVIEW, "2026-10-11", [], "2026-10-23"),
    # Tue 6, Wed 7, Thu 8
    (JOIN, "2026-10-05", [], "2026-10-08"),
    # Fri 9, then Mon 12 and Tue 13
    (JOIN, "2026-10-08", [], "2026-10-13"),
    # Wed 3 June: Thu 4, Fri 5, Mon 8, Tue 9, Wed 10
    (RULING, "2026-06-03", [], "2026-06-10"),
    # --- third Monday of November (Revolution, the 16th in 2026)
    # Thu 12: Fri 13 is the first, Mon 16 rests, 17 to 20 make 5, 23 to 27 make 10
    (REVIEW, "2026-11-12", [], "2026-11-27"),
    # Fri 13: Mon 16 rests, so Tue 17 is the first; 17 to 20 make 4, 23 to 27 make 9, Mon 30
    (REVIEW, "2026-11-13", [], "2026-11-30"),
    # notice on the day of rest itself: the same, Tue 17 is the first
    (REVIEW, "2026-11-16", [], "2026-11-30"),
    # 15 days from Fri 13: 17 to 20 make 4, 23 to 27 make 9, 30 November to 4 December 14, Mon 7
    (AMPARO, "2026-11-13", [], "2026-12-07"),
    # --- 16 September (a Wednesday in 2026)
    # Tue 8: 9 to 11 make 3, 14 and 15 make 5, not the 16th, 17 and 18 make 7, 21, 22, 23
    (REVIEW, "2026-09-08", [], "2026-09-23"),
    # Tue 15, the eve: Thu 17 is the first; 17, 18, 21 to 25 make 7, 28, 29, 30
    (REVIEW, "2026-09-15", [], "2026-09-30"),
    # on the 16th itself: the same
    (REVIEW, "2026-09-16", [], "2026-09-30"),
    # Mon 14: Tue 15, Thu 17, Fri 18
    (JOIN, "2026-09-14", [], "2026-09-18"),
    # Fri 11: Mon 14, Tue 15, Thu 17
    (JOIN, "2026-09-11", [], "2026-09-17"),
    # --- year's end (25 December 2026 and 1 January 2027 are Fridays)
    # Fri 18: 21 to 24 make 4, 28 to 31 make 8, Mon 4 and Tue 5 January
    (REVIEW, "2026-12-18", [], "2027-01-05"),
    # Thu 24: not Fri 25; Mon 28, Tue 29, Wed 30
    (JOIN, "2026-12-24", [], "2026-12-30"),
    # Wed 30: Thu 31, not Fri 1; Mon 4, Tue 5
    (JOIN, "2026-12-30", [], "2027-01-05"),
    # Thu 31: not Fri 1; Mon 4, Tue 5, Wed 6
    (JOIN, "2026-12-31", [], "2027-01-06"),
    # 15 days from Mon 14: 15 to 18 make 4, 21 to 24 make 8, 28 to 31 make 12, 4, 5, 6 January
    (AMPARO, "2026-12-14", [], "2027-01-06"),
    # --- Holy Week: no day of rest by law; only an office's own calendar stops it
    # Fri 27 March: 30, 31, 1, Holy Thursday 2 and Good Friday 3 make 5, 6 to 10 make 10
    (REVIEW, "2026-03-27", [], "2026-04-10"),
    # the office closes on Thursday and Friday: 30, 31, 1 make 3, 6 to 10 make 8, 13, 14
    (REVIEW, "2026-03-27", ["2026-04-02", "2026-04-03"], "2026-04-14"),
    # it closes for the week: 6 to 10 make 5, 13 to 17 make 10
    (REVIEW, "2026-03-27", HOLY_WEEK, "2026-04-17"),
    # notice on Holy Thursday, nothing closed: Good Friday is the first, 6 to 10 make 6, 13 to 16
    (REVIEW, "2026-04-02", [], "2026-04-16"),
    # --- the other days of rest by law
    # Thu 29 January: Fri 30, not Mon 2 February (Constitution), 3 to 6 make 5, 9 to 13 make 10
    (REVIEW, "2026-01-29", [], "2026-02-13"),
    # Thu 12 March: Fri 13, not Mon 16 (Juárez), 17 to 20 make 5, 23 to 27 make 10
    (REVIEW, "2026-03-12", [], "2026-03-27"),
    # Thu 30 April: not Fri 1 May; Mon 4, Tue 5 (Puebla is no day of rest by law), Wed 6
    (JOIN, "2026-04-30", [], "2026-05-06"),
    # Wed 25 September 2024: 26, 27, 30 make 3, not 1 October (a new president), 2 to 4 make 6, 7 to 10
    (REVIEW, "2024-09-25", [], "2024-10-10"),
    # Wed 24 September 2025: no new president; 25, 26, 29, 30, 1, 2, 3 make 7, 6, 7, 8
    (REVIEW, "2025-09-24", [], "2025-10-08"),
    # Mon 28 February 2028, a leap year: Tue 29, Wed 1 March, Thu 2
    (JOIN, "2028-02-28", [], "2028-03-02"),
    # --- an office's own days
    # the office's winter rest, 21 December to 5 January: Wed 6 is the first; 6 to 8 make 3, 11 to 15 make 8, 18, 19
    (REVIEW, "2026-12-18", YEARS_END, "2027-01-19"),
    # Wed 7 closed: Tue 6, Thu 8, Fri 9
    (JOIN, "2026-10-05", ["2026-10-07"], "2026-10-09"),
    # the last day itself closed: Tue 6, Wed 7, then Fri 9
    (JOIN, "2026-10-05", ["2026-10-08"], "2026-10-09"),
    # the day of the notice closed: it never counts anyway
    (JOIN, "2026-10-05", ["2026-10-05"], "2026-10-08"),
    # a Saturday closed changes nothing: Mon 12, Tue 13, Wed 14
    (JOIN, "2026-10-09", ["2026-10-10"], "2026-10-14"),
    # a day of rest by law listed once more rests once: Tue 15, Thu 17, Fri 18
    (JOIN, "2026-09-14", ["2026-09-16"], "2026-09-18"),
    # 2 November, no day of rest by law: Mon 2, Tue 3, Wed 4
    (JOIN, "2026-10-30", [], "2026-11-04"),
    # and where the office closes for it: Tue 3, Wed 4, Thu 5
    (JOIN, "2026-10-30", ["2026-11-02"], "2026-11-05"),
    # --- the codes before 2016
    # 15 days from Mon 5: 6 to 9 make 4, 12 to 16 make 9, 19 to 23 make 14, Mon 26
    (OBJECTION, "2026-10-05", [], "2026-10-26"),
    # --- liberty: natural days, whatever day it is
    # Fri 9: Sat 10, Sun 11, Mon 12
    (NO_CASE, "2026-10-09", [], "2026-10-12"),
    # Wed 11 November ends on Saturday 14, and isn't moved
    (NO_CASE, "2026-11-11", [], "2026-11-14"),
    # Sun 13 September ends on the 16th, and isn't moved
    (NO_CASE, "2026-09-13", [], "2026-09-16"),
    # the office's winter rest doesn't stop it: Tue 22, Wed 23, Thu 24
    (NO_CASE, "2026-12-21", YEARS_END, "2026-12-24"),
    # over New Year: Thu 31, Fri 1, Sat 2
    (NO_CASE, "2026-12-30", [], "2027-01-02"),
]


def rule_of(right: str, region: str = "") -> DeadlineRule:
    rule = rights()[right].deadline_in(region)
    assert rule is not None
    return rule


def calendar_of(own_days: Iterable[str] = (), zone: str = "America/Mexico_City", **fields: object) -> OfficeCalendar:
    return OfficeCalendar(zone, own_days=frozenset(map(D, own_days)), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(("right", "notified_on", "own_days", "last"), GOLDEN)
def test_a_deadline_ends_on_the_day_worked_out_by_hand(
    right: str, notified_on: str, own_days: Iterable[str], last: str
) -> None:
    assert last_day(rule_of(right), D(notified_on), calendar_of(own_days)) == D(last)


def test_mexico_city_s_objection_ends_earlier() -> None:
    # 10 days under A/003/99 from Mon 5: 6 to 9 make 4, 12 to 16 make 9, Mon 19
    assert last_day(rule_of(OBJECTION, "09"), D("2026-10-05"), calendar_of()) == D("2026-10-19")


@pytest.mark.parametrize(
    ("right", "notified_on", "last"),
    [
        # clocks went forward on Sunday 8 March 2026: 9 to 13 make 5, not Mon 16, 17 to 20 make 9, Mon 23
        (REVIEW, "2026-03-06", "2026-03-23"),
        # clocks went back on Sunday 1 November 2026, a day of 25 hours: Sat 31, Sun 1, Mon 2
        (NO_CASE, "2026-10-30", "2026-11-02"),
    ],
)
def test_days_are_days_when_tijuana_changes_its_clocks(right: str, notified_on: str, last: str) -> None:
    assert last_day(rule_of(right), D(notified_on), calendar_of(zone="America/Tijuana")) == D(last)


def told(code: str, calendar: OfficeCalendar, *, notified_on: str | None, now: datetime) -> RightNow:
    """The first right of a stage as it is told at a moment."""
    at = stage(Model(code[:2]), code)
    days = [D(notified_on)] if notified_on else []
    return rights_at(at, notified_on=days, calendar=calendar, today=calendar.today(now))[0]


@pytest.mark.parametrize(
    ("zone", "last_minute"),
    [
        # the last day is Monday 2 November: in Tijuana (back at UTC-8 since Sunday) it ends at 08:00 UTC of the 3rd,
        ("America/Tijuana", datetime(2026, 11, 3, 7, 59, tzinfo=UTC)),
        # in Mexico City (UTC-6 all year) at 06:00 UTC,
        ("America/Mexico_City", datetime(2026, 11, 3, 5, 59, tzinfo=UTC)),
        # in Cancún (UTC-5) at 05:00 UTC
        ("America/Cancun", datetime(2026, 11, 3, 4, 59, tzinfo=UTC)),
    ],
)
def test_a_deadline_is_past_when_its_day_ends_on_the_office_s_wall(zone: str, last_minute: datetime) -> None:
    calendar = calendar_of(zone=zone)
    before = told("CI14", calendar, notified_on="2026-10-30", now=last_minute)
    after = told("CI14", calendar, notified_on="2026-10-30", now=last_minute + timedelta(minutes=1))
    assert before.state is DeadlineState.UNVERIFIED
    assert after.state is DeadlineState.PAST
    assert before.deadline == after.deadline


NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("way", "last"),
    [
        (["CI15", "CI20", "CI21"], "2026-11-27"),
        (["CI15", "CI17", "CI21"], "2026-11-20"),
        (["CI15", "CI17", "CI21", "CI21"], "2026-11-20"),
        (["CI15", "CI17", "CI10", "CI21"], "2026-11-20"),
        # the judge refused the faster way: the ruling comes from a trial
        (["CI15", "CI17", "CI15", "CI19", "CI20", "CI21"], "2026-11-27"),
    ],
    ids="-".join,
)
def test_a_ruling_that_came_by_the_faster_way_has_five_days(way: list[str], last: str) -> None:
    ruling, calendar = stage(Model.CI, "CI21"), calendar_of()
    before = came_from([entry(stage(Model.CI, code), place) for place, code in enumerate(way)], ruling)
    told = rights_at(ruling, notified_on=[D("2026-11-12")], calendar=calendar, today=D("2026-11-13"), came_from=before)
    assert [right.deadline.on for right in told if right.deadline] == [D(last)]


@pytest.mark.parametrize("before", ["CI20", "CI17"], ids=["usual", "faster way"])
def test_a_right_is_checked_with_all_its_limits(before: str) -> None:
    calendar = calendar_of(checked={"appeal_ruling": rights()["appeal_ruling"].limits_in("")})
    ruling, day = stage(Model.CI, "CI21"), D("2026-11-12")
    told = rights_at(ruling, notified_on=[day], calendar=calendar, today=day, came_from=before)
    assert [right.state for right in told if right.deadline] == [DeadlineState.VERIFIED]


def test_a_date_that_the_office_checked_says_so() -> None:
    calendar = calendar_of(checked={REVIEW: "10 business days, CNPP 258"})
    right = told("CI06", calendar, notified_on="2026-11-12", now=NOW)
    assert right.deadline is not None
    assert (right.state, right.deadline.verified) == (DeadlineState.VERIFIED, True)
    assert (right.deadline.on, right.deadline.counts_from) == (D("2026-11-27"), D("2026-11-12"))


def test_a_rule_that_changed_since_it_was_checked_is_unverified_again() -> None:
    calendar = calendar_of(checked={REVIEW: "5 business days, CNPP 258"})
    assert told("CI06", calendar, notified_on="2026-11-12", now=NOW).state is DeadlineState.UNVERIFIED


def test_a_checked_rule_without_a_formal_date_has_no_deadline() -> None:
    calendar = calendar_of(checked={REVIEW: "10 business days, CNPP 258"})
    right = told("CI06", calendar, notified_on=None, now=NOW)
    assert (right.state, right.deadline) == (DeadlineState.NO_FORMAL_DATE, None)


def test_a_right_without_a_limit_has_no_deadline_whatever_the_date() -> None:
    right = told("CI01", calendar_of(), notified_on="2026-11-12", now=NOW)
    assert (right.state, right.deadline) == (DeadlineState.NONE, None)


def test_a_past_deadline_keeps_its_date() -> None:
    right = told("CI06", calendar_of(), notified_on="2026-10-05", now=NOW)
    assert right.deadline is not None
    assert (right.state, right.deadline.on) == (DeadlineState.PAST, D("2026-10-19"))


@pytest.mark.parametrize(
    ("today", "last", "state"),
    [
        # Thu 12: ends on Friday 27 (Mon 16 rests); Fri 20: 23 to 27 make 5, 30 November to 4 December 10
        ("2026-11-27", "2026-11-27", DeadlineState.UNVERIFIED),
        ("2026-11-28", "2026-12-04", DeadlineState.UNVERIFIED),
        ("2026-12-04", "2026-12-04", DeadlineState.UNVERIFIED),
        ("2026-12-05", "2026-12-04", DeadlineState.PAST),
    ],
)
def test_of_several_victims_deadlines_the_nearest_that_is_not_over_is_told(
    today: str, last: str, state: DeadlineState
) -> None:
    paused, days = stage(Model.CI, "CI06"), [D("2026-11-12"), D("2026-11-20")]
    right = rights_at(paused, notified_on=days, calendar=calendar_of(), today=D(today))[0]
    assert right.deadline is not None
    assert (right.deadline.on, right.state) == (D(last), state)


def test_the_region_of_the_office_decides_which_limit_holds() -> None:
    there = told("AP05", calendar_of(region="09"), notified_on="2026-11-12", now=NOW)
    elsewhere = told("AP05", calendar_of(region="15"), notified_on="2026-11-12", now=NOW)
    assert there.deadline is not None
    assert elsewhere.deadline is not None
    assert there.deadline.on < elsewhere.deadline.on


def test_the_days_of_rest_by_law_of_a_year() -> None:
    # Ley Federal del Trabajo, art. 74; the movable ones on their Mondays
    days = ["01-01", "02-02", "03-16", "05-01", "09-16", "11-16", "12-25"]
    assert federal_holidays(2026) == {D(f"2026-{day}") for day in days}
