"""What Twilio tells us of a message, through our own door: in any order, twice, late, too early, or forged."""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from threading import Barrier

import pytest

from casestatus.crypto import KeyRing, token_hash
from casestatus.database import Database
from casestatus.notices.callbacks import callback_token, callback_url
from casestatus.notices.models import AttemptState, DeliveryAttempt, ProviderReceipt
from casestatus.notices.providers import Delivered, Receipt, Refused, Report, Undelivered
from casestatus.notices.receipts import Receipts
from casestatus.notices.twilio_codes import report_of
from casestatus.settings import Settings
from casestatus.victims.models import Contact
from tests.log_lines import log_lines
from tests.notices.conftest import Callbacks, Deliveries
from tests.notices.town import Town
from tests.standins.twilio import TwilioStandIn
from tests.standins.twilio_callbacks import Callback

NUMBER, SECOND = "+525511112222", "+525511113333"


def receipts(town: Town) -> list[tuple[str, str]]:
    with town.database.reading() as session:
        rows = session.query(ProviderReceipt).order_by(ProviderReceipt.id)
        return [(row.provider_id, row.status) for row in rows]


@pytest.fixture
def sid(town: Town, deliveries: Deliveries, twilio: TwilioStandIn) -> str:
    """A message that Twilio took."""
    town.victim(NUMBER)
    town.event()
    deliveries.all_due()
    return twilio.ledger.accepted[0].sid


def test_a_delivered_message_is_proved(town: Town, sid: str, twilio: TwilioStandIn, callbacks: Callbacks) -> None:
    assert callbacks.send(twilio.receipt(sid, "delivered")) == 204
    assert (town.states(), town.notice_states()) == (["delivered"], ["proved"])
    assert town.attempts()[0].ended_at is not None
    assert receipts(town) == [(sid, "delivered")]


def test_a_receipt_is_kept_with_the_attempt_that_it_tells_of(
    town: Town, sid: str, twilio: TwilioStandIn, callbacks: Callbacks
) -> None:
    before = town.database.now()
    callbacks.send(twilio.receipt(sid, "sent"))
    with town.database.reading() as session:
        kept = session.query(ProviderReceipt).one()
        assert (kept.attempt_id, kept.provider, kept.forget_at) == (town.attempts()[0].id, "twilio", None)
        assert before <= kept.received_at <= town.database.now()


@pytest.mark.parametrize("order", list(permutations(("queued", "sent", "delivered"))))
def test_in_whatever_order_they_come_the_end_is_the_same(
    town: Town, sid: str, twilio: TwilioStandIn, callbacks: Callbacks, order: tuple[str, ...]
) -> None:
    for status in (*order, *order):
        assert callbacks.send(twilio.receipt(sid, status)) == 204
    assert (town.states(), town.notice_states()) == (["delivered"], ["proved"])
    assert len(receipts(town)) == 3


def test_what_is_final_stays(town: Town, sid: str, twilio: TwilioStandIn, callbacks: Callbacks) -> None:
    callbacks.send(twilio.receipt(sid, "delivered"))
    assert callbacks.send(twilio.receipt(sid, "undelivered", 30003)) == 204
    assert (town.states(), town.tasks()) == (["delivered"], [])


@pytest.mark.parametrize(
    ("code", "state", "stopped"),
    [
        (30003, "undelivered", False),
        (30008, "undelivered", False),
        (30004, "undelivered", False),
        (None, "undelivered", False),
        (30006, "failed", False),
        (21635, "failed", False),
        (21610, "stopped", True),
    ],
)
def test_what_did_not_arrive_goes_to_the_next_contact_once(
    town: Town,
    deliveries: Deliveries,
    twilio: TwilioStandIn,
    callbacks: Callbacks,
    code: int,
    state: str,
    stopped: bool,
) -> None:
    victim = town.victim(contacts=0)
    first = town.contact(victim, NUMBER)
    town.contact(victim, SECOND)
    town.event()
    deliveries.all_due()
    told = twilio.receipt(twilio.ledger.accepted[0].sid, "undelivered", code)
    assert [callbacks.send(told) for _ in range(3)] == [204] * 3
    deliveries.all_due()
    assert town.states() == [state, "sent"]
    assert [message.parameters["To"] for message in twilio.ledger.accepted] == [NUMBER, SECOND]
    assert town.attempts()[0].code == (str(code) if code else None)
    assert (town.contact_row(first).stopped_at is not None) == stopped
    assert (town.contact_row(first).reconfirm_by is not None) == (not stopped)


