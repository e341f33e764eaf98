"""A day without proof: the next contact, then the office, each once, whatever the network says later."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest

from casestatus.cases.models import Case, TimelineEvent
from casestatus.cases.registering import add_proceeding, open_case
from casestatus.cases.stages import Model
from casestatus.database import Database
from casestatus.notices.climbing import Ladder
from casestatus.notices.escalating import Escalation
from casestatus.notices.models import AttemptState, DeliveryAttempt, Notice, NoticeState
from casestatus.notices.providers import Undelivered
from casestatus.notices.settling import Settlement
from casestatus.offices.models import Institution, TaskKind
from casestatus.offices.registering import add_office
from casestatus.settings import Settings
from casestatus.victims.models import Channel, ContactPolicy, Victim, VictimProceeding
from tests.notices.conftest import PUBLIC_URL, Callbacks, Deliveries
from tests.notices.town import DAY, POLICY, Town
from tests.standins.twilio import TwilioStandIn

FIRST, SECOND = "+525511112222", "+525511113333"


def kinds(town: Town) -> list[str]:
    return [task.kind for task in town.tasks() if task.resolved_at is None]


@pytest.fixture
def told(town: Town, deliveries: Deliveries, twilio: TwilioStandIn) -> str:
    """A victim with two contacts, and the id of the message that left for the first."""
    victim = town.victim(contacts=0)
    for number in (FIRST, SECOND):
        town.contact(victim, number)
    town.event()
    deliveries.all_due()
    return twilio.ledger.accepted[0].sid


def test_a_day_without_proof_leads_to_the_next_contact_and_another_to_the_office(
    town: Town, told: str, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    deliveries.later(hours=23.9)
    assert town.states() == ["sent"]
    deliveries.later(hours=0.2)
    assert town.states() == ["sent", "sent"]
    assert [message.parameters["To"] for message in twilio.ledger.accepted] == [FIRST, SECOND]
    assert kinds(town) == []
    deliveries.later(hours=24.1)
    assert (kinds(town), town.notice_states()) == (["unproven"], ["for_the_office"])
    deliveries.later(hours=200)
    assert (len(twilio.ledger.accepted), len(town.tasks())) == (2, 1)
    assert town.states() == ["unproven", "unproven"]


def test_proof_within_the_day_ends_it(
    town: Town, told: str, deliveries: Deliveries, twilio: TwilioStandIn, callbacks: Callbacks
) -> None:
    callbacks.send(twilio.receipt(told, "delivered"))
    deliveries.later(hours=100)
    assert (town.states(), town.tasks()) == (["delivered"], [])


def test_a_late_receipt_of_the_first_counts_for_itself_and_moves_nothing_twice(
    town: Town, told: str, deliveries: Deliveries, twilio: TwilioStandIn, callbacks: Callbacks
) -> None:
    deliveries.later(hours=24.1)
    for _ in range(3):
        callbacks.send(twilio.receipt(told, "undelivered", 30003))
    deliveries.all_due()
    assert (town.states(), town.notice_states()) == (["undelivered", "sent"], ["handed_over"])
    callbacks.send(twilio.receipt(twilio.ledger.accepted[1].sid, "delivered"))
    assert (town.states(), town.notice_states()) == (["undelivered", "delivered"], ["proved"])
    deliveries.later(hours=100)
    assert (len(twilio.ledger.accepted), town.tasks()) == (2, [])


def test_proof_that_comes_before_the_second_leaves_spares_it(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, callbacks: Callbacks
) -> None:
    victim = town.victim(contacts=0)
    town.contact(victim, FIRST)
    town.event()
    deliveries.all_due()
    now = town.database.now() + timedelta(hours=24.1)
    hours = f"{now + timedelta(hours=2):%H:%M}-{now + timedelta(hours=4):%H:%M}"
    town.contact(victim, SECOND, hours=hours, time_zone="UTC")
    deliveries.later(hours=24.1)
    assert town.states() == ["sent", "pending"]
    callbacks.send(twilio.receipt(twilio.ledger.accepted[0].sid, "delivered"))
    deliveries.later(hours=3)
    assert (town.states(), town.notice_states()) == (["delivered", "cancelled"], ["proved"])
    assert len(twilio.ledger.accepted) == 1


def test_a_late_proof_takes_the_task_off_the_office_s_list(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, callbacks: Callbacks
) -> None:
    town.victim(FIRST)
    town.event()
    deliveries.all_due()
    deliveries.later(hours=24.1)
    assert kinds(town) == ["unproven"]
    callbacks.send(twilio.receipt(twilio.ledger.accepted[0].sid, "delivered"))
    assert (kinds(town), town.notice_states()) == ([], ["proved"])


def test_her_own_answer_takes_the_task_off_the_office_s_list_as_well(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, callbacks: Callbacks
) -> None:
    town.victim(FIRST)
    town.event()
    deliveries.all_due()
    deliveries.later(hours=24.1)
    assert kinds(town) == ["unproven"]
    callbacks.send(twilio.incoming(f"{PUBLIC_URL}/webhooks/twilio/inbound", FIRST, "1"))
    assert (kinds(town), town.notice_states()) == ([], ["handed_over"])
    deliveries.later(hours=100)
    assert (kinds(town), town.notice_states()) == ([], ["handed_over"])


@pytest.mark.parametrize("proved", [True, False])
def test_a_second_hand_over_that_stays_unclear_is_for_the_office_only_without_proof_of_the_first(
    town: Town,
    told: str,
    deliveries: Deliveries,
    twilio: TwilioStandIn,
    callbacks: Callbacks,
    settings: Settings,
    proved: bool,
) -> None:
    deliveries.later(hours=24.1)
    if proved:
        callbacks.send(twilio.receipt(told, "delivered"))
    with town.database.writing() as session:
        settlement = Settlement(session, now=town.database.now(), settings=settings)
        settlement.leave_unproven(session.get_one(DeliveryAttempt, town.attempts()[1].id))
    assert town.notice_states() == ["proved" if proved else "for_the_office"]
    assert kinds(town) == ([] if proved else ["unproven"])


def test_whoever_answered_one_is_not_sought_any_more(
    town: Town, told: str, deliveries: Deliveries, twilio: TwilioStandIn, callbacks: Callbacks
) -> None:
    callbacks.send(twilio.incoming(f"{PUBLIC_URL}/webhooks/twilio/inbound", FIRST, "1"))
    deliveries.later(hours=100)
    assert (town.states(), town.tasks()) == (["unproven"], [])


@pytest.mark.parametrize("end", ["closed", "hidden", "superseded"])
def test_what_is_no_news_any_more_is_brought_to_nobody(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, end: str
) -> None:
    victim = town.victim(contacts=0)
    town.contact(victim, FIRST)
    town.contact(victim, SECOND)
    event, _ = town.event()
    deliveries.all_due()
    if end == "closed":
        town.change(Victim, victim, closed_at=town.database.now())
    if end == "hidden":
        town.change(TimelineEvent, event, shown_at=None, shown_on=None)
    if end == "superseded":
        town.event(supersedes=event)
        deliveries.all_due()
    deliveries.later(hours=24.1)
    told = [message.parameters["To"] for message in twilio.ledger.accepted]
    assert told == ([FIRST, FIRST, SECOND] if end == "superseded" else [FIRST])
    assert town.tasks() == []


def test_whoever_paused_since_then_is_reached_by_the_office_only_for_what_the_law_owes(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    victim = town.victim(contacts=0)
    for number in (FIRST, SECOND):
        town.contact(victim, number)
    town.event()
    deliveries.all_due()
    town.change(Victim, victim, contact_policy=ContactPolicy.PAUSED)
    deliveries.later(hours=24.1)
    assert (len(twilio.ledger.accepted), kinds(town)) == (1, ["unproven"])


@pytest.mark.parametrize("policy", [ContactPolicy.PAUSED, ContactPolicy.DO_NOT_CONTACT])
@pytest.mark.parametrize(
    ("status", "code", "ends"),
    [
        ("sent", None, ("unproven", "handed_over")),
        ("undelivered", 30003, ("undelivered", "not_wanted")),
        ("failed", 30006, ("failed", "not_wanted")),
    ],
)
def test_nobody_seeks_whoever_asked_for_silence_while_our_own_wish_to_tell_was_on_its_way(
    town: Town,
    deliveries: Deliveries,
    twilio: TwilioStandIn,
    callbacks: Callbacks,
    policy: ContactPolicy,
    status: str,
    code: int | None,
    ends: tuple[str, str],
) -> None:
    victim = town.victim(FIRST)
    town.event(POLICY)
    deliveries.all_due()
    town.change(Victim, victim, contact_policy=policy)
    callbacks.send(twilio.receipt(twilio.ledger.accepted[0].sid, status, code))
    deliveries.later(hours=100)
    assert (*town.states(), *town.notice_states()) == ends
    assert town.tasks() == []


@pytest.mark.parametrize(("code", "tasks"), [("CI19", ["unproven"]), (POLICY, [])])
def test_e_mail_proves_nothing_so_the_office_is_asked_only_for_what_the_law_owes(
    town: Town, deliveries: Deliveries, code: str, tasks: list[str]
) -> None:
    town.contact(town.victim(contacts=0), "ana@correo.example", channel=Channel.EMAIL)
    town.event(code)
    deliveries.all_due()
    deliveries.later(hours=24.1)
    assert kinds(town) == tasks


def test_an_e_mail_that_comes_back_after_the_day_is_for_the_office_after_all(
    town: Town, deliveries: Deliveries, settings: Settings
) -> None:
    town.contact(town.victim(contacts=0), "ana@correo.example", channel=Channel.EMAIL)
    town.event(POLICY)
    deliveries.all_due()
    deliveries.later(hours=30)
    assert (town.notice_states(), kinds(town)) == (["handed_over"], [])
    does_not_arrive(town, settings)
    assert (town.notice_states(), kinds(town)) == (["for_the_office"], ["unreachable"])
    deliveries.later(hours=100)
    assert (town.notice_states(), kinds(town)) == (["for_the_office"], ["unreachable"])


def test_nobody_waits_for_the_office_where_it_has_no_task(
    town: Town, deliveries: Deliveries, settings: Settings
) -> None:
    victim = town.victim(FIRST)
    town.event(POLICY)
    deliveries.all_due()
    town.change(Victim, victim, contact_policy=ContactPolicy.PAUSED)
    deliveries.later(hours=30)
    does_not_arrive(town, settings)
    assert (town.notice_states(), kinds(town)) == (["not_wanted"], [])


def test_what_the_office_was_asked_for_stays_with_it_when_an_earlier_message_turns_out_lost(
    town: Town, told: str, deliveries: Deliveries, settings: Settings
) -> None:
    deliveries.later(hours=24.1)
    deliveries.later(hours=24.1)
    assert (town.notice_states(), kinds(town)) == (["for_the_office"], ["unproven"])
    does_not_arrive(town, settings)
    assert (town.states(), town.notice_states(), kinds(town)) == (
        ["undelivered", "sent"],
        ["for_the_office"],
        ["unproven"],
    )


@pytest.mark.parametrize("unclear", [True, False])
@pytest.mark.parametrize("end", ["closed", "superseded", "seen"])
def test_nobody_is_sought_for_what_is_no_news_any_more(
    town: Town, deliveries: Deliveries, settings: Settings, end: str, unclear: bool
) -> None:
    victim = town.victim(FIRST)
    event, _ = town.event()
    deliveries.all_due()
    if end == "closed":
        town.change(Victim, victim, closed_at=town.database.now())
    if end == "superseded":
        town.event(supersedes=event)
    if end == "seen":
        town.change(DeliveryAttempt, town.attempts()[0].id, seen_at=town.database.now())
    does_not_arrive(town, settings, unclear=unclear)
    assert kinds(town) == []


def does_not_arrive(town: Town, settings: Settings, *, unclear: bool = False) -> None:
    """What the first message's receipt says, or that its hand-over stays unclear."""
    with town.database.writing() as session:
        settlement = Settlement(session, now=town.database.now(), settings=settings)
        attempt = session.get_one(DeliveryAttempt, town.attempts()[0].id)
        settlement.leave_unproven(attempt) if unclear else settlement.report(attempt, Undelivered("30003"))


