"""Whether a held message may leave, asked right before: now, later, by another contact, or not at all."""

from datetime import timedelta

import pytest

from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.notices.models import AttemptState, DeliveryAttempt, Notice, NoticeKind
from casestatus.notices.outgoing import A_MOMENT, MORNING, Leaving, Outgoing, Postponed, Ready, Unwanted
from casestatus.settings import Settings
from casestatus.victims.models import Contact, Victim
from tests.notices.town import Town

HALF = 0.5


@pytest.fixture
def outgoing(keys: KeyRing, settings: Settings) -> Outgoing:
    return Outgoing(keys, settings, lambda: HALF)


def leaving(database: Database, outgoing: Outgoing, attempt: DeliveryAttempt) -> Leaving:
    with database.reading() as session:
        return outgoing.leaving(session, attempt.id, now=database.now())


@pytest.mark.parametrize("wanted", [True, False])
def test_of_a_line_that_stands_still_she_is_told_if_she_wants_that(
    town: Town, database: Database, outgoing: Outgoing, wanted: bool
) -> None:
    victim = town.victim()
    town.event()
    (attempt,) = town.attempts()
    town.change(Notice, attempt.notice_id, kind=NoticeKind.STALL)
    town.change(Victim, victim, stall_alerts=wanted)
    found = leaving(database, outgoing, attempt)
    assert isinstance(found, Ready) if wanted else found == Unwanted(asked=True)


def test_outside_her_hours_it_waits_for_them_and_a_while_by_chance(
    town: Town, database: Database, outgoing: Outgoing
) -> None:
    opens = (database.now() + timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
    hours = f"{opens:%H:%M}-{opens + timedelta(hours=1):%H:%M}"
    contact = town.contact(town.victim(contacts=0))
    town.change(Contact, contact, hours=hours, time_zone="UTC")
    town.event()
    (attempt,) = town.attempts()
    assert leaving(database, outgoing, attempt) == Postponed(opens + HALF * MORNING)


def test_news_of_one_line_wait_for_those_before(town: Town, database: Database, outgoing: Outgoing) -> None:
    town.victim()
    town.event()
    (first,) = town.attempts()
    town.change(DeliveryAttempt, first.id, state=AttemptState.SENDING)
    town.change(Notice, first.notice_id, state="under_way")
    town.event()
    (second,) = (attempt for attempt in town.attempts() if attempt.id != first.id)
    before = database.now()
    found = leaving(database, outgoing, second)
    assert isinstance(found, Postponed)
    assert before + A_MOMENT <= found.until <= database.now() + A_MOMENT
    later = before + timedelta(hours=1)
    town.change(DeliveryAttempt, first.id, state=AttemptState.UNCERTAIN, due_at=later)
    assert leaving(database, outgoing, second) == Postponed(later)
