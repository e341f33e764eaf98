"""The small country: published proportions, numbers that open one case only, people who can be signed in as."""

from collections import Counter
from datetime import date, timedelta
from functools import cache
from random import Random

from casestatus.cases.stages import Model
from casestatus.demo.case_numbers import NumberMint
from casestatus.demo.places import states
from casestatus.demo.planning import ISSUED_VICTIMS, SHOWN_OFFICES, PlannedCase, plan

TODAY = date(2026, 11, 23)
CASES = 4000


@cache
def country() -> tuple[PlannedCase, ...]:
    return tuple(plan(states(), cases=CASES, seed=11, today=TODAY))


def shares(counts: dict[str, int]) -> dict[str, float]:
    return {name: count / sum(counts.values()) for name, count in counts.items()}


def test_there_are_32_states_with_what_was_published_for_each() -> None:
    assert len({state.letters for state in states()}) == 32
    assert all(sum(state.crimes.values()) > 0 for state in states())


def test_states_and_crimes_have_their_published_proportions() -> None:
    drawn = country()[ISSUED_VICTIMS:]
    published_states = shares({state.letters: sum(state.crimes.values()) for state in states()})
    published_crimes = shares(sum((Counter(state.crimes) for state in states()), Counter()))
    drawn_states = shares(Counter(case.state.letters for case in drawn))
    drawn_crimes = shares(Counter(case.lines[0].crime for case in drawn))
    assert all(abs(drawn_states.get(name, 0) - share) < 0.03 for name, share in published_states.items())
    assert all(abs(drawn_crimes.get(name, 0) - share) < 0.03 for name, share in published_crimes.items())


def test_both_models_several_lines_and_several_people_occur() -> None:
    assert {case.model for case in country()} == set(Model)
    assert {len(case.lines) for case in country()} == {1, 2, 3}
    assert {len(case.victims) for case in country()} == {1, 2, 3}


def test_cases_come_from_the_last_two_years() -> None:
    first, last = TODAY - timedelta(days=731), TODAY - timedelta(days=3)
    assert all(first <= case.opened_on <= last for case in country())
    assert len({case.opened_on.strftime("%Y-%m") for case in country()}) >= 24


def test_every_person_is_concerned_by_lines_that_exist() -> None:
    for case in country():
        ordinals = set(range(1, len(case.lines) + 1))
        assert all(own and set(own) <= ordinals for own in case.victims)


def test_those_who_get_a_pin_are_in_four_offices_and_their_cases_go_on() -> None:
    issued = [case for case in country() if case.issued]
    assert Counter((case.state.letters, case.office) for case in issued) == dict.fromkeys(SHOWN_OFFICES, 15)
    assert not any(line.steps[-1].stage.final for case in issued for line in case.lines)


def test_a_number_opens_one_case_wherever_and_however_it_is_typed() -> None:
    mint = NumberMint(Random(11))
    numbers = [mint.official(case.model, case.state.letters, case.office, case.opened_on) for case in country()]
    numbers += [mint.judicial(year) for year in (2025, 2026) for _ in range(500)]
    forms = Counter(pair for readings in numbers for pair in {(f, s) for r in readings for f, s in r.segments.items()})
    assert set(forms.values()) == {1}
    assert all(readings[0].pattern for readings in numbers)
