"""Made-up ways through the stages."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest

from casestatus.cases.details import details_of
from casestatus.cases.rights import card_of
from casestatus.cases.stages import Model, hidden_by_rule, may_follow
from casestatus.demo.walks import Step, walk

TODAY = date(2026, 11, 23)


def ways(model: Model) -> list[list[Step]]:
    chance = Random(7)
    days_ago = [timedelta(days=chance.randrange(730)) for _ in range(300)]
    return [walk(model, chance, begins_on=TODAY - ago, today=TODAY) for ago in days_ago]


@pytest.mark.parametrize("model", Model)
def test_every_step_is_a_foreseen_transition(model: Model) -> None:
    for steps in ways(model):
        assert may_follow(None, steps[0].stage)
        assert all(may_follow(before.stage, after.stage) for before, after in pairwise(steps))


@pytest.mark.parametrize("model", Model)
def test_days_go_forward_and_end_three_days_before_today(model: Model) -> None:
    for steps in ways(model):
        assert all(before.occurred_on < after.occurred_on for before, after in pairwise(steps))
        assert all(before.received_at < after.received_at for before, after in pairwise(steps))
        assert all(step.occurred_on <= step.received_at.date() <= TODAY - timedelta(days=3) for step in steps)


@pytest.mark.parametrize("model", Model)
def test_details_are_allowed_by_their_stage_and_hide_nothing(model: Model) -> None:
    for step in (step for steps in ways(model) for step in steps):
        assert not hidden_by_rule(step.stage, details_of(step.stage, step.details))


@pytest.mark.parametrize("model", Model)
def test_what_a_time_limit_runs_from_has_mostly_been_notified(model: Model) -> None:
    steps = [step for steps in ways(model) for step in steps]
    notified = [step for step in steps if step.formal_notice_on]
    assert all(any(right.deadline for right in card_of(step.stage).rights) for step in notified)
    assert all(step.occurred_on <= (step.formal_notice_on or step.occurred_on) for step in notified)
    limited = [step for step in steps if any(right.deadline for right in card_of(step.stage).rights)]
    assert len(limited) / 2 < len(notified) < len(limited)


@pytest.mark.parametrize("model", Model)
def test_most_stages_of_the_model_are_met(model: Model) -> None:
    met = {step.stage.code for steps in ways(model) for step in steps}
    assert len(met) >= 12


def test_the_same_seed_walks_the_same_way() -> None:
    assert ways(Model.CI) == ways(Model.CI)
