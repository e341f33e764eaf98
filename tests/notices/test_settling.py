"""What is written down of an attempt when it left, ended, or lost its worker."""

from datetime import datetime, timedelta

import pytest

from casestatus.database import Database
from casestatus.notices.models import AttemptState, DeliveryAttempt, Notice, NoticeKind
from casestatus.notices.outgoing import Unwanted
from casestatus.notices.providers import Accepted, Delivered, Refused
from casestatus.notices.queue import Claim, claim, end_unproven, give_up_leases
from casestatus.notices.settling import Settled, Settlement
from casestatus.settings import Settings
from casestatus.victims.models import Channel, ContactPolicy, Victim
from tests.log_lines import log_lines
from tests.notices.conftest import Deliveries
from tests.notices.town import Town

LEASE = timedelta(seconds=30)


def held(database: Database, channel: Channel = Channel.SMS) -> list[Claim]:
    with database.writing() as session:
        claims = claim(session, AttemptState.PENDING, channel, limit=10, now=database.now(), lease=LEASE)
    return list(claims)


def settle(database: Database, settings: Settings, *settled: Settled) -> datetime:
    with database.writing() as session:
        now = database.now()
        Settlement(session, now=now, settings=settings).settle(settled)
    return now


@pytest.fixture
def claimed(town: Town, database: Database) -> Claim:
    """Somebody's one message, held."""
    town.victim()
    town.event()
    (one,) = held(database)
    return one


def test_what_left_is_asked_after_and_waits_for_its_proof(
    town: Town, database: Database, settings: Settings, claimed: Claim
) -> None:
    now = settle(database, settings, Settled(claimed, Accepted("SM-1"), "twilio"))
    (sent,) = town.attempts()
    limits = settings.limits
    assert (sent.state, sent.sent_at, sent.lease_token) == ("sent", now, None)
    assert sent.follow_up_at == now + timedelta(seconds=limits.follow_up_after)
    assert sent.due_at == now + timedelta(seconds=limits.proof_wait)


def test_what_ended_is_followed_to_its_deletion_where_a_provider_has_it(
    town: Town, database: Database, settings: Settings, claimed: Claim
) -> None:
    settle(database, settings, Settled(claimed, Accepted("SM-1"), "twilio"))
    with database.writing() as session:
        now = database.now()
        attempt = session.get_one(DeliveryAttempt, claimed.attempt_id)
        Settlement(session, now=now, settings=settings).report(attempt, Delivered())
    (proved,) = town.attempts()
    assert (proved.state, proved.ended_at, proved.follow_up_at) == ("delivered", now, now)


def test_what_no_provider_ever_took_is_followed_nowhere(
    town: Town, database: Database, settings: Settings, claimed: Claim
) -> None:
    now = settle(database, settings, Settled(claimed, Refused("21211", permanent=True), "twilio"))
    (failed,) = town.attempts()
    assert (failed.state, failed.ended_at, failed.follow_up_at) == ("failed", now, None)


def test_what_comes_too_late_is_written_nowhere_but_into_the_log(
    town: Town, database: Database, settings: Settings, claimed: Claim
) -> None:
    late = Claim(claimed.attempt_id, claimed.notice_id, None, claimed.state)
    with log_lines() as lines:
        settle(database, settings, Settled(late, Accepted("SM-1"), "twilio"))
    (line,) = lines
    assert (line["event"], line["attempt"]) == ("delivery.lease_lost", str(claimed.attempt_id))
    assert town.states() == ["sending"]


@pytest.mark.parametrize(
    ("by_law", "closed", "silent", "tasks"),
    [(True, False, True, 1), (True, False, False, 0), (True, True, True, 0), (False, False, True, 0)],
)
def test_what_is_not_wanted_is_kept_at_the_office_where_the_law_owes_it_and_she_wants_silence(
    town: Town, database: Database, settings: Settings, by_law: bool, closed: bool, silent: bool, tasks: int
) -> None:
    victim = town.victim()
    town.event()
    (one,) = held(database)
    town.change(Notice, one.notice_id, by_law=by_law)
    policy = ContactPolicy.DO_NOT_CONTACT if silent else ContactPolicy.NOTIFY
    town.change(Victim, victim, contact_policy=policy, closed_at=database.now() if closed else None)
    settle(database, settings, Settled(one, Unwanted(asked=silent)))
    assert (town.states(), len(town.tasks())) == (["cancelled"], tasks)


