"""A web process holds what every request needs, and no more."""

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
LOADED = "import sys, casestatus.app; print(*sys.modules)"


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules of a process that could serve the web."""
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    return set(told.stdout.split())


@pytest.mark.parametrize("module", SELDOM_NEEDED)
def test_a_web_process_starts_without(module: str, loaded: set[str]) -> None:
    assert module not in loaded
