"""What becomes of an e-mail: handed over once, tried again when it certainly wasn't, and never when we can't know."""

from datetime import timedelta

from casestatus.notices.models import AttemptState
from casestatus.notices.queue import claim
from casestatus.victims.models import Channel
from tests.notices.conftest import Deliveries
from tests.notices.email.conftest import ANA, OTHER, reader
from tests.notices.town import Town
from tests.standins.smtp import SmtpStandIn


def test_a_notice_leaves_once_by_email_and_ends_unproven(town: Town, deliveries: Deliveries, post: SmtpStandIn) -> None:
    reader(town, ANA)
    town.event()
    deliveries.all_due()
    (taken,), (attempt,) = post.accepted, town.attempts()
    assert (taken.recipient, taken.message["To"]) == (ANA, ANA)
    assert taken.message["Message-ID"] == f"<{attempt.id}@consulta.example>"
    assert f"Ref {attempt.reference}" in taken.text
    assert (attempt.state, attempt.provider, attempt.provider_id) == ("sent", "smtp", str(attempt.id))
    deliveries.later(hours=73)
    assert town.states() == ["unproven"]
    assert len(post.accepted) == 1


def test_no_two_messages_have_a_token_in_common_and_the_database_has_none(
    town: Town, deliveries: Deliveries, post: SmtpStandIn
) -> None:
    reader(town, ANA)
    town.event()
    deliveries.all_due()
    town.event()
    deliveries.all_due()
    found = [each.sender.partition("+")[2].partition("@")[0] for each in post.accepted]
    found += [str(each.message["List-Unsubscribe"]).rpartition("/")[2].strip(">") for each in post.accepted]
    assert len(set(found)) == 4
    assert {len(token) for token in found} == {32}
    for attempt in town.attempts():
        kept = b"".join(value for value in vars(attempt).values() if isinstance(value, bytes))
        assert not [token for token in found if token.encode() in kept]


def test_many_messages_share_a_few_connections(town: Town, deliveries: Deliveries, post: SmtpStandIn) -> None:
    for number in range(20):
        reader(town, f"ana{number}@correo.example")
    town.event()
    deliveries.all_due()
    assert town.states() == ["sent"] * 20
    assert len({each.recipient for each in post.accepted}) == 20
    assert post.seen["AUTH"] <= 4


def test_a_server_that_says_later_is_tried_again(town: Town, deliveries: Deliveries, post: SmtpStandIn) -> None:
    post.behaviour.next = ["busy", "full_disk"]
    reader(town, ANA)
    town.event()
    deliveries.all_due()
    assert (town.states(), post.accepted) == (["pending"], [])
    deliveries.later(seconds=11)
    assert (town.states(), post.accepted) == (["pending"], [])
    deliveries.later(seconds=21)
    assert (town.states(), len(post.accepted)) == (["sent"], 1)


def test_an_unknown_mailbox_fails_for_good_and_the_next_contact_is_written_to(
    town: Town, deliveries: Deliveries, post: SmtpStandIn
) -> None:
    post.behaviour.next = ["unknown"]
    reader(town, ANA, OTHER)
    town.event()
    deliveries.all_due()
    assert town.states() == ["failed", "sent"]
    assert town.attempts()[0].code == "5.1.1"
    assert [each.recipient for each in post.accepted] == [OTHER]
    first, second = (town.contact_row(attempt.contact_id) for attempt in town.attempts())
    assert (first.reconfirm_by is None, second.reconfirm_by is None) == (False, True)


def test_a_message_that_nobody_takes_fails_and_leaves_her_address_as_good_as_it_was(
    town: Town, deliveries: Deliveries, post: SmtpStandIn
) -> None:
    post.behaviour.next = ["unwanted"]
    reader(town, ANA)
    town.event()
    deliveries.all_due()
    assert (town.states(), town.notice_states()) == (["failed"], ["for_the_office"])
    assert [task.kind for task in town.tasks()] == ["unreachable"]
    assert town.contact_row(town.attempts()[0].contact_id).reconfirm_by is None
    assert town.event()[1] == 1


def test_a_connection_lost_after_the_message_is_never_repeated_and_ends_at_the_office(
    town: Town, deliveries: Deliveries, post: SmtpStandIn
) -> None:
    post.behaviour.next = ["drop_after"]
    reader(town, ANA, OTHER)
    town.event()
    deliveries.all_due()
    assert (town.states(), town.notice_states()) == (["uncertain"], ["under_way"])
    for minutes in (1, 30, 31):
        deliveries.later(minutes=minutes)
    assert (town.states(), town.notice_states()) == (["unproven"], ["for_the_office"])
    assert [task.kind for task in town.tasks()] == ["unproven"]
    assert len(post.accepted) == 1


def test_a_worker_that_died_with_a_message_in_hand_repeats_nothing(
    town: Town, deliveries: Deliveries, post: SmtpStandIn
) -> None:
    reader(town, ANA)
    town.event()
    with town.database.writing() as session:
        held = claim(
            session, AttemptState.PENDING, Channel.EMAIL, limit=1, now=town.database.now(), lease=timedelta(seconds=30)
        )
    assert len(held) == 1
    deliveries.later(seconds=31)
    assert (town.states(), post.accepted) == (["uncertain"], [])
    for minutes in (1, 30, 31):
        deliveries.later(minutes=minutes)
    assert (town.states(), post.accepted) == (["unproven"], [])
    assert [task.kind for task in town.tasks()] == ["unproven"]


def test_a_server_that_refuses_us_costs_no_contact_and_the_notice_leaves_when_it_takes_us_again(
    town: Town, deliveries: Deliveries, post: SmtpStandIn
) -> None:
    post.behaviour.sender = "550 5.7.1 Not from you"
    reader(town, ANA)
    town.event()
    deliveries.all_due()
    assert (town.states(), post.accepted) == (["pending"], [])
    post.behaviour.sender = "250 2.0.0 OK"
    for _ in range(3):
        deliveries.later(minutes=10)
    assert (town.states(), len(post.accepted)) == (["sent"], 1)
    assert town.contact_row(town.attempts()[0].contact_id).reconfirm_by is None


def test_a_code_leaves_by_email_and_is_not_kept(town: Town, deliveries: Deliveries, post: SmtpStandIn) -> None:
    victim = town.victim(contacts=0)
    contact = town.contact(victim, ANA, channel=Channel.EMAIL, confirmed_at=None)
    town.code(contact, deliveries.settings)
    deliveries.all_due()
    (taken,) = post.accepted
    assert taken.message["Subject"] == "Tu código"
    assert "482193" in taken.text
    assert town.notices()[0].payload is None


def test_the_message_tells_nothing_of_the_case(town: Town, deliveries: Deliveries, post: SmtpStandIn) -> None:
    reader(town, ANA)
    town.event()
    deliveries.all_due()
    (taken,) = post.accepted
    told = taken.content.decode()
    for telling in ("CI19", "Fiscal", "FGJ", "CUH", "caso", "denuncia", "victim", "127.0.0.1"):
        assert telling not in told
    assert told.count("http") == 1, "one link, and that in a header"


def test_without_proof_of_an_sms_the_next_day_s_rung_is_her_email(
    town: Town, deliveries: Deliveries, post: SmtpStandIn
) -> None:
    victim = town.victim("+525511112222")
    town.contact(victim, ANA, channel=Channel.EMAIL)
    town.event()
    deliveries.all_due()
    assert (town.states(), post.accepted) == (["sent"], [])
    deliveries.later(hours=25)
    assert [each.recipient for each in post.accepted] == [ANA]
    assert town.states() == ["sent", "sent"]
