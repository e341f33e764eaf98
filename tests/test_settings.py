"""Settings that would stop the service are refused when they are read."""

import pytest
from pydantic import ValidationError

from casestatus.settings import Limits, Settings

MAY_BE_ZERO = {"number_free_tries", "hashing_queue"}


@pytest.mark.parametrize("name", Limits.model_fields)
def test_every_limit_has_bounds(name: str) -> None:
    for value in (-1, -0.5, "inf", "nan", 1e12, *([] if name in MAY_BE_ZERO else [0])):
        with pytest.raises(ValidationError, match=name):
            Limits.model_validate({name: value})


@pytest.mark.parametrize("name", sorted(MAY_BE_ZERO))
def test_nobody_waits_and_nothing_is_free_may_be_said(name: str) -> None:
    assert getattr(Limits.model_validate({name: 0}), name) == 0


def test_a_limit_of_the_environment_is_bound_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASESTATUS_LIMITS_LEASE", "0")
    with pytest.raises(ValidationError, match="lease"):
        Settings(_env_file=None)


@pytest.mark.parametrize("minutes", ["-1", "inf", "nan", "1e12"])
def test_a_notice_waits_for_a_time_that_there_is(minutes: str) -> None:
    with pytest.raises(ValidationError, match="notice_delay_minutes"):
        Settings.model_validate({"notice_delay_minutes": minutes})