@pytest.mark.parametrize("code", [30036, 30007])
def test_what_never_left_the_provider_or_was_filtered_goes_to_the_next_contact_and_says_nothing_of_her_number(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, callbacks: Callbacks, code: int
) -> None:
    contact = town.contact(victim := town.victim(contacts=0), NUMBER)
    town.contact(victim, SECOND)
    town.event()
    deliveries.all_due()
    callbacks.send(twilio.receipt(twilio.ledger.accepted[0].sid, "undelivered", code))
    deliveries.all_due()
    assert town.states() == ["undelivered", "sent"]
    assert town.contact_row(contact).reconfirm_by is None


@pytest.mark.parametrize(("code", "alarms"), [(30004, 1), (30005, 1), (30007, 1), (30003, 0), (30006, 0)])
def test_what_blocks_more_than_one_message_alarms_the_operator(
    town: Town, sid: str, twilio: TwilioStandIn, callbacks: Callbacks, code: int, alarms: int
) -> None:
    with log_lines() as logs:
        callbacks.send(twilio.receipt(sid, "undelivered", code))
    told = [(line["level"], line["attempt"], line["error"]) for line in logs if line["event"] == "delivery.blocked"]
    assert told == [("error", str(town.attempts()[0].id), str(code))] * alarms


def test_a_receipt_of_another_message_moves_nothing_and_is_noted(
    town: Town, sid: str, twilio: TwilioStandIn, callbacks: Callbacks
) -> None:
    genuine = twilio.receipt(sid, "delivered")
    of_another = Callback.signed(genuine.url, {**genuine.fields, "MessageSid": "SM" + "0b" * 16}, twilio.token)
    with log_lines() as logs:
        assert callbacks.send(of_another) == 204
    noted = [(entry["level"], entry["attempt"]) for entry in logs if entry["event"] == "receipt.of_another_message"]
    assert noted == [("warning", str(town.attempts()[0].id))]
    assert town.states() == ["sent"]


def test_after_undelivered_nothing_leaves_until_she_confirms_again(
    town: Town, sid: str, deliveries: Deliveries, twilio: TwilioStandIn, callbacks: Callbacks
) -> None:
    callbacks.send(twilio.receipt(sid, "undelivered", 30003))
    assert (town.states(), town.notice_states()) == (["undelivered"], ["for_the_office"])
    assert [task.kind for task in town.tasks()] == ["unreachable"]
    assert town.event()[1] == 0


def test_what_did_not_arrive_asks_every_access_that_confirmed_the_number_to_confirm_it_again(
    town: Town, sid: str, deliveries: Deliveries, twilio: TwilioStandIn, callbacks: Callbacks
) -> None:
    others = town.victim(contacts=0)
    shared, own = town.contact(others, NUMBER), town.contact(others, SECOND)
    callbacks.send(twilio.receipt(sid, "undelivered", 30003))
    assert town.contact_row(shared).reconfirm_by is not None
    assert town.contact_row(own).reconfirm_by is None


def test_reports_of_one_number_s_accesses_that_come_together_wait_for_each_other(
    town: Town, settings: Settings, database: Database
) -> None:
    for _ in range(2):
        town.victim(NUMBER)
    together = Barrier(2)

    def told(attempt: DeliveryAttempt) -> None:
        together.wait()
        with database.writing() as session:
            row = session.get_one(DeliveryAttempt, attempt.id, with_for_update=True)
            receipts = Receipts(session, now=database.now(), settings=settings)
            receipts.apply(row, Receipt("twilio", str(attempt.id), "undelivered", Undelivered("30003")))

    for _ in range(8):
        for attempt in town.attempts()[:2]:
            town.change(Contact, attempt.contact_id, reconfirm_by=None)
        town.event()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(told, town.attempts()[-2:]))
    assert set(town.states()) == {"undelivered"}


