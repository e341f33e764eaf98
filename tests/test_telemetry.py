"""What reaches the logs."""

import subprocess
import sys

from casestatus.telemetry import strike_out, strike_out_values


def test_what_is_called_like_a_secret_is_struck_out() -> None:
    line = strike_out(None, "info", {"event": "sign_in", "pin": "canary", "case_number": "canary", "attempt": "an-id"})
    assert "canary" not in str(line)
    assert line["attempt"] == "an-id"


def test_a_failure_is_logged_without_the_values_that_the_database_repeats() -> None:
    said = "duplicate key\nDETAIL:  Key (source_event)=(canary) already exists.\nlast line"
    assert strike_out_values(None, "error", {"exception": said})["exception"] == "duplicate key\nDETAIL: …\nlast line"


def test_logs_outlive_a_stderr_that_stood_in_for_the_process_s_own() -> None:
    """Once a worker of the suite died of it: a command had configured logs while a test runner held its stderr."""
    stand_in = (
        "import io, sys, structlog; from casestatus.telemetry import configure_logs\n"
        "own, sys.stderr = sys.stderr, io.StringIO()\n"
        "configure_logs(); log = structlog.get_logger(); log.info('first')\n"
        "sys.stderr.close(); sys.stderr = own; log.info('second')\n"
    )
    ended = subprocess.run([sys.executable, "-c", stand_in], check=True, capture_output=True, text=True)
    assert "first" in ended.stderr
    assert "second" in ended.stderr
