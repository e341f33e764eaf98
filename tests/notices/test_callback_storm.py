"""Thousands of callbacks: what isn't Twilio's changes nothing and hears one same 403; what is ends right in any order.

With ENDURANCE: 10,000 of each.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import inspect, select

from casestatus.app import build_app
from casestatus.database import Database
from casestatus.notices.models import DeliveryAttempt, Notice, ProviderReceipt
from casestatus.settings import Settings
from tests.ledger import Ledger
from tests.notices.conftest import Callbacks, Deliveries
from tests.notices.town import Town
from tests.standins.twilio import TOKEN, TwilioStandIn
from tests.standins.twilio_callbacks import Callback

CALLBACKS = 10_000 if os.environ.get("ENDURANCE") else 200
ENDS = [("delivered", None, "delivered"), ("undelivered", 30003, "undelivered"), ("failed", 30006, "failed")]
ON_THE_WAY = ["queued", "sending", "sent"]
# By whatever name and scheme a proxy passes it on: the signature is over our public address alone.
SEEN_AS = [
    {"host": "consulta.example"},
    {"host": "CONSULTA.Example:443", "x-forwarded-proto": "https"},
    {"host": "127.0.0.1:8000", "x-forwarded-proto": "http", "x-forwarded-host": "evil.example"},
    {"host": "localhost", "x-forwarded-port": "8443", "forwarded": "proto=http;host=evil.example"},
]


def messages(town: Town, deliveries: Deliveries, twilio: TwilioStandIn, number: int) -> list[str]:
    """So many that Twilio took."""
    for _ in range(number):
        town.victim()
    town.event()
    while deliveries.once():
        pass
    return [message.sid for message in twilio.ledger.accepted]


def everything(database: Database) -> list[tuple[object, ...]]:
    """All that a callback could change."""
    with database.reading() as session:
        tables: list[type[Any]] = [Notice, DeliveryAttempt, ProviderReceipt]
        return [
            tuple(getattr(row, column.key) for column in inspect(table).column_attrs)
            for table in tables
            for row in session.scalars(select(table).order_by(table.id))
        ]


def moved(callback: Callback, **parts: str) -> Callback:
    """The same under the same signature, at another address."""
    return replace(callback, url=urlsplit(callback.url)._replace(**parts).geturl())


def another_path(callback: Callback, draw: Random) -> Callback:
    path = urlsplit(callback.url).path
    at = len(path) - 1 - draw.randrange(20)
    return moved(callback, path=path[:at] + ("a" if path[at] != "a" else "b") + path[at + 1 :])


BAD: list[Callable[[Callback, Random], Callback]] = [
    lambda callback, _: Callback.signed(callback.url, callback.fields, "another secret"),
    lambda callback, _: Callback.signed(callback.url, callback.fields, ""),
    lambda callback, _: replace(callback, signature=""),
    lambda callback, _: replace(callback, signature=callback.signature[::-1]),
    lambda callback, _: replace(callback, signature=callback.signature.lower() + "="),
    lambda callback, _: callback.tampered(MessageStatus="undelivered", ErrorCode="30003"),
    lambda callback, draw: callback.tampered(MessageSid="SM" + draw.randbytes(16).hex()),
    lambda callback, _: callback.tampered(To="+525599999999"),
    lambda callback, _: callback.tampered(Extra="1"),
    lambda callback, _: replace(callback, fields=dict(list(callback.fields.items())[1:])),
    lambda callback, _: moved(callback, query="a=1"),
    another_path,
    lambda callback, _: Callback.signed(callback.url.replace("https:", "http:"), callback.fields, TOKEN),
    lambda callback, _: Callback.signed(callback.url.replace("consulta.", "evil."), callback.fields, TOKEN),
]


def test_what_twilio_did_not_say_changes_nothing_and_hears_one_same_refusal(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, callbacks: Callbacks, database: Database, ledger: Ledger
) -> None:
    draw = Random(20261123)
    sids = messages(town, deliveries, twilio, 20)
    genuine = [twilio.receipt(sid, status) for sid in sids for status in (*ON_THE_WAY, "delivered")]
    for callback in genuine[: len(genuine) // 2]:
        assert callbacks.send(callback) == 204
    before = everything(database)

    answers = set()
    for number in range(CALLBACKS):
        bad = BAD[number % len(BAD)](draw.choice(genuine), draw)
        answer = callbacks.answer(bad, headers=draw.choice(SEEN_AS))
        headers = tuple(sorted((name, told) for name, told in answer.headers.items() if name != "x-request-id"))
        body = answer.text.replace(answer.headers["x-request-id"], "its id")
        answers.add((answer.status_code, body, headers))
    replayed = genuine[: len(genuine) // 2] * (CALLBACKS // len(genuine) + 1)
    draw.shuffle(replayed)
    heard = {callbacks.send(callback) for callback in replayed}

    ledger.note(
        bad=CALLBACKS, replayed=len(replayed), answers=len(answers), changed=int(everything(database) != before)
    )
    assert len(answers) == 1
    assert next(iter(answers))[0] == 403
    assert heard == {204}
    assert everything(database) == before


def test_genuine_callbacks_end_right_in_any_order(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, callbacks: Callbacks, ledger: Ledger
) -> None:
    draw = Random(20261123)
    sids = messages(town, deliveries, twilio, CALLBACKS // (len(ON_THE_WAY) + 2))
    ends = {sid: ENDS[number % len(ENDS)] for number, sid in enumerate(sids)}
    all_of_them = []
    for sid, (status, code, _) in ends.items():
        last = twilio.receipt(sid, status, code)
        all_of_them += [last, last, *(twilio.receipt(sid, each) for each in ON_THE_WAY)]
    draw.shuffle(all_of_them)

    heard = {callbacks.answer(callback, headers=draw.choice(SEEN_AS)).status_code for callback in all_of_them}

    states = {attempt.provider_id: attempt.state.value for attempt in town.attempts()}
    wrong = sum(states[sid] != state for sid, (_, _, state) in ends.items())
    ledger.note(genuine=len(all_of_them), messages=len(sids), wrong=wrong)
    assert (heard, wrong) == ({204}, 0)
    assert len(town.attempts()) == len(sids)


@pytest.mark.parametrize(
    "public_url",
    [
        "https://consulta.example",
        "https://Consulta.Example",
        "https://consulta.example:8443",
        "https://consulta.example/avisos",
        "http://127.0.0.1:8000",
    ],
)
@pytest.mark.parametrize("query", ["", "a=1&b=%20x"])
def test_however_our_address_is_written_only_its_own_signature_is_believed(
    town: Town,
    database: Database,
    settings: Settings,
    deliveries: Deliveries,
    twilio: TwilioStandIn,
    public_url: str,
    query: str,
) -> None:
    (sid,) = messages(town, deliveries, twilio, 1)
    told = twilio.receipt(sid, "delivered")
    path = urlsplit(told.url).path
    url = public_url + path + (f"?{query}" if query else "")
    signed = Callback.signed(url, told.fields, TOKEN)
    hosts = ("consulta.example", "127.0.0.1", "localhost")
    app = build_app(settings.with_changes(public_url=public_url, trusted_hosts=hosts), database, town.keys)
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as web:
        passed_on = path + (f"?{query}" if query else "")  # a proxy takes the public address's own path away
        for seen_as in SEEN_AS:
            door = Callbacks(web)
            assert door.answer(replace(signed, signature="x" * 28), passed_on, headers=seen_as).status_code == 403
            assert door.answer(signed, passed_on + ("&" if query else "?") + "c=1", headers=seen_as).status_code == 403
            assert door.answer(signed, passed_on, headers=seen_as).status_code == 204
    assert town.states() == ["delivered"]