def test_a_code_is_tried_for_as_long_as_it_is_good_and_any_other_message_for_two_days(
    town: Town, database: Database, settings: Settings, claimed: Claim
) -> None:
    (attempt,), (notice,), limits = town.attempts(), town.notices(), settings.limits
    assert attempt.first_try_at is not None
    ends = attempt.first_try_at + timedelta(seconds=limits.retry_longest)
    code_ends = notice.due_at + timedelta(seconds=limits.code_life)
    with database.reading() as session:
        settlement = Settlement(session, now=database.now(), settings=settings)
        before, after = -timedelta(seconds=1), timedelta(seconds=1)
        assert [settlement.still_worth_trying(attempt, ends + by) for by in (before, after)] == [True, False]
        session.get_one(Notice, notice.id).kind = NoticeKind.CONFIRM
        assert [settlement.still_worth_trying(attempt, code_ends + by) for by in (before, after)] == [True, False]
        session.rollback()


def test_a_lost_worker_s_message_is_in_doubt_from_now_on_and_nobody_s(
    town: Town, database: Database, claimed: Claim
) -> None:
    mail = town.contact(town.victim(contacts=0), "a@correo.example", channel=Channel.EMAIL)
    town.event()
    (by_mail,) = held(database, Channel.EMAIL)
    town.change(DeliveryAttempt, claimed.attempt_id, looks=3)
    over = database.now() + LEASE
    with database.writing() as session:
        assert not give_up_leases(session, database.now())
        assert give_up_leases(session, over)
    attempts = {attempt.id: attempt for attempt in town.attempts()}
    for lost in (attempts[claimed.attempt_id], attempts[by_mail.attempt_id]):
        assert (lost.state, lost.uncertain_at, lost.due_at) == ("uncertain", over, over)
        assert (lost.looks, lost.lease_token) == (0, None)
    assert attempts[by_mail.attempt_id].contact_id == mail


def test_what_certainly_never_left_waits_again_and_is_in_no_doubt(
    town: Town, database: Database, settings: Settings, claimed: Claim
) -> None:
    now = database.now()
    town.change(DeliveryAttempt, claimed.attempt_id, state=AttemptState.UNCERTAIN, uncertain_at=now, looks=3)
    with database.writing() as session:
        attempt = session.get_one(DeliveryAttempt, claimed.attempt_id)
        Settlement(session, now=now, settings=settings).put_back(attempt, now + LEASE)
    (waiting,) = town.attempts()
    assert (waiting.state, waiting.uncertain_at, waiting.looks) == ("pending", None, 0)
    assert waiting.due_at == now + LEASE


def test_what_was_never_proved_ends_when_its_time_is_over(
    town: Town, database: Database, settings: Settings, claimed: Claim
) -> None:
    settle(database, settings, Settled(claimed, Accepted("SM-1"), "twilio"))
    (sent,) = town.attempts()
    for moment, state in ((sent.due_at - timedelta(seconds=1), "sent"), (sent.due_at, "unproven")):
        with database.writing() as session:
            end_unproven(session, moment)
        assert town.states() == [state]
    (ended,) = town.attempts()
    assert (ended.ended_at, ended.follow_up_at) == (sent.due_at, sent.due_at)
    assert town.notice_states() == ["handed_over"]


def test_one_letter_that_cannot_be_written_is_told_to_the_operator_and_tried_again(
    town: Town, deliveries: Deliveries
) -> None:
    contact = town.contact(town.victim(contacts=0))
    town.event()
    town.change(type(town.contact_row(contact)), contact, address=b"not sealed by any key of ours")
    with log_lines() as lines:
        deliveries.dispatch.once()
        deliveries.all_due()
    (attempt,) = town.attempts()
    (line,) = [line for line in lines if line["event"] == "delivery.unsendable"]
    assert (line["attempt"], line["problem"]) == (str(attempt.id), "Unsealable")
    assert attempt.state == "pending"
