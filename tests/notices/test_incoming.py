"""What she answers to our messages, through our own door: only exact words count, and nothing else is ever undone."""

from datetime import timedelta

import pytest

from casestatus.notices.incoming import Incoming, Word, word_of
from casestatus.notices.models import DeliveryAttempt, ProviderReceipt
from casestatus.notices.sent import MessageState, messages_of
from casestatus.settings import Settings
from casestatus.victims.models import Contact, ContactPolicy, Victim
from tests.notices.conftest import PUBLIC_URL, Callbacks, Deliveries
from tests.notices.town import POLICY, Town
from tests.standins.twilio import TwilioStandIn
from tests.standins.twilio_callbacks import Callback

NUMBER, SECOND = "+525511112222", "+525511113333"
URL = f"{PUBLIC_URL}/webhooks/twilio/inbound"
DONE = "Listo. No recibiras mas mensajes en este numero. COMENZAR para volver. Ref "
FREE = "Servicio gratuito de avisos. Consulta por el medio que ya conoces o en tu modulo. BAJA para no recibir. Ref "


class Phone:
    """Her telephone, which writes to us."""

    def __init__(self, twilio: TwilioStandIn, callbacks: Callbacks, deliveries: Deliveries) -> None:
        self.twilio, self.callbacks, self.deliveries = twilio, callbacks, deliveries

    def writes(self, text: str, number: str = NUMBER) -> Callback:
        """Sends this, and whatever follows from it leaves."""
        callback = self.twilio.incoming(URL, number, text)
        self.sends(callback)
        return callback

    def sends(self, callback: Callback) -> None:
        answer = self.callbacks.answer(callback)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
        assert answer.text.endswith("<Response/>")
        self.deliveries.all_due()

    @property
    def received(self) -> list[str]:
        return [message.parameters["Body"][:-3] for message in self.twilio.ledger.accepted]


@pytest.fixture
def phone(twilio: TwilioStandIn, callbacks: Callbacks, deliveries: Deliveries) -> Phone:
    return Phone(twilio, callbacks, deliveries)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *((text, Word.STOP) for text in ("STOP", "BAJA", "CANCELAR", "PARAR", "ALTO", "QUIT", "END", "NO")),
        *((text, Word.START) for text in ("ALTA", "COMENZAR", "SI", "START")),
        *((text, Word.HELP) for text in ("AYUDA", "INFO", "HELP")),
        ("1", Word.SEEN),
        (" Baja\n", Word.STOP),
        ("alto", Word.STOP),
        ("alta", Word.START),
        *((text, None) for text in ("ALT", "ALTOS", "BAJA ya", "NO STOP", "SÍ", "\u017fi", "11", "uno", "")),
        *(
            (text, Word.STOP)
            for text in ("baja.", "Stop!", "BAJA \U0001f64f", "¡¡BAJA!!", "*alto*", "\u200b_No_\u00a0")
        ),
        *((text, Word.STOP) for text in ("\U0001f64f\U0001f3fd\ufe0f\nbaja\r\n...", '"Quit"')),
        *((text, None) for text in ("Alta.", "¡SI!", "start \U0001f64f", "ayuda?", "1.", "(alta)")),
        *(
            (text, None)
            for text in (
                "b.a.j.a",
                "BAJA 1",
                "1 baja",
                "bájá",
                "BAJA, ALTA",
                "no-stop",
                "ＢＡＪＡ",
                "...",
                "\U0001f64f",
            )
        ),
    ],
)
def test_only_the_exact_word_counts_and_a_stop_also_between_marks(text: str, word: Word | None) -> None:
    assert word_of(text) is word


def test_stop_holds_for_the_address_over_every_access_and_is_confirmed_once(town: Town, phone: Phone) -> None:
    first, other = town.victim(NUMBER), town.victim(contacts=0)
    same_phone = town.contact(other, NUMBER)
    town.event(delay=timedelta(minutes=15))
    phone.writes("Baja")
    assert phone.received == [DONE]
    assert town.contact_row(same_phone).stopped_at is not None
    assert town.states() == ["cancelled", "cancelled", "sent"]
    assert [task.kind for task in town.tasks()] == ["unreachable", "unreachable"]
    phone.writes("STOP")
    phone.deliveries.later(minutes=20)
    assert phone.received == [DONE]
    assert {first, other} >= {notice.victim_id for notice in town.notices() if notice.kind == "stop"}


