"""`casestatus doctor` as an operator reads it: each thing that is wrong is said in words, with what to do."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.notices.models import OutboxMessage, SenderBreaker
from casestatus.notices.passes import SignOfLife
from tests.cli.test_commands import Operator
from tests.standins.twilio import ACCOUNT, TOKEN, TwilioStandIn


@pytest.fixture
def twilio() -> Iterator[TwilioStandIn]:
    with TwilioStandIn() as standin:
        yield standin


@pytest.fixture
def operator(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    database_url: str,
    twilio: TwilioStandIn,
) -> Operator:
    """Whose installation is fit for production, but for a real provider's address."""
    ring = tmp_path / "elsewhere" / "keys.json"
    ring.parent.mkdir()
    KeyRing.generate().write(ring)
    folder = tmp_path / "work"
    folder.mkdir()
    return Operator(
        folder,
        monkeypatch,
        capsys,
        database_url=database_url,
        keys=str(ring),
        public_url="https://consulta.example",
        trusted_proxies="10.0.0.0/8",
        sms_provider="twilio",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_messaging_service_sid="MG" + "0a" * 16,
        twilio_api_url=twilio.url,
        environment="demo",
    )


@pytest.fixture
def alive(database: Database) -> None:
    SignOfLife(database, ["all"]).note("all")


def lines(report: str, beginning: str) -> list[str]:
    return [line for line in report.splitlines() if line.startswith(beginning)]


@pytest.mark.usefixtures("alive")
def test_a_sound_installation_is_found_so(operator: Operator) -> None:
    report = operator.types("doctor").stdout
    assert lines(report, "WRONG") == []
    assert "Nothing is wrong" in report
    for what in ("settings", "keys", "database", "worker", "sms by twilio"):
        assert lines(report, f"ok    {what}:")


def test_without_a_worker_no_notice_leaves_and_doctor_says_so(operator: Operator) -> None:
    (wrong,) = lines(operator.types("doctor", expecting=1).stdout, "WRONG")
    assert "Start casestatus worker" in wrong


def test_a_worker_that_fell_silent_is_told_with_its_last_hour(operator: Operator, database: Database) -> None:
    database.clock.advance(timedelta(hours=-2))
    SignOfLife(database, ["all"]).note("all")
    (wrong,) = lines(operator.types("doctor", expecting=1).stdout, "WRONG worker")
    assert f"since {database.now():%Y-%m-%d %H:%M} UTC" in wrong


@pytest.mark.usefixtures("alive")
def test_wrong_credentials_of_the_provider_are_told_by_their_settings(operator: Operator) -> None:
    report = operator.types("doctor", expecting=1, twilio_auth_token="another").stdout
    (wrong,) = lines(report, "WRONG")
    assert "CASESTATUS_TWILIO_AUTH_TOKEN" in wrong
    assert "another" not in report


@pytest.mark.usefixtures("alive")
def test_a_provider_that_cannot_be_reached_is_told(operator: Operator) -> None:
    (wrong,) = lines(operator.types("doctor", expecting=1, twilio_api_url="http://127.0.0.1:9").stdout, "WRONG")
    assert "can't be reached" in wrong


def test_each_setting_that_is_only_good_for_a_demo_is_told(operator: Operator) -> None:
    report = operator.types(
        "doctor", expecting=1, environment="production", public_url="http://consulta.example", metrics_token="short"
    ).stdout
    told = "\n".join(lines(report, "WRONG settings"))
    assert "CASESTATUS_PUBLIC_URL" in told
    assert "CASESTATUS_METRICS_TOKEN" in told


def test_a_setting_that_cannot_be_read_is_named(operator: Operator) -> None:
    (wrong,) = lines(operator.types("doctor", expecting=1, notice_hours="late").stdout, "WRONG")
    assert wrong.startswith("WRONG settings")


def test_a_missing_key_ring_is_told(operator: Operator, tmp_path: Path) -> None:
    report = operator.types("doctor", expecting=1, keys=str(tmp_path / "none.json")).stdout
    assert "casestatus keys create" in lines(report, "WRONG keys")[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_ring_beside_the_database_is_told_in_production(operator: Operator, tmp_path: Path) -> None:
    beside = tmp_path / "keys.json"
    KeyRing.generate().write(beside)
    report = operator.types("doctor", expecting=1, environment="production", keys=str(beside)).stdout
    assert "one copy takes both" in lines(report, "WRONG keys")[0]


def test_an_old_database_is_told(operator: Operator, database_url: str) -> None:
    url = database_url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'first_tables'"))
    engine.dispose()
    assert "casestatus migrate" in lines(operator.types("doctor", expecting=1).stdout, "WRONG database")[0]


@pytest.mark.usefixtures("alive")
def test_a_sender_that_is_left_alone_is_to_be_looked_at(operator: Operator, database: Database) -> None:
    with database.writing() as session:
        rest = database.now() + timedelta(minutes=5)
        session.add(SenderBreaker(sender="twilio", failures=[], openings=1, open_until=rest, probe_until=None))
    assert "twilio failed too often" in lines(operator.types("doctor").stdout, "look")[0]


@pytest.mark.usefixtures("alive")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # a file has no clock of its own
def test_how_far_the_clocks_are_apart_is_told(operator: Operator) -> None:
    assert lines(operator.types("doctor").stdout, "ok    clock: this host and the database are 0.")


@pytest.mark.usefixtures("alive")
def test_a_test_message_leaves_only_on_request(operator: Operator, twilio: TwilioStandIn) -> None:
    operator.types("doctor")
    assert twilio.ledger.accepted == []
    report = operator.types("doctor", "--send-test", "55 1111 2222").stdout
    (message,) = twilio.ledger.accepted
    assert message.parameters["To"] == "+525511112222"
    assert message.parameters["Body"].startswith("Mensaje de prueba. No hay que hacer nada. Ref ")
    assert message.parameters["Body"].isascii()
    assert message.sid in lines(report, "ok    test message")[0]


@pytest.mark.usefixtures("alive")
def test_a_test_message_goes_by_e_mail_to_an_e_mail(operator: Operator, database: Database) -> None:
    operator.types("doctor", "--send-test", "operadora@consulta.example")
    with database.reading() as session:
        (message,) = session.query(OutboxMessage).all()
    assert (message.channel, message.to, message.subject) == (
        "email",
        "operadora@consulta.example",
        "Mensaje de prueba",
    )


@pytest.mark.usefixtures("alive")
@pytest.mark.parametrize(
    ("fate", "words"),
    [("throttled", "come back later"), ("failing", "failed"), ("closed", "may have been taken")],
)
def test_a_test_message_that_does_not_leave_is_told_with_its_reason(
    operator: Operator, twilio: TwilioStandIn, fate: str, words: str
) -> None:
    twilio.behaviour.next = [fate]
    report = operator.types("doctor", "--send-test", "5511112222", expecting=1).stdout
    assert words in lines(report, "WRONG test message")[0]


@pytest.mark.usefixtures("alive")
def test_what_is_no_address_is_told(operator: Operator) -> None:
    report = operator.types("doctor", "--send-test", "12", expecting=1).stdout
    assert "no telephone number" in lines(report, "WRONG test message")[0]
