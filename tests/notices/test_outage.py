"""Twilio is down for two days: afterwards all is delivered or in somebody's hands, in order, and only at safe hours.

Time is moved, for the stand-in as well, and goes on between the moves. With ENDURANCE: 10,000 notices and more.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from casestatus.notices.escalating import Escalation
from casestatus.notices.following import FollowUp
from casestatus.notices.models import FINAL
from casestatus.notices.twilio import twilio_ways
from casestatus.settings import Settings
from tests.ledger import Ledger
from tests.notices.conftest import Deliveries
from tests.notices.town import Town
from tests.standins.twilio import TwilioStandIn
from tests.standins.twilio_ledger import Message

VICTIMS, RATE, FAILURES = (4_000, 100, 50) if os.environ.get("ENDURANCE") else (12, 5, 5)
ZONES = [ZoneInfo(f"America/{city}") for city in ("Mexico_City", "Tijuana", "Cancun")]
OPENS, CLOSES = 9, 20
BEGINNING = datetime(2026, 11, 20, 9, 30, tzinfo=ZoneInfo("America/Tijuana")).astimezone(UTC)
DOWN_FROM, DOWN_UNTIL = timedelta(hours=3), timedelta(hours=51)
EVENTS = [timedelta(hours=hours) for hours in (0, 4, 26, 55)]  # one before, two while nothing leaves, one after
WATCHED = timedelta(hours=80)
STEP = timedelta(hours=1)


@pytest.fixture
def clock() -> Clock:
    return Clock(BEGINNING)


@pytest.fixture
def steps(
    database: Database, keys: KeyRing, settings: Settings, clock: Clock
) -> Iterator[Sequence[Callable[[], bool]]]:
    """What a worker does in a pass."""
    changes = {"sms_per_second": RATE, "breaker_failures": FAILURES}
    settings = settings.with_changes(limits=settings.limits.model_copy(update=changes))
    working = Deliveries(database, keys, settings, clock)
    follow_up = FollowUp(database, settings, twilio_ways(settings), working.pool, at_once=4)
    yield [working.once, Escalation(database, settings).once, follow_up.once]
    working.close()


def test_after_two_days_without_a_provider_nothing_is_lost_nor_late_at_night_nor_out_of_order(
    town: Town, steps: Sequence[Callable[[], bool]], twilio: TwilioStandIn, clock: Clock, ledger: Ledger
) -> None:
    twilio.ledger.clock = lambda: clock.now().timestamp()
    twilio.behaviour.final_status = "delivered"
    zones = {number: people_of(town, number) for number in map("+52551{:07d}".format, range(VICTIMS))}
    to_come = list(EVENTS)
    while (passed := clock.now() - BEGINNING) < WATCHED:
        if to_come and passed >= to_come[0]:
            to_come.pop(0)
            town.event()
        twilio.behaviour.shares = {"failing": 1.0} if DOWN_FROM <= passed < DOWN_UNTIL else {}
        while any(step() for step in steps):
            pass
        clock.advance(STEP)

    accepted = twilio.ledger.accepted
    notices, attempts = town.notices(), town.attempts()
    found = {
        "notices": len(notices),
        "accepted": len(accepted),
        "not_ended": sum(attempt.state not in FINAL for attempt in attempts),
        "neither_proved_nor_with_the_office": sum(
            notice.state not in {"proved", "for_the_office"} for notice in notices
        ),
        "outside_safe_hours": sum(not is_safe(message, zones) for message in accepted),
        "out_of_order": out_of_order(town, accepted),
        "busiest_second": busiest_second([message.at for message in accepted]),
        "rate": RATE,
    }
    ledger.note(**found)
    assert len({message.parameters["Body"] + message.parameters["To"] for message in accepted}) == len(accepted)
    assert len(accepted) == len(notices) == 3 * VICTIMS  # the two that came while nothing left are one notice
    assert (found["not_ended"], found["neither_proved_nor_with_the_office"]) == (0, 0)
    assert (found["outside_safe_hours"], found["out_of_order"]) == (0, 0)
    assert RATE / 2 < found["busiest_second"] <= RATE


def people_of(town: Town, number: str) -> ZoneInfo:
    """Somebody with this number, in one of Mexico's zones."""
    zone = ZONES[int(number[-3:]) % 3]
    town.contact(town.victim(contacts=0), number, time_zone=zone.key, hours=f"{OPENS:02}:00-{CLOSES}:00")
    return zone


def is_safe(message: Message, zones: dict[str, ZoneInfo]) -> bool:
    local = datetime.fromtimestamp(message.at, zones[message.parameters["To"]])
    return OPENS <= local.hour < CLOSES


def out_of_order(town: Town, accepted: Sequence[Message]) -> int:
    """How many messages came to a number after one of a later notice."""
    made = {notice.id: notice.created_at for notice in town.notices()}
    notice_made = {attempt.provider_id: made[attempt.notice_id] for attempt in town.attempts()}
    told: dict[str, list[datetime]] = defaultdict(list)
    for message in accepted:
        told[message.parameters["To"]].append(notice_made[message.sid])
    return sum(earlier >= later for each in told.values() for earlier, later in pairwise(each))


def busiest_second(moments: Sequence[float]) -> int:
    """The largest number within any second."""
    ordered, first, most = sorted(moments), 0, 0
    for last, at in enumerate(ordered):
        while at - ordered[first] >= 1:
            first += 1
        most = max(most, last - first + 1)
    return most
