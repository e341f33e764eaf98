"""The stand-in of the SMS provider, and the environment of processes that use it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import TwilioProcess
from tests.standins.twilio import ACCOUNT, TOKEN


@pytest.fixture
def twilio() -> Iterator[TwilioProcess]:
    standin = TwilioProcess()
    yield standin
    assert standin.malformed() == []
    standin.close()


@pytest.fixture
def environment(database_url: str, tmp_path: Path, twilio: TwilioProcess) -> dict[str, str]:
    return environment_of(database_url, tmp_path, twilio)


def environment_of(database_url: str, tmp_path: Path, twilio: TwilioProcess) -> dict[str, str]:
    """What a process of ours reads, with the key ring of this folder."""
    return os.environ | {
        "CASESTATUS_ENVIRONMENT": "demo",
        "CASESTATUS_DATABASE_URL": database_url,
        "CASESTATUS_KEYS": str(tmp_path / "keys.json"),
        "CASESTATUS_SMS_PROVIDER": "twilio",
        "CASESTATUS_TWILIO_ACCOUNT_SID": ACCOUNT,
        "CASESTATUS_TWILIO_AUTH_TOKEN": TOKEN,
        "CASESTATUS_TWILIO_MESSAGING_SERVICE_SID": "MG" + "0a" * 16,
        "CASESTATUS_TWILIO_API_URL": twilio.url,
        "CASESTATUS_NOTICE_HOURS": "00:00-24:00",
        "CASESTATUS_LIMITS_LEASE": "2",
        "CASESTATUS_LIMITS_POLL": "0.2",
        "CASESTATUS_LIMITS_SMS_PER_SECOND": "1000",
        "CASESTATUS_LIMITS_RETRY_BASE": "0.2",
        "CASESTATUS_LIMITS_RECONCILE_GAP": "0.5",
    }
