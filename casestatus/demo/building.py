"""Builds the small country in an empty, migrated database."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from random import Random

from casestatus.access.pins import DrawnAccess, draw_access, issue_access
from casestatus.cases.models import NumberKind
from casestatus.cases.numbers import Reading
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.demo.case_numbers import NumberMint
from casestatus.demo.country import Place
from casestatus.demo.places import State
from casestatus.demo.planning import PlannedCase, plan
from casestatus.demo.rows import PlannedVictim, Rows, add_case
from casestatus.victims.models import Victim

ROWS_AT_ONCE = 250  # cases; a transaction each, so that progress can be told
Progress = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class Order:
    """How large the country is to be, and from which seed and day."""

    cases: int
    seed: int
    today: date


@dataclass(frozen=True, kw_only=True)
class IssuedVictim:
    """A victim whose PIN and backup key are shown."""

    planned: PlannedVictim
    place: Place
    case_number: str
    drawn: DrawnAccess


def build_cases(
    database: Database,
    keys: KeyRing,
    states: Sequence[State],
    places: dict[tuple[str, int], Place],
    order: Order,
    *,
    progress: Progress,
) -> list[tuple[PlannedVictim, Place, str]]:
    """All cases of the country. Returns the victims who are to get a PIN, with their office and number."""
    mint = NumberMint(Random(order.seed))  # noqa: S311 - made-up numbers follow the seed; nothing secret does
    to_issue, rows, waiting = [], Rows(), 0
    for planned in plan(states, cases=order.cases, seed=order.seed, today=order.today):
        place = places[planned.state.letters, planned.office]
        numbers = _numbers(planned, mint)
        victims = add_case(rows, planned, place.desk, numbers, keys=keys)
        if planned.issued:
            to_issue.append((victims[0], place, numbers[0][1][0].official))
        waiting += 1
        if waiting == ROWS_AT_ONCE:
            waiting = _write(database, rows, waiting, progress)
    _write(database, rows, waiting, progress)
    return to_issue


def issue_pins(
    database: Database,
    keys: KeyRing,
    to_issue: Sequence[tuple[PlannedVictim, Place, str]],
    *,
    pin_digits: int,
    progress: Progress,
) -> list[IssuedVictim]:
    """PINs and backup keys. Argon2id runs in two threads and outside of the transaction: 30 ms each."""

    issued = []

    def draw(victim: PlannedVictim) -> DrawnAccess:
        drawn = draw_access(keys, victim.case, pin_digits=pin_digits)
        progress(1)
        return drawn

    with ThreadPoolExecutor(2) as pool:
        drawn = list(pool.map(draw, [victim for victim, _, _ in to_issue]))
    now = database.now()
    with database.writing() as session:
        for (planned, place, number), access in zip(to_issue, drawn, strict=True):
            victim = session.get_one(Victim, planned.id)
            shown = issue_access(session, keys, victim, access, draw_again=partial(draw, planned), now=now)
            victim.handed_over_at = victim.pin_first_used_at = now  # a PIN nobody used ends; a demo is kept
            issued.append(IssuedVictim(planned=planned, place=place, case_number=number, drawn=shown))
    return issued


def _numbers(planned: PlannedCase, mint: NumberMint) -> list[tuple[NumberKind, tuple[Reading, ...]]]:
    """The office's number, and the court's own once a line is with a judge."""
    numbers = [
        (NumberKind.OFFICIAL, mint.official(planned.model, planned.state.letters, planned.office, planned.opened_on))
    ]
    with_judge = [step for line in planned.lines for step in line.steps if step.stage.part == 2]
    if with_judge:
        numbers.append((NumberKind.JUDICIAL, mint.judicial(min(step.occurred_on for step in with_judge).year)))
    return numbers


def _write(database: Database, rows: Rows, cases: int, progress: Progress) -> int:
    with database.writing() as session:
        rows.write(session)
    progress(cases)
    return 0
