"""Until when a right may be used: counted from the formal notice, never from a message of ours. Pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from casestatus.cases.business_days import business_days_after
from casestatus.cases.right_model import DaysCounted, DeadlineRule


class DeadlineState(StrEnum):
    """What may be said of a right's time limit (pages.md §2.10)."""

    NONE = "none"
    NO_FORMAL_DATE = "no_formal_date"
    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    PAST = "past"


@dataclass(frozen=True)
class OfficeCalendar:
    """What an office counts by: its zone, its state (INEGI's two digits), its own days of rest.

    `checked` holds the limits that a lawyer of the office has checked, as they read then, by right. `stall_days`
    are, by stage, the days after which a line that nothing moves counts as stalled.
    """

    zone: str
    region: str = ""
    own_days: frozenset[date] = frozenset()
    checked: Mapping[str, str] = field(default_factory=dict)
    stall_days: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def today(self, now: datetime) -> date:
        """The day on the office's wall."""
        return now.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True)
class Deadline:
    """The last day, and the day of the formal notice that it counts from. `verified`: the office checked the rule."""

    on: date
    counts_from: date
    verified: bool


def last_day(rule: DeadlineRule, notified_on: date, calendar: OfficeCalendar) -> date:
    """The last day on which a right may be used after a formal notice of `notified_on`.

    A personal notice takes effect on the next day (CNPP 82, 93), and that day is the first that counts (CNPP 94; the
    same first day under CFPP 71). Where a court would begin a day later, this is a day early: told so on purpose.
    Natural days count without exception, and aren't moved off a day of rest.
    """
    if rule.kind is DaysCounted.NATURAL:
        return notified_on + timedelta(days=rule.days)
    return business_days_after(notified_on, rule.days, calendar.own_days)


def first_to_come(deadlines: Sequence[Deadline], *, today: date) -> Deadline:
    """Of several victims' deadlines the nearest that isn't over; the last one once all are.

    The office seldom says whose notice it was. Told too early it costs nobody her right, and nobody is told that hers
    is over while another's runs, which may be hers.
    """
    ahead = [deadline for deadline in deadlines if deadline.on >= today]
    return min(ahead, key=lambda deadline: deadline.on) if ahead else max(deadlines, key=lambda deadline: deadline.on)


def state_of(rule: DeadlineRule | None, deadline: Deadline | None, *, today: date) -> DeadlineState:
    """What may be said on `today`; a deadline is past from the day after its last day."""
    if rule is None:
        return DeadlineState.NONE
    if deadline is None:
        return DeadlineState.NO_FORMAL_DATE
    if today > deadline.on:
        return DeadlineState.PAST
    return DeadlineState.VERIFIED if deadline.verified else DeadlineState.UNVERIFIED