def test_a_stop_takes_nothing_from_anybody_else(town: Town, phone: Phone) -> None:
    town.victim(NUMBER)
    town.victim(SECOND)
    town.event(delay=timedelta(minutes=15))
    phone.writes("BAJA")
    phone.deliveries.later(minutes=16)
    assert [message.parameters["To"] for message in phone.twilio.ledger.accepted] == [NUMBER, SECOND]
    assert town.states() == ["cancelled", "sent", "sent"]


def test_a_stop_changes_nothing_of_what_left_before(town: Town, phone: Phone) -> None:
    """However often it is said, and whoever else is still written to."""
    town.victim(NUMBER)
    town.event()
    phone.deliveries.all_due()
    town.victim(SECOND)
    for _ in range(2):
        phone.writes("BAJA")
    assert (town.states(), town.notice_states()) == (["sent", "sent"], ["handed_over", "handed_over"])
    assert (len(phone.received), phone.received[-1], town.tasks()) == (2, DONE, [])


def test_a_stop_that_is_repeated_holds_since_the_first(town: Town, phone: Phone) -> None:
    contact = town.contact(town.victim(contacts=0), NUMBER)
    phone.writes("BAJA")
    since = town.contact_row(contact).stopped_at
    phone.deliveries.clock.advance(timedelta(hours=1))
    phone.writes("STOP")
    assert town.contact_row(contact).stopped_at == since


def test_what_waited_for_a_stopped_address_goes_to_another_contact(town: Town, phone: Phone) -> None:
    victim = town.victim(contacts=0)
    town.contact(victim, NUMBER)
    town.contact(victim, SECOND)
    town.event(delay=timedelta(minutes=15))
    phone.writes("PARAR")
    told = {message.parameters["To"]: message.parameters["Body"][:-3] for message in phone.twilio.ledger.accepted}
    assert told.pop(NUMBER) == DONE
    assert list(told) == [SECOND]
    assert town.tasks() == []


def test_after_a_stop_what_the_law_owes_her_is_a_task_of_the_office(town: Town, phone: Phone) -> None:
    town.victim(NUMBER)
    phone.writes("ALTO")
    assert town.event(POLICY)[1] == 0
    assert town.tasks() == []
    assert town.event()[1] == 0
    assert [task.kind for task in town.tasks()] == ["unreachable"]
    assert phone.received == [DONE]


def test_where_confirmations_are_switched_off_a_stop_is_answered_with_silence(
    town: Town, settings: Settings, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    contact = town.contact(town.victim(contacts=0), NUMBER)
    silent = settings.with_changes(confirm_stops=False)
    with town.database.writing() as session:
        incoming = Incoming(session, town.keys, now=town.database.now(), settings=silent)
        incoming.take("twilio", "SM" + "0c" * 16, sender=NUMBER, text="BAJA")
    deliveries.all_due()
    assert town.contact_row(contact).stopped_at is not None
    assert twilio.ledger.accepted == []


def test_she_finds_the_confirmation_among_her_messages(town: Town, phone: Phone) -> None:
    victim = town.victim(NUMBER)
    phone.writes("BAJA")
    reference = phone.twilio.ledger.accepted[0].parameters["Body"][-3:]
    with town.database.reading() as session:
        [message] = messages_of(session, victim)
    assert (message.state, message.reference) == (MessageState.HANDED_OVER, reference)


def test_the_confirmation_waits_for_her_hours_and_a_second_stop_does_not_take_it_away(town: Town, phone: Phone) -> None:
    now = town.database.now()
    past = (now - timedelta(hours=3)).strftime("%H:%M"), (now - timedelta(hours=1)).strftime("%H:%M")
    town.contact(town.victim(contacts=0), NUMBER, hours="-".join(past), time_zone="UTC")
    phone.writes("BAJA")
    phone.writes("BAJA")
    assert phone.received == []
    phone.deliveries.later(hours=21.5)
    assert phone.received == [DONE]


def test_a_start_undoes_a_stop_and_its_confirmation_that_did_not_leave(town: Town, phone: Phone) -> None:
    town.victim(NUMBER)
    phone.writes("BAJA")
    phone.writes("Comenzar")
    assert town.event()[1] == 1
    phone.deliveries.all_due()
    assert [words[:4] for words in phone.received] == ["List", "Hay "]


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (Victim, {"contact_policy": ContactPolicy.DO_NOT_CONTACT}),
        (Victim, {"contact_policy": ContactPolicy.PAUSED}),
        (Contact, {"safe": False}),
        (Contact, {"removed_at": "now"}),
        (Contact, {"confirmed_at": None}),
        (Contact, {"reconfirm_by": "today"}),
    ],
)
def test_a_start_undoes_nothing_but_a_stop(town: Town, phone: Phone, table: type, values: dict[str, object]) -> None:
    victim = town.victim(contacts=0)
    contact = town.contact(victim, NUMBER)
    now = town.database.now()
    meant = {"now": now, "today": now.date()}
    changed = {name: meant.get(value, value) if isinstance(value, str) else value for name, value in values.items()}
    town.change(table, victim if table is Victim else contact, **changed)
    for word in ("BAJA", "ALTA", "START", "AYUDA"):
        phone.writes(word)
    assert town.notices() == []
    assert town.event()[1] == 0
    assert phone.received == []