def another_office(town: Town) -> UUID:
    with town.database.writing() as session:
        institution = session.get_one(Institution, session.get_one(Case, town.case_id).institution_id)
        zone, now = "America/Mexico_City", town.database.now()
        return add_office(session, institution, code="GAM-1", name="GAM-1", time_zone=zone, now=now).id


def another_line(town: Town, *, of_case: UUID | None = None, office_id: UUID | None = None) -> UUID:
    """A second line of this case, or the first of a new one, with this office."""
    with town.database.writing() as session:
        now, first = town.database.now(), session.get_one(Case, town.case_id)
        case = first
        if of_case is None:
            place = {"institution_id": first.institution_id, "office_id": office_id or first.office_id}
            case = open_case(session, **place, model=Model.CI, opened_on=DAY, now=now)
        line = add_proceeding(session, case, ordinal=2, crime="x", stage="CI01", since=DAY, now=now)
        line.office_id = office_id if of_case else None
        return line.id


def may_see(town: Town, victim: UUID, line: UUID) -> None:
    with town.database.writing() as session:
        session.add(VictimProceeding(victim_id=victim, proceeding_id=line, linked_at=town.database.now()))


def test_the_task_is_for_the_office_that_has_the_line_and_names_it(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    """Two lines of her case are with two offices: each is asked about its own."""
    first, home = town.line_id, office_of_case(town)
    other = another_office(town)
    moved = another_line(town, of_case=town.case_id, office_id=other)
    victim = town.victim(FIRST)
    may_see(town, victim, moved)
    twilio.behaviour.refused[FIRST] = 21614
    town.event()
    town.line_id = moved
    town.event()
    deliveries.all_due()
    about = {(task.office_id, task.proceeding_id, task.victim_id, task.case_id) for task in town.tasks()}
    assert about == {(home, first, victim, town.case_id), (other, moved, victim, town.case_id)}
    owed = {notice.id: notice.proceeding_id for notice in town.notices()}
    assert {task.notice_id: task.proceeding_id for task in town.tasks()} == owed


def test_about_a_line_of_another_case_the_task_is_for_her_own_office(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    home = office_of_case(town)
    elsewhere = another_line(town, office_id=another_office(town))
    victim = town.victim(FIRST)
    may_see(town, victim, elsewhere)
    twilio.behaviour.refused[FIRST] = 21614
    town.line_id = elsewhere
    town.event()
    deliveries.all_due()
    [task] = town.tasks()
    assert (task.office_id, task.proceeding_id, task.case_id, task.victim_id) == (home, None, town.case_id, victim)


def office_of_case(town: Town) -> UUID:
    with town.database.reading() as session:
        return session.get_one(Case, town.case_id).office_id


def test_two_workers_write_to_the_next_contact_once(
    town: Town, told: str, deliveries: Deliveries, database: Database, settings: Settings
) -> None:
    for _ in range(8):
        victim = town.victim(contacts=0)
        town.contact(victim)
        town.contact(victim)
    town.event()
    deliveries.all_due()
    deliveries.clock.advance(timedelta(hours=24.1))
    workers = [threading.Thread(target=Escalation(database, settings).once) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    while Escalation(database, settings).once():
        pass
    assert sorted(attempt.rung for attempt in town.attempts()) == [1] * 10 + [2] * 10
    assert town.tasks() == []


def test_what_left_first_climbs_first(
    town: Town, deliveries: Deliveries, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When more wait for proof than are looked at together."""
    monkeypatch.setattr("casestatus.notices.escalating.AT_ONCE", 1)
    for _ in range(3):
        town.victim()
    town.event()
    deliveries.all_due()
    long_ago = database.now() - timedelta(days=2)
    first, second, third = town.attempts()
    for attempt, hours in ((first, 2), (second, 1), (third, 3)):
        town.change(DeliveryAttempt, attempt.id, sent_at=long_ago + timedelta(hours=hours))
    climbed = []
    for _ in range(3):
        assert Escalation(database, settings).once()
        climbed.append([attempt.climbed_at is not None for attempt in town.attempts()])
    assert climbed == [[False, True, False], [True, True, False], [True, True, True]]


def test_a_later_event_is_news_again_for_whoever_was_told_of_an_earlier_one(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    """While the first notice climbs, the next one isn't hidden in it: the first contact is told anew."""
    victim = town.victim(contacts=0)
    town.contact(victim, FIRST)
    town.contact(victim, SECOND, hours="00:00-00:01", time_zone=zone_where_it_is_noon(town))
    town.event()
    deliveries.all_due()
    deliveries.later(hours=24.1)
    assert town.states() == ["sent", "pending"]
    assert town.event()[1] == 1
    deliveries.all_due()
    assert [message.parameters["To"] for message in twilio.ledger.accepted] == [FIRST, FIRST]


def zone_where_it_is_noon(town: Town) -> str:
    """Where the first minute of a day is far away."""
    offset = 12 - town.database.now().hour
    return f"Etc/GMT{-offset:+d}" if offset else "UTC"


def test_news_of_a_line_leaves_in_the_order_in_which_it_came(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    """The first is being handed over when a correction of it is owed: that one waits."""
    town.victim(FIRST)
    wrong, _ = town.event()
    [first] = town.attempts()
    now = town.database.now()
    town.change(DeliveryAttempt, first.id, state="uncertain", first_try_at=now, uncertain_at=now)
    town.change(type(town.notices()[0]), first.notice_id, state="under_way")
    assert town.event(supersedes=wrong)[1] == 1
    deliveries.once()
    assert twilio.ledger.accepted == []
    for _ in range(20):
        deliveries.later(minutes=1)
    words = [message.parameters["Body"] for message in twilio.ledger.accepted]
    assert [("no era correcto" in each) for each in words] == [True]
    assert town.states() == ["cancelled", "sent"]


@pytest.mark.parametrize(("hers", "state"), [(True, "handed_over"), (False, "not_wanted")])
def test_what_nobody_is_asked_for_any_more_is_told_by_what_left_of_it(
    town: Town, deliveries: Deliveries, hers: bool, state: str
) -> None:
    """The office was asked; then she asked for silence, and our own policy owes her nothing more."""
    silent, other = town.victim(), town.victim()
    town.event(POLICY)
    deliveries.all_due()
    (of_hers,) = (notice for notice in town.notices() if notice.victim_id == silent)
    if not hers:
        (attempt,) = (attempt for attempt in town.attempts() if attempt.notice_id == of_hers.id)
        town.change(DeliveryAttempt, attempt.id, state=AttemptState.CANCELLED, ended_at=town.database.now())
    town.change(Notice, of_hers.id, state=NoticeState.FOR_THE_OFFICE)
    town.change(Victim, silent, contact_policy=ContactPolicy.DO_NOT_CONTACT)
    with town.database.writing() as session:
        ladder = Ladder(session, now=town.database.now())
        ladder.leave_to_the_office(session.get_one(Notice, of_hers.id), TaskKind.UNPROVEN)
    states = {notice.victim_id: notice.state for notice in town.notices()}
    assert states == {silent: state, other: "handed_over"}
