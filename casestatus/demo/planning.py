"""Which cases the small country has: how many, where, of what, and how each went. Pure; follows seed and day alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from casestatus.cases.stages import Model
from casestatus.demo.places import State
from casestatus.demo.walks import Step, walk

OFFICES_A_STATE = ("Centro", "Norte", "Sur")
SHOWN_STATES = ("CMX", "MEX")  # two institutions with two offices each, whose victims have PINs
SHOWN_OFFICES = tuple((letters, ordinal) for letters in SHOWN_STATES for ordinal in (1, 2))
ISSUED_VICTIMS = 60
LONGEST_AGO, NEWEST_AGO = 730, 5  # days


@dataclass(frozen=True, kw_only=True)
class PlannedLine:
    """One proceeding: an accused and a crime."""

    crime: str
    steps: list[Step]


@dataclass(frozen=True, kw_only=True)
class PlannedCase:
    """One case. `victims`: for each person the ordinals of the lines that are hers; `issued`: the first has a PIN."""

    state: State
    office: int
    model: Model
    opened_on: date
    lines: list[PlannedLine]
    victims: list[list[int]]
    issued: bool


def plan(states: Sequence[State], *, cases: int, seed: int, today: date) -> Iterator[PlannedCase]:
    """`cases` cases; the first ones are those whose victims a visitor may sign in as."""
    chance = Random(seed)  # noqa: S311 - made-up cases are to be the same for the same seed; nothing secret follows it
    by_letters = {state.letters: state for state in states}
    volumes = [sum(state.crimes.values()) for state in states]
    for number in range(cases):
        issued = number < ISSUED_VICTIMS
        if issued:
            letters, office = SHOWN_OFFICES[number % len(SHOWN_OFFICES)]
            yield _case(by_letters[letters], office, chance, today=today, issued=True)
        else:
            state = chance.choices(states, weights=volumes)[0]
            yield _case(state, chance.randint(1, len(OFFICES_A_STATE)), chance, today=today, issued=False)


def _case(state: State, office: int, chance: Random, *, today: date, issued: bool) -> PlannedCase:
    model = chance.choices((Model.CI, Model.AP), weights=(85, 15))[0]
    opened_on = today - timedelta(days=chance.randint(NEWEST_AGO, LONGEST_AGO))
    lines = [_line(state, model, opened_on, chance, today=today, still_open=issued) for _ in range(_few(chance))]
    lines.sort(key=lambda line: line.steps[0].received_at)  # the first one opens the case
    return PlannedCase(
        state=state,
        office=office,
        model=model,
        opened_on=lines[0].steps[0].occurred_on,
        lines=lines,
        victims=[_own_lines(person, len(lines), chance) for person in range(_few(chance))],
        issued=issued,
    )


def _line(state: State, model: Model, opened_on: date, chance: Random, *, today: date, still_open: bool) -> PlannedLine:
    crime = chance.choices(list(state.crimes), weights=list(state.crimes.values()))[0]
    steps = walk(model, chance, begins_on=opened_on, today=today)
    while still_open and steps[-1].stage.final:  # a visitor wants to push what happens next
        steps = walk(model, chance, begins_on=opened_on, today=today)
    return PlannedLine(crime=crime, steps=steps)


def _few(chance: Random) -> int:
    return chance.choices((1, 2, 3), weights=(80, 15, 5))[0]


def _own_lines(person: int, lines: int, chance: Random) -> list[int]:
    """The first person is concerned by every line, the others by one of them."""
    return list(range(1, lines + 1)) if person == 0 else [chance.randint(1, lines)]
