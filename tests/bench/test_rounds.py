"""Rounds, their medians, and what the guard and the goals make of them."""

import json
from dataclasses import replace

import pytest

from bench.__main__ import MEASURES, main
from bench.guard import FAIR, Fairness, turns
from bench.measures import Measure, Outcome, Result
from bench.rounds import Reading, amounts_of, cpu_seconds_of, interleaved, ratio_of

OUTCOME = Outcome(0.5, {"ours": 5.0, "bare": 10.0}, {"ours": 1.0, "bare": 1.0, "client of ours": 0.1})
SPEED = Measure("speed", 0.6, "higher", "answers a second", lambda _sample, _size: OUTCOME)
QUIET, BUSY = Fairness((1.95, FAIR)), Fairness((1.95, 1.79))


def reading(amount: float) -> Reading:
    return Reading(amount, {"server": 0.5})


def test_arms_take_turns_and_every_other_round_goes_backwards() -> None:
    order: list[str] = []

    def arm(name: str) -> Reading:
        order.append(name)
        return reading(1)

    interleaved({"a": lambda: arm("a"), "b": lambda: arm("b")}, rounds=3)
    assert "".join(order) == "abbaab"


def test_the_ratio_is_the_median_of_each_rounds_own() -> None:
    rounds = [{"a": reading(a), "b": reading(b)} for a, b in ((1, 2), (30, 10), (400, 100))]
    assert ratio_of(rounds, "a", "b") == 3
    assert amounts_of(rounds) == {"a": 30, "b": 10}
    assert cpu_seconds_of(rounds) == {"server": 3.0}


@pytest.mark.parametrize(("fairness", "is_valid"), [(QUIET, True), (BUSY, False)])
def test_one_busy_look_makes_a_measure_invalid(fairness: Fairness, is_valid: bool) -> None:
    assert Result(SPEED, OUTCOME, fairness).document()["valid"] is is_valid


def test_a_goal_is_met_on_its_better_side() -> None:
    slow = replace(SPEED, better="lower")
    assert not Result(SPEED, OUTCOME, QUIET).is_met
    assert Result(slow, OUTCOME, QUIET).is_met
    assert Result(replace(slow, goal=0.5), OUTCOME, QUIET).is_met


def test_a_measure_is_told_with_everything_needed_to_judge_it() -> None:
    document = Result(SPEED, OUTCOME, QUIET).document()
    assert json.loads(json.dumps(document)) == document
    wanted = {"name", "ratio", "goal", "better", "valid", "arms", "cpu_seconds", "guard", "met", "unit"}
    assert document.keys() == wanted


def test_two_spinning_processes_make_turns_together() -> None:
    assert turns(2, 0.05) > 0


def test_a_measure_that_does_not_exist_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["nonsense"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert all(name in told for name in MEASURES)
