"""What reaches the logs."""

from casestatus.telemetry import strike_out, strike_out_values


def test_what_is_called_like_a_secret_is_struck_out() -> None:
    line = strike_out(None, "info", {"event": "sign_in", "pin": "canary", "case_number": "canary", "attempt": "an-id"})
    assert "canary" not in str(line)
    assert line["attempt"] == "an-id"


def test_a_failure_is_logged_without_the_values_that_the_database_repeats() -> None:
    said = "duplicate key\nDETAIL:  Key (source_event)=(canary) already exists.\nlast line"
    assert strike_out_values(None, "error", {"exception": said})["exception"] == "duplicate key\nDETAIL: …\nlast line"
