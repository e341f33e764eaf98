"""The web process as a server of others' starts it: from the environment alone."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from casestatus.app import NotFitForProduction, create_app
from casestatus.crypto import KeyRing
from casestatus.database import Database, mark_as_demo, migrate

PRODUCTION = {
    "PUBLIC_URL": "https://consulta.example",
    "SMS_PROVIDER": "twilio",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "made-up",
    "TWILIO_FROM": "+15005550006",
    "EMAIL_PROVIDER": "smtp",
    "SMTP_URL": "smtp+starttls://consulta:made-up@correo.example",
    "EMAIL_FROM": "avisos@consulta.example",
}


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A migrated database, and an environment that is fit for production with it."""
    url = f"sqlite:///{tmp_path}/casestatus.db"
    migrate(url)
    KeyRing.generate().write(tmp_path / "keys.json")
    for name, value in (PRODUCTION | {"DATABASE_URL": url, "KEYS": str(tmp_path / "keys.json")}).items():
        monkeypatch.setenv(f"CASESTATUS_{name}", value)
    return Database(url)


def test_the_app_starts_from_its_environment(database: Database) -> None:
    assert create_app().state.service.settings.over_https


def test_a_redirect_never_leads_from_https_to_plain_http(database: Database) -> None:
    behind_proxy = TestClient(create_app(), base_url="http://consulta.example")
    answer = behind_proxy.post("/entrar/", data={"pin": "1"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "https://consulta.example/entrar")


def test_a_demos_database_is_refused_in_production(database: Database) -> None:
    mark_as_demo(database)
    with pytest.raises(NotFitForProduction, match="a demo made"):
        create_app()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "http://consulta.example"),
        ("SMS_PROVIDER", "outbox"),
        ("TWILIO_AUTH_TOKEN", ""),
        ("EMAIL_PROVIDER", "outbox"),
        ("SMTP_URL", ""),
        ("SMTP_URL", "smtp://127.0.0.1:25"),
        ("EMAIL_FROM", ""),
        ("EMAIL_RETURNS", "nowhere"),
        ("DKIM_KEY", "nowhere.pem"),
        ("KEYS", "nowhere.json"),
        ("AS_OF", "2026-11-20T09:00:00-06:00"),
    ],
)
def test_what_is_only_good_enough_for_a_demo_is_refused_by_name(
    database: Database, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CASESTATUS_{name}", value)
    with pytest.raises(NotFitForProduction, match=f"CASESTATUS_{name}"):
        create_app()