def test_an_inexact_word_changes_nothing(town: Town, phone: Phone) -> None:
    contact = town.contact(town.victim(contacts=0), NUMBER)
    for text in ("ALT", "no entiendo", "¿quién es?", ""):
        phone.writes(text)
    assert town.contact_row(contact).stopped_at is None
    phone.writes("ALTO")
    for text in ("ALT", "ALTAS", "sí"):
        phone.writes(text)
    assert town.contact_row(contact).stopped_at is not None


def test_help_is_answered_once_an_hour_and_never_after_a_stop(town: Town, phone: Phone) -> None:
    town.victim(NUMBER)
    phone.writes("ayuda")
    phone.writes("INFO")
    assert phone.received == [FREE]
    phone.deliveries.clock.advance(timedelta(hours=2))
    phone.writes("BAJA")
    phone.writes("AYUDA")
    assert phone.received == [FREE, DONE]


def test_help_is_answered_again_after_an_hour(town: Town, phone: Phone) -> None:
    town.victim(NUMBER)
    phone.writes("AYUDA")
    phone.deliveries.clock.advance(timedelta(minutes=59))
    phone.writes("AYUDA")
    assert phone.received == [FREE]
    phone.deliveries.clock.advance(timedelta(minutes=2))
    phone.writes("AYUDA")
    assert phone.received == [FREE, FREE]


def test_an_answer_to_her_question_is_owed_by_no_law(town: Town, phone: Phone) -> None:
    """It waits for her hours, and once she pauses it is nobody's task to bring it to her."""
    now = town.database.now()
    past = (now - timedelta(hours=3)).strftime("%H:%M"), (now - timedelta(hours=1)).strftime("%H:%M")
    victim = town.victim(contacts=0)
    town.contact(victim, NUMBER, hours="-".join(past), time_zone="UTC")
    phone.writes("AYUDA")
    [waiting] = town.attempts()
    assert (waiting.state, waiting.rung) == ("pending", 1)
    town.change(Victim, victim, contact_policy=ContactPolicy.PAUSED)
    phone.deliveries.later(hours=21.5)
    assert (town.states(), town.notice_states(), town.tasks()) == (["cancelled"], ["not_wanted"], [])


def test_somebody_elses_question_takes_nobodys_answer_away(town: Town, phone: Phone) -> None:
    town.victim(NUMBER)
    town.victim(SECOND)
    phone.writes("AYUDA")
    phone.writes("AYUDA", SECOND)
    assert phone.received == [FREE, FREE]


@pytest.mark.parametrize("last", [0, 1, 2])
def test_the_answer_stands_in_the_access_that_the_address_was_last_written_for(
    town: Town, phone: Phone, settings: Settings, last: int
) -> None:
    """What still waits was not written yet, and what somebody else got last is of no account."""
    victims = [town.victim(contacts=0) for _ in range(3)]
    contacts = [town.contact(victim, NUMBER) for victim in victims]
    for number in ((last + 1) % 3, last):
        town.code(contacts[number], settings)
        phone.deliveries.later(minutes=1)
    town.code(town.contact(town.victim(contacts=0), SECOND), settings)
    phone.deliveries.later(minutes=1)
    town.code(contacts[(last + 2) % 3], settings)
    phone.callbacks.answer(phone.twilio.incoming(URL, NUMBER, "AYUDA"))
    assert [notice.victim_id for notice in town.notices() if notice.kind == "help"] == [victims[last]]


