import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from casestatus.app import build_app
from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from casestatus.notices.dispatch import Dispatch
from casestatus.notices.doubts import Doubts
from casestatus.notices.escalating import Escalation
from casestatus.notices.expiring import Expiring
from casestatus.settings import Environment, Limits, Settings, SmsProvider
from casestatus.worker import close_ways, providers
from tests.light import light_pins  # noqa: F401 - for every test of this room
from tests.notices.town import Town
from tests.notices.ways import Way
from tests.standins.certificates import Authority
from tests.standins.twilio import ACCOUNT, TOKEN, TwilioStandIn
from tests.standins.twilio_callbacks import Callback

PUBLIC_URL = "https://consulta.example"


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture(scope="session")
def made_authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def authority(made_authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Whose certificates this process trusts, and no others."""
    monkeypatch.setenv("SSL_CERT_FILE", str(made_authority.certificate))
    return made_authority


@pytest.fixture
def twilio() -> Iterator[TwilioStandIn]:
    """The stand-in; whatever a test asks of it must be as Twilio's OpenAPI document says."""
    with TwilioStandIn() as standin:
        yield standin
    assert standin.ledger.malformed == []


@pytest.fixture
def settings(twilio: TwilioStandIn) -> Settings:
    return Settings(
        _env_file=None,
        environment=Environment.DEMO,
        sms_provider=SmsProvider.TWILIO,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=SecretStr(TOKEN),
        twilio_messaging_service_sid="MG" + "0a" * 16,
        twilio_api_url=twilio.url,
        public_url=PUBLIC_URL,
        notice_hours="00:00-24:00",
        limits=Limits(_env_file=None, retry_base=10, sms_per_second=1000),
    )


@pytest.fixture
def town(database: Database, keys: KeyRing) -> Town:
    return Town(database, keys)


@pytest.fixture
def way() -> Iterator[Way]:
    """For SMS, open until a test closes it."""
    blocking = Way()
    yield blocking
    blocking.open.set()


class Deliveries:
    """A worker of this process, one pass at a time."""

    def __init__(self, database: Database, keys: KeyRing, settings: Settings, clock: Clock) -> None:
        self.clock = clock
        self.pool = ThreadPoolExecutor(4)
        self.settings, self.ways_out = settings, providers(settings, database)
        self.dispatch = Dispatch(database, keys, settings, self.ways_out, at_once=4)
        self.doubts = Doubts(database, keys, settings, self.ways_out, self.pool, at_once=4)
        self.expiring = Expiring(database, settings, self.ways_out)
        self.escalation = Escalation(database, settings)

    def once(self) -> bool:
        steps = (self.escalation, self.dispatch, self.doubts, self.expiring)
        worked = [step.once() for step in steps]
        return any(worked)

    def all_due(self) -> None:
        """Passes until nothing is due."""
        patience = time.monotonic() + 30
        while self.once():
            assert time.monotonic() < patience, "the queue never comes to rest"

    def close(self) -> None:
        self.dispatch.close()
        self.pool.shutdown()
        close_ways(self.ways_out)

    def later(self, **passed: float) -> None:
        """After so much time, whatever is due then."""
        self.clock.advance(timedelta(**passed))
        self.all_due()


@pytest.fixture
def deliveries(database: Database, keys: KeyRing, settings: Settings, clock: Clock) -> Iterator[Deliveries]:
    working = Deliveries(database, keys, settings, clock)
    yield working
    working.close()


class Callbacks:
    """The door for Twilio's callbacks, behind a proxy that ends TLS and calls us by another name."""

    def __init__(self, web: TestClient) -> None:
        self.web = web

    def send(self, callback: Callback, path: str | None = None) -> int:
        """The answer's status."""
        return self.answer(callback, path).status_code

    def answer(self, callback: Callback, path: str | None = None, *, headers: Mapping[str, str] | None = None) -> Any:
        sent = {**callback.headers, **(headers or {})}
        return self.web.post(path or callback.path, content=callback.body, headers=sent)


@pytest.fixture
def callbacks(settings: Settings, database: Database, keys: KeyRing) -> Iterator[Callbacks]:
    app = build_app(settings, database, keys)
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as web:
        yield Callbacks(web)
