"""The stand-in is honest: it answers Twilio's real client as Twilio says that it does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.standins.twilio import ACCOUNT, TOKEN, TwilioStandIn

SERVICE = "MG" + "0a" * 16
NUMBER = "+525512345678"


class _Redirected(TwilioHttpClient):  # type: ignore[misc]  # twilio ships no types
    def __init__(self, base: str) -> None:
        super().__init__(timeout=5)
        self.base = base

    def request(self, method: str, url: str, *args: object, **kwargs: object) -> object:
        return super().request(method, url.replace("https://api.twilio.com", self.base, 1), *args, **kwargs)


@pytest.fixture
def standin() -> Iterator[TwilioStandIn]:
    with TwilioStandIn() as running:
        yield running


@pytest.fixture
def client(standin: TwilioStandIn) -> Iterator[Client]:
    http = _Redirected(standin.url)
    yield Client(ACCOUNT, TOKEN, http_client=http)
    http.session.close()


def send(client: Client, body: str = "Hola. Ref K7M", **parameters: object) -> str:
    return client.messages.create(to=NUMBER, body=body, messaging_service_sid=SERVICE, **parameters).sid


def test_a_created_message_can_be_fetched_listed_and_deleted(client: Client, standin: TwilioStandIn) -> None:
    sid = send(client)
    assert client.messages(sid).fetch().body == "Hola. Ref K7M"
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    assert [message.sid for message in client.messages.list(to=NUMBER, date_sent_after=hour_ago)] == [sid]
    assert client.messages(sid).delete()
    assert client.messages.list(to=NUMBER) == []
    assert [message.sid for message in standin.ledger.accepted] == [sid]


def test_lists_are_paged_and_filtered_by_number_and_day(client: Client) -> None:
    sids = [send(client, f"Ref {number}") for number in range(7)]
    assert [message.sid for message in client.messages.list(to=NUMBER, page_size=3)] == sids[::-1]
    assert client.messages.list(to="+525500000000") == []
    assert client.messages.list(date_sent_after=datetime.now(UTC) + timedelta(days=1)) == []


def test_wrong_credentials_are_refused(standin: TwilioStandIn) -> None:
    http = _Redirected(standin.url)
    with pytest.raises(TwilioRestException) as refused:
        Client(ACCOUNT, "another token", http_client=http).messages("SM" + "00" * 16).fetch()
    http.session.close()
    assert refused.value.status == 401


@pytest.mark.parametrize(
    "form",
    [
        {"Text": "x"},
        {"ValidityPeriod": "soon"},
        {"ValidityPeriod": "0"},
        {"RiskCheck": "maybe"},
        {"StatusCallback": "x"},
    ],
)
def test_a_parameter_that_twilio_does_not_know_or_take_is_refused(standin: TwilioStandIn, form: dict[str, str]) -> None:
    right = {"To": NUMBER, "Body": "x", "MessagingServiceSid": SERVICE}
    url = f"{standin.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert requests.post(url, data=right | form, auth=(ACCOUNT, TOKEN), timeout=5).status_code == 400
    assert requests.post(url, data=right, auth=(ACCOUNT, TOKEN), timeout=5).status_code == 201


@pytest.mark.parametrize(
    "query", [{"Number": "1"}, {"PageSize": "1001"}, {"DateSent>": "lately"}, {"To": "5512345678"}]
)
def test_a_list_that_twilio_would_not_give_is_refused_and_noted(standin: TwilioStandIn, query: dict[str, str]) -> None:
    url = f"{standin.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert requests.get(url, params=query, auth=(ACCOUNT, TOKEN), timeout=5).status_code == 400
    assert len(standin.ledger.malformed) == 1


def test_a_fetch_or_a_deletion_takes_an_identifier_and_nothing_else(standin: TwilioStandIn) -> None:
    url = f"{standin.url}/2010-04-01/Accounts/{ACCOUNT}/Messages"
    for call in (requests.get, requests.delete):
        assert call(f"{url}/SM-of-ours.json", auth=(ACCOUNT, TOKEN), timeout=5).status_code == 400
        assert call(f"{url}/SM{'0' * 32}.json?a=1", auth=(ACCOUNT, TOKEN), timeout=5).status_code == 400
    assert len(standin.ledger.malformed) == 4


@pytest.mark.parametrize("code", [21610, 21614])
def test_a_number_set_down_as_bad_is_refused_with_its_code(client: Client, standin: TwilioStandIn, code: int) -> None:
    standin.behaviour.refused[NUMBER] = code
    with pytest.raises(TwilioRestException) as refused:
        send(client)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert standin.ledger.accepted == []


def test_a_malformed_number_is_21211(client: Client) -> None:
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to="5512345678", body="x", messaging_service_sid=SERVICE)
    assert refused.value.code == 21211


def test_throttling_and_failing_accept_nothing_and_closing_accepts(client: Client, standin: TwilioStandIn) -> None:
    standin.behaviour.next = ["throttled", "failing", "closed"]
    for problem in (TwilioRestException, TwilioRestException, requests.ConnectionError):
        with pytest.raises(problem):
            send(client)
    assert len(standin.ledger.accepted) == 1
    assert [code for _, code in standin.ledger.refusals] == [20429, 20500]
