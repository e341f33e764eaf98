"""A web process holds what every request needs, a worker what every message needs, and neither more."""

import subprocess
import sys

import pytest

SELDOM_NEEDED = [
    "altair",
    "opendp",
    "pyarrow",
    "vl_convert",
    "alembic",
    "fpdf",
    "fontTools",
    "PIL",
    "icalendar",
    "twilio.rest",
    "smtplib",
    "dkim",
    "psycopg",
]
NOT_FOR_MESSAGES = [
    "fastapi",
    "starlette",
    "alembic",
    "holidays",
    "phonenumbers",
    "fpdf",
    "twilio.rest.api",
    "rich",
    "jose",
    "passlib",
    "stdnum",
    "casestatus.statistics.cutting",
]
WEB = "import casestatus.app"
WORKER = """
from casestatus import cli, worker
from casestatus.database import Database
from casestatus.settings import Settings

settings = Settings(sms_provider="twilio", twilio_account_sid="AC", twilio_auth_token="t", twilio_from="+15005550006")
worker.providers(settings, Database("sqlite:///none.db"))
"""


def loaded_by(start: str) -> set[str]:
    """The modules of a process after these lines."""
    lines = f"{start}\nimport sys\nprint(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    return set(told.stdout.split())


@pytest.fixture(scope="module")
def of_web() -> set[str]:
    return loaded_by(WEB)


@pytest.fixture(scope="module")
def of_worker() -> set[str]:
    return loaded_by(WORKER)


@pytest.mark.parametrize("module", SELDOM_NEEDED)
def test_a_web_process_starts_without(module: str, of_web: set[str]) -> None:
    assert module not in of_web


@pytest.mark.parametrize("module", NOT_FOR_MESSAGES)
def test_a_worker_on_sqlite_delivers_by_twilio_without(module: str, of_worker: set[str]) -> None:
    assert module not in of_worker
