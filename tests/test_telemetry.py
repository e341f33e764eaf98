"""What reaches the logs."""

import subprocess
import sys

from casestatus.telemetry import Log, of_request
from tests.log_lines import log_lines


def test_what_is_called_like_a_secret_is_struck_out() -> None:
    with log_lines() as lines:
        Log().info("sign_in", pin="canary", case_number="canary", attempt="an-id")
    [line] = lines
    assert "canary" not in str(line)
    assert (line["event"], line["level"], line["attempt"]) == ("sign_in", "info", "an-id")
    assert line["timestamp"].endswith("Z")


def test_a_failure_is_logged_without_the_values_that_the_database_repeats() -> None:
    said = "duplicate key\nDETAIL:  Key (source_event)=(canary) already exists.\nlast line"
    with log_lines() as lines:
        try:
            raise ValueError(said)
        except ValueError:
            Log().exception("request_failed")
    [line] = lines
    assert line["exception"].endswith("ValueError: duplicate key\nDETAIL: …\nlast line")
    assert line["level"] == "error"
    assert "canary" not in line["exception"].split("ValueError")[-1]


def test_a_line_names_the_request_that_it_belongs_to() -> None:
    with log_lines() as lines:
        with of_request("r1"):
            Log().warning("inside")
        Log().warning("outside")
    assert [line.get("request_id") for line in lines] == ["r1", None]


def test_logs_outlive_a_stderr_that_stood_in_for_the_process_s_own() -> None:
    """Once a worker of the suite died of it: a command had configured logs while a test runner held its stderr."""
    stand_in = (
        "import io, sys; from casestatus.telemetry import Log, configure_logs\n"
        "own, sys.stderr = sys.stderr, io.StringIO()\n"
        "configure_logs(); log = Log(); log.info('first')\n"
        "sys.stderr.close(); sys.stderr = own; log.info('second')\n"
    )
    ended = subprocess.run([sys.executable, "-c", stand_in], check=True, capture_output=True, text=True)
    assert "first" in ended.stderr
    assert "second" in ended.stderr
