"""No two workers hold one attempt, and whoever slept past its lease writes nothing over what another did."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from casestatus.database import Clock, Database
from casestatus.notices.models import AttemptState, DeliveryAttempt
from casestatus.notices.providers import Accepted
from casestatus.notices.queue import Claim, bring_forward, claim, held_attempts, never_tried_since
from casestatus.notices.reconcile import Found, Looked, Reconciling
from casestatus.notices.settling import Settled, Settlement
from casestatus.settings import Settings
from casestatus.victims.models import Channel
from tests.notices.conftest import Deliveries
from tests.notices.town import Town
from tests.standins.twilio import TwilioStandIn

LEASE = timedelta(seconds=30)


def held(database: Database, state: AttemptState = AttemptState.PENDING, limit: int = 10) -> Sequence[Claim]:
    with database.writing() as session:
        return claim(session, state, Channel.SMS, limit=limit, now=database.now(), lease=LEASE)


def settle(database: Database, settings: Settings, *group: Settled) -> None:
    with database.writing() as session:
        Settlement(session, now=database.now(), settings=settings).settle(group)


def test_workers_at_the_same_time_never_hold_one_attempt(town: Town, database_url: str) -> None:
    for _ in range(40):
        town.victim()
    town.event()
    together = Barrier(4)

    def work(_: int) -> list[Claim]:
        other = Database(database_url)
        together.wait()
        mine = [one for _ in range(10) for one in held(other, limit=3)]
        other.close()
        return mine

    with ThreadPoolExecutor(4) as pool:
        claims = [one.attempt_id for mine in pool.map(work, range(4)) for one in mine]
    assert len(claims) == len(set(claims)) == 40


def test_what_is_due_first_is_held_first(town: Town, database: Database, clock: Clock) -> None:
    town.victim()
    town.event(delay=timedelta(minutes=15))
    town.victim()
    town.event(delay=timedelta(minutes=5))
    clock.advance(timedelta(minutes=16))
    first, *_ = sorted(town.attempts(), key=lambda attempt: attempt.due_at)
    assert [one.attempt_id for one in held(database, limit=1)] == [first.id]


def test_what_is_due_by_a_moment_is_held_and_nothing_else(town: Town, database: Database) -> None:
    for _ in range(2):
        town.victim()
    town.contact(town.victim(contacts=0), "a@correo.example", channel=Channel.EMAIL)
    town.event()
    now = database.now()
    soon, later = now + timedelta(milliseconds=20), now + timedelta(milliseconds=21)
    first, second = (attempt for attempt in town.attempts() if attempt.channel == Channel.SMS)
    town.change(DeliveryAttempt, first.id, due_at=soon)
    town.change(DeliveryAttempt, second.id, due_at=later)
    with database.writing() as session:
        assert claim(session, AttemptState.PENDING, Channel.SMS, limit=10, now=now, lease=LEASE) == []
        (one,) = claim(session, AttemptState.PENDING, Channel.SMS, limit=10, now=now, lease=LEASE, due_by=soon)
    assert one.attempt_id == first.id
    kept = {attempt.id: attempt for attempt in town.attempts()}[first.id]
    assert (kept.state, kept.tries, kept.first_try_at, kept.due_at) == ("sending", 1, soon, now + LEASE)


def test_a_worker_that_slept_past_its_lease_overwrites_nothing(
    town: Town, database: Database, settings: Settings, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    town.victim()
    town.event()
    (asleep,) = held(database)
    deliveries.later(seconds=31)
    deliveries.later(seconds=61)
    (sent,) = town.attempts()
    assert sent.state == "sent"
    settle(database, settings, Settled(asleep, Accepted("SM-of-the-sleeper"), "twilio"))
    (after,) = town.attempts()
    assert (after.provider_id, after.sent_at) == (sent.provider_id, sent.sent_at)


def test_a_lease_that_another_worker_took_over_cannot_be_settled_by_the_first(
    town: Town, database: Database, settings: Settings, clock: Clock, deliveries: Deliveries
) -> None:
    town.victim()
    town.event()
    held(database)
    clock.advance(timedelta(seconds=31))
    deliveries.once()
    clock.advance(timedelta(seconds=61))
    (first,) = held(database, AttemptState.UNCERTAIN)
    clock.advance(timedelta(seconds=31))
    (second,) = held(database, AttemptState.UNCERTAIN)
    for claimed, provider_id in ((first, "SM-first"), (second, "SM-second")):
        with database.writing() as session:
            now = database.now()
            settlement = Settlement(session, now=now, settings=settings)
            Reconciling(session, settlement, now=now, settings=settings).settle(
                [Looked(claimed, Found(provider_id), "twilio")]
            )
        expected = None if claimed is first else "SM-second"
        assert town.attempts()[0].provider_id == expected


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_worker_frozen_while_it_settles_holds_up_nobody_else(
    town: Town, database: Database, deliveries: Deliveries, clock: Clock
) -> None:
    for _ in range(3):
        town.victim()
    town.event()
    frozen = held(database, limit=1)
    with database.writing() as session:
        assert len(held_attempts(session, frozen)) == 1
        deliveries.later(seconds=31)
        assert sorted(town.states()) == ["sending", "sent", "sent"]


def test_a_worker_that_slept_before_the_hand_over_does_not_begin(
    town: Town, database: Database, keys: object, settings: Settings, twilio: TwilioStandIn
) -> None:
    from casestatus.notices.dispatch import Dispatch
    from casestatus.worker import providers

    town.victim()
    town.event()
    asleep = settings.with_changes(limits=settings.limits.model_copy(update={"lease": 0.0}))
    with Dispatch(database, town.keys, asleep, providers(settings, database), at_once=4) as dispatch:
        dispatch.once()
    assert twilio.ledger.accepted == []


def test_a_commit_wakes_the_worker_of_this_process_and_a_rollback_does_not(town: Town, database: Database) -> None:
    town.victim()
    database.changed.clear()
    town.event()
    assert database.changed.is_set()


def test_what_is_rolled_back_owes_nothing(town: Town, database: Database, deliveries: Deliveries) -> None:
    victim = town.victim()
    contact = town.contact(victim, confirmed_at=None)
    before = len(town.attempts())
    database.changed.clear()

    class CommitFails(Exception):
        pass

    try:
        with database.writing() as session:
            from casestatus.notices.codes import send_code
            from casestatus.victims.models import Contact

            send_code(
                session,
                session.get_one(Contact, contact),
                "123456",
                keys=town.keys,
                settings=Settings(_env_file=None),
                now=database.now(),
            )
            raise CommitFails
    except CommitFails:
        pass
    assert len(town.attempts()) == before
    assert not database.changed.is_set()


def test_what_waits_too_long_for_its_hand_over_is_told_from_all_else(town: Town, database: Database) -> None:
    for _ in range(2):
        town.victim()
    mail = town.contact(town.victim(contacts=0), "a@correo.example", channel=Channel.EMAIL)
    town.event()
    long_ago = database.now() - timedelta(days=3)
    first, sent = (attempt for attempt in town.attempts() if attempt.contact_id != mail)
    (by_mail,) = (attempt for attempt in town.attempts() if attempt.contact_id == mail)
    town.change(DeliveryAttempt, first.id, due_at=long_ago)
    town.change(DeliveryAttempt, sent.id, due_at=long_ago, state=AttemptState.SENT)
    town.change(DeliveryAttempt, by_mail.id, due_at=long_ago)
    town.victim()
    town.event()
    with database.writing() as session:
        waited = never_tried_since(session, Channel.SMS, database.now() - timedelta(days=2), limit=10)
        assert [attempt.id for attempt in waited] == [first.id]


def test_only_what_waits_longer_of_these_notices_is_brought_forward(town: Town, database: Database) -> None:
    for _ in range(4):
        town.victim()
    town.event()
    now = database.now()
    later, soon = now + timedelta(hours=9), now + timedelta(minutes=1)
    mine, earlier, left, another = town.attempts()
    for attempt, due_at in ((mine, later), (earlier, now), (left, later), (another, later)):
        town.change(DeliveryAttempt, attempt.id, due_at=due_at)
    town.change(DeliveryAttempt, left.id, state=AttemptState.SENT)
    database.changed.clear()
    with database.writing() as session:
        bring_forward(session, [each.notice_id for each in (mine, earlier, left)], soon)
    assert [attempt.due_at for attempt in town.attempts()] == [soon, now, later, later]
    assert database.changed.is_set()
    database.changed.clear()
    with database.writing() as session:
        bring_forward(session, [earlier.notice_id], soon)
    assert not database.changed.is_set()