def test_a_code_that_did_not_arrive_where_nobody_confirmed_it_ends_nobody_s_messages(
    town: Town,
    deliveries: Deliveries,
    twilio: TwilioStandIn,
    callbacks: Callbacks,
    settings: Settings,
) -> None:
    """Somebody else typed her number as his own."""
    hers = town.contact(town.victim(contacts=0), NUMBER)
    town.code(town.contact(town.victim(contacts=0), NUMBER, confirmed_at=None), settings)
    deliveries.all_due()
    callbacks.send(twilio.receipt(twilio.ledger.accepted[0].sid, "undelivered", 30003))
    assert town.contact_row(hers).reconfirm_by is None


@pytest.mark.parametrize(
    ("status", "code", "report"),
    [
        ("sent", None, None),
        ("read", None, Delivered()),
        ("undelivered", "30003", Undelivered("30003")),
        ("undelivered", "30004", Undelivered("30004", alarming=True)),
        ("failed", "30005", Undelivered("30005", alarming=True)),
        ("undelivered", "30007", Undelivered("30007", alarming=True, of_address=False)),
        *(("undelivered", code, Undelivered(code, of_address=False)) for code in ("30001", "30002", "30036")),
        ("canceled", None, Undelivered(None, of_address=False)),
        ("failed", "not a number", Undelivered(None)),
        ("failed", "9" * 40, Undelivered(None)),
        ("failed", "30006", Refused("30006", permanent=True)),
        ("failed", "21610", Refused("21610", permanent=True, stop=True)),
    ],
)
def test_each_status_and_code_has_its_meaning(status: str, code: str | None, report: Report | None) -> None:
    assert report_of(status, code) == report


@pytest.mark.parametrize(
    "forged",
    [
        lambda genuine, twilio: genuine.tampered(MessageStatus="undelivered"),
        lambda genuine, twilio: genuine.tampered(Another="field"),
        lambda genuine, twilio: Callback(genuine.url, genuine.fields, ""),
        lambda genuine, twilio: Callback(genuine.url, genuine.fields, "ñ"),
        lambda genuine, twilio: Callback(genuine.url + "?a=b", genuine.fields, genuine.signature),
        lambda genuine, twilio: Callback(genuine.url[:-1] + "_", genuine.fields, genuine.signature),
        lambda genuine, twilio: Callback.signed(genuine.url[:-4] + "AAAA", genuine.fields, twilio.token),
        lambda genuine, twilio: Callback.signed(genuine.url, genuine.fields, "somebody else's"),
        lambda genuine, twilio: Callback.signed(genuine.url.replace("https", "http"), genuine.fields, twilio.token),
        lambda genuine, twilio: Callback.signed(genuine.url, {**genuine.fields, "MessageSid": "x"}, twilio.token),
    ],
)
def test_every_bad_callback_hears_one_and_the_same_no(
    town: Town, sid: str, twilio: TwilioStandIn, callbacks: Callbacks, forged: object
) -> None:
    bad = forged(twilio.receipt(sid, "delivered"), twilio)  # type: ignore[operator]
    headers = bad.headers | {"X-Twilio-Signature": bad.signature.encode("latin-1")}
    answer = callbacks.web.post(bad.path, content=bad.body, headers=headers)
    told = answer.json()
    assert told.pop("request_id")
    assert (answer.status_code, told["type"], set(told)) == (
        403,
        "callback-refused",
        {"type", "title", "status", "detail"},
    )
    assert (town.states(), receipts(town)) == (["sent"], [])


