"""Builds the small country in an empty, migrated database."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from random import Random

from sqlalchemy.orm import Session

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

CASES_AT_ONCE = 250  # a transaction each, so that progress can be told
Progress = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class Order:
    """How large the country is to be, and from which seed and day."""

    cases: int
    seed: int
    today: date


@dataclass(frozen=True, kw_only=True)
class AwaitedPin:
    """A victim who is to get a PIN, her office, and the number of her case."""

    planned: PlannedVictim
    place: Place
    case_number: str


@dataclass(frozen=True, kw_only=True)
class IssuedVictim(AwaitedPin):
    """A victim whose PIN and backup key are shown."""

    drawn: DrawnAccess


def build_cases(
    database: Database,
    keys: KeyRing,
    states: Sequence[State],
    places: dict[tuple[str, int], Place],
    order: Order,
    *,
    progress: Progress,
) -> list[AwaitedPin]:
    """All cases of the country. Returns the PINs to be issued."""
    mint = NumberMint(Random(order.seed))  # noqa: S311 - made-up numbers follow the seed; nothing secret does
    awaited, rows, waiting = [], Rows(), 0
    for planned in plan(states, cases=order.cases, seed=order.seed, today=order.today):
        place = places[planned.state.letters, planned.office]
        numbers = _numbers(planned, mint)
        victims = add_case(rows, planned, place.desk, numbers, keys=keys)
        if planned.issued:
            number = numbers[0][1][0].official
            awaited.append(AwaitedPin(planned=victims[0], place=place, case_number=number))
        waiting += 1
        if waiting == CASES_AT_ONCE:
            waiting = _write(database, rows, waiting, progress)
    _write(database, rows, waiting, progress)
    return awaited


def issue_pins(
    database: Database,
    keys: KeyRing,
    awaited: Sequence[AwaitedPin],
    *,
    pin_digits: int,
    progress: Progress,
) -> list[IssuedVictim]:
    """PINs and backup keys. Argon2id runs in two threads and outside of the transaction: 30 ms each."""

    def draw(pin: AwaitedPin) -> DrawnAccess:
        drawn = draw_access(keys, pin.planned.case, pin_digits=pin_digits)
        progress(1)
        return drawn

    with ThreadPoolExecutor(2) as pool:
        drawn = list(pool.map(draw, awaited))
    now = database.now()
    with database.writing() as session:
        pairs = zip(awaited, drawn, strict=True)
        return [_issue(session, keys, pin, access, draw_again=partial(draw, pin), now=now) for pin, access in pairs]


def _issue(
    session: Session,
    keys: KeyRing,
    pin: AwaitedPin,
    access: DrawnAccess,
    *,
    draw_again: Callable[[], DrawnAccess],
    now: datetime,
) -> IssuedVictim:
    victim = session.get_one(Victim, pin.planned.id)
    drawn = issue_access(session, keys, victim, access, draw_again=draw_again, now=now)
    victim.handed_over_at = victim.pin_first_used_at = now  # a PIN nobody used ends; a demo is kept
    return IssuedVictim(planned=pin.planned, place=pin.place, case_number=pin.case_number, drawn=drawn)


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
