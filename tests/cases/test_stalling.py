"""When a line counts as stalled, and what a procedure's file may say of it."""

from datetime import date, timedelta
from importlib.resources import files

import pytest

from casestatus.cases.procedure_files import ProcedureFileBroken, read_procedure
from casestatus.cases.stages import procedures
from casestatus.cases.stalling import are_thresholds, thresholds_passed

SINCE = date(2026, 1, 31)


@pytest.mark.parametrize(
    ("days", "passed"), [(-1, ()), (0, ()), (29, ()), (30, (30,)), (59, (30,)), (60, (30, 60)), (400, (30, 60, 90))]
)
def test_a_threshold_is_passed_on_its_day(days: int, passed: tuple[int, ...]) -> None:
    assert thresholds_passed((30, 60, 90), since=SINCE, today=SINCE + timedelta(days=days)) == passed


@pytest.mark.parametrize("days", [[6], [30, 30], [60, 30], [3651], [0], [-30]])
def test_thresholds_ascend_from_a_week_to_ten_years(days: list[int]) -> None:
    assert not are_thresholds(days)
    assert are_thresholds([7, 30, 3650])


def test_the_initial_investigation_and_a_move_that_waits_stall_after_30_60_and_90_days() -> None:
    stalling = {code: each.stall_days for model in procedures().values() for code, each in model.stages.items()}
    assert {code: days for code, days in stalling.items() if days} == dict.fromkeys(
        ("AP02", "AP11", "CI01", "CI10"), (30, 60, 90)
    )


@pytest.mark.parametrize(("stage", "days"), [("CI01", "[60, 30]"), ("CI01", "[5]"), ("CI23", "[30]"), ("CI11", "[30]")])
def test_a_file_with_thresholds_that_make_no_sense_stops_the_start(stage: str, days: str) -> None:
    text = files("casestatus.cases").joinpath("procedures/ci.toml").read_text("utf-8")
    broken = text.replace("stall_days = [30, 60, 90]\n", "").replace(
        f"[{stage}]\n", f"[{stage}]\nstall_days = {days}\n"
    )
    with pytest.raises(ProcedureFileBroken, match=stage):
        read_procedure(broken)