@pytest.mark.parametrize("broken", ["unsigned", "no text"])
def test_what_is_no_signed_form_hears_the_same_no(
    town: Town, sid: str, twilio: TwilioStandIn, callbacks: Callbacks, broken: str
) -> None:
    genuine = twilio.receipt(sid, "delivered")
    headers, body = dict(genuine.headers), genuine.body
    if broken == "unsigned":
        del headers["X-Twilio-Signature"]
    else:
        body += b"&Another=%FF"
    answer = callbacks.web.post(genuine.path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (403, "callback-refused")
    assert town.states() == ["sent"]


@pytest.mark.parametrize("variant", ["https://consulta.example:443", "https://consulta.example"])
def test_the_public_address_counts_and_not_the_name_a_proxy_calls_us_by(
    town: Town, sid: str, twilio: TwilioStandIn, callbacks: Callbacks, variant: str
) -> None:
    genuine = twilio.receipt(sid, "delivered")
    url = genuine.url.replace("https://consulta.example", variant) + "?b=1&a=%C3%B1"
    assert callbacks.send(Callback.signed(url, genuine.fields, twilio.token)) == 204
    assert town.states() == ["delivered"]


def test_without_the_providers_secret_nobody_is_believed(
    settings: Settings, town: Town, sid: str, twilio: TwilioStandIn, callbacks: Callbacks
) -> None:
    genuine = twilio.receipt(sid, "delivered")
    for changes in ({"twilio_auth_token": ""}, {"sms_provider": "outbox"}):
        service = callbacks.web.app.state.service  # type: ignore[attr-defined]
        callbacks.web.app.state.service = type(service)(  # type: ignore[attr-defined]
            **(vars(service) | {"settings": settings.with_changes(**changes)})
        )
        assert callbacks.send(genuine) == 403
        assert callbacks.send(Callback.signed(genuine.url, genuine.fields, "")) == 403
    assert town.states() == ["sent"]


@pytest.mark.parametrize("before", [AttemptState.SENDING, AttemptState.UNCERTAIN, AttemptState.PENDING])
def test_a_receipt_that_comes_before_our_own_record_says_that_it_was_taken(
    town: Town, sid: str, deliveries: Deliveries, twilio: TwilioStandIn, callbacks: Callbacks, before: AttemptState
) -> None:
    attempt = town.attempts()[0]
    now = town.database.now()
    town.change(DeliveryAttempt, attempt.id, state=before, provider=None, provider_id=None, sent_at=None, due_at=now)
    assert callbacks.send(twilio.receipt(sid, "sent")) == 204
    assert town.states() == ["sent"]
    deliveries.all_due()
    assert callbacks.send(twilio.receipt(sid, "delivered")) == 204
    [adopted] = town.attempts()
    assert (adopted.state, adopted.provider, adopted.provider_id) == ("delivered", "twilio", sid)
    assert adopted.sent_at is not None
    assert len(twilio.ledger.accepted) == 1


def test_a_dump_of_the_database_lets_nobody_call_back(town: Town, sid: str, keys: KeyRing) -> None:
    [attempt] = town.attempts()
    token = callback_token(keys, attempt.id)
    assert attempt.callback_hash == token_hash(token) != token.encode()


@pytest.mark.parametrize(
    ("public_url", "told"),
    [("https://consulta.example", True), ("http://127.0.0.1:8000", True), ("http://consulta.example", False)],
)
def test_where_to_call_back_is_never_told_for_plain_http(
    settings: Settings, keys: KeyRing, town: Town, public_url: str, told: bool
) -> None:
    url = callback_url(keys, settings.with_changes(public_url=public_url), town.case_id)
    assert (url is not None) == told


@pytest.mark.parametrize(
    ("state", "followed", "told", "deleted"),
    [
        (AttemptState.SENDING, None, "SM-1", False),
        (AttemptState.SENT, "SM-1", "SM-1", False),
        (AttemptState.SENT, "SM-1", "SM-2", True),
        (AttemptState.DELIVERED, "SM-1", "SM-1", False),
        (AttemptState.DELIVERED, "SM-1", "SM-2", True),
        (AttemptState.UNPROVEN, None, "SM-1", True),
    ],
)
def test_a_message_of_ours_that_no_attempt_goes_by_is_to_be_deleted_there(
    town: Town, settings: Settings, state: AttemptState, followed: str | None, told: str, deleted: bool
) -> None:
    town.victim()
    town.event()
    (attempt,), now = town.attempts(), town.database.now()
    town.change(DeliveryAttempt, attempt.id, state=state, provider="twilio", provider_id=followed)
    with town.database.writing() as session:
        held = session.get_one(DeliveryAttempt, attempt.id)
        Receipts(session, now=now, settings=settings).apply(held, Receipt("twilio", told, "sent", None))
        assert session.query(ProviderReceipt).one().forget_at == (now if deleted else None)