def test_an_access_that_was_closed_answers_for_nobody(town: Town, phone: Phone) -> None:
    town.change(Victim, town.victim(NUMBER), closed_at=town.database.now())
    open_one = town.victim(NUMBER)
    phone.writes("AYUDA")
    assert [notice.victim_id for notice in town.notices()] == [open_one]


def test_whoever_writes_with_the_old_prefix_of_mobiles_is_known(town: Town, phone: Phone) -> None:
    contact = town.contact(town.victim(contacts=0), NUMBER)
    phone.writes("BAJA", NUMBER.replace("+52", "+521"))
    assert town.contact_row(contact).stopped_at is not None


def test_a_stranger_gets_no_answer(town: Town, phone: Phone) -> None:
    town.victim(NUMBER)
    for word in ("BAJA", "AYUDA", "1"):
        phone.writes(word, SECOND)
        phone.writes(word, "+1")
    assert phone.received == []
    assert town.event()[1] == 1


def test_one_means_seen_for_the_last_notice(town: Town, phone: Phone) -> None:
    town.victim(NUMBER)
    for _ in range(2):
        town.event()
        phone.deliveries.all_due()
    phone.writes(" 1 ")
    assert [attempt.seen_at is not None for attempt in town.attempts()] == [False, True]


def seen(town: Town) -> list[object]:
    return [attempt.seen_at for attempt in town.attempts()]


def test_one_is_never_meant_for_a_code_nor_for_what_left_a_week_ago(
    town: Town, phone: Phone, settings: Settings
) -> None:
    contact = town.contact(town.victim(contacts=0), NUMBER)
    town.event()
    phone.deliveries.all_due()
    town.code(contact, settings)
    phone.deliveries.later(minutes=1)
    town.change(DeliveryAttempt, town.attempts()[0].id, sent_at=town.database.now() - timedelta(days=7))
    phone.writes("1")
    assert seen(town) == [None, None]
    town.change(DeliveryAttempt, town.attempts()[0].id, sent_at=town.database.now() - timedelta(days=6.9))
    phone.writes("1")
    assert [moment is not None for moment in seen(town)] == [True, False]


def test_one_is_never_meant_for_what_somebody_else_got(town: Town, phone: Phone) -> None:
    town.victim(NUMBER)
    town.event()
    phone.deliveries.all_due()
    town.victim(SECOND)
    town.event()
    town.change(Victim, town.notices()[0].victim_id, contact_policy=ContactPolicy.PAUSED)
    phone.deliveries.later(minutes=1)
    assert [message.parameters["To"] for message in phone.twilio.ledger.accepted] == [NUMBER, SECOND]
    phone.writes("1")
    assert [attempt.contact_id for attempt in town.attempts() if attempt.seen_at] == [town.attempts()[0].contact_id]


def test_what_was_seen_stays_seen_at_the_first_time(town: Town, phone: Phone) -> None:
    town.victim(NUMBER)
    town.event()
    phone.deliveries.all_due()
    phone.writes("1")
    at_first = seen(town)
    phone.deliveries.clock.advance(timedelta(minutes=5))
    phone.writes("1")
    assert seen(town) == at_first


def test_the_same_message_again_does_nothing_more(town: Town, phone: Phone) -> None:
    contact = town.contact(town.victim(contacts=0), NUMBER)
    stop = phone.writes("BAJA")
    phone.writes("ALTA")
    phone.sends(stop)
    assert town.contact_row(contact).stopped_at is None
    assert phone.received == [DONE]
    with town.database.reading() as session:
        kept = session.query(ProviderReceipt).filter_by(provider_id=stop.fields["MessageSid"]).one()
    assert (kept.provider, kept.status, kept.attempt_id) == ("twilio", "received", None)


def test_what_twilio_did_not_sign_is_refused(town: Town, phone: Phone, settings: Settings) -> None:
    contact = town.contact(town.victim(contacts=0), NUMBER)
    genuine = phone.twilio.incoming(URL, NUMBER, "BAJA")
    forged = phone.twilio.incoming(URL, NUMBER, "BAJA", token="another")
    for bad in (forged, genuine.tampered(Body="ALTO"), genuine.tampered(From=SECOND)):
        assert phone.callbacks.send(bad) == 403
    assert phone.callbacks.send(phone.twilio.incoming(URL, NUMBER, "BAJA", sid="x")) == 403
    assert town.contact_row(contact).stopped_at is None
