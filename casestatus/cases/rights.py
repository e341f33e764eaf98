"""What a victim may be told at a stage: what she can do, and which rights she has until when. Pure rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby

from casestatus.cases.deadlines import Deadline, DeadlineState, OfficeCalendar, first_to_come, last_day, state_of
from casestatus.cases.procedure_model import Stage
from casestatus.cases.right_files import read_cards, read_rights
from casestatus.cases.right_model import Card, DeadlineRule, Right
from casestatus.cases.stages import procedures
from casestatus.cases.timeline import Entry


@dataclass(frozen=True)
class RightNow:
    """A right as it stands today: its deadline where one can be told, and what may be said of it."""

    right: Right
    state: DeadlineState
    deadline: Deadline | None


@cache
def rights() -> Mapping[str, Right]:
    """Every right by its code, read and checked once. Raises ProcedureFileBroken."""
    return read_rights(_file("rights.toml"))


@cache
def cards() -> Mapping[str, Card]:
    """Every stage's card, read and checked once. Raises ProcedureFileBroken: call it at start."""
    every = [stage for procedure in procedures().values() for stage in procedure.stages.values()]
    stages = {stage.code: codes_of_end(stage) | stage.back_from.keys() for stage in every}
    return read_cards(_file("cards.toml"), rights(), stages)


def codes_of_end(stage: Stage) -> frozenset[str]:
    """The outcomes and causes that the stage may be entered with."""
    return (stage.details.get("outcome") or frozenset()) | (stage.details.get("cause") or frozenset())


def card_of(stage: Stage, decided: str | None = None, *, past: bool = False, back_from: str | None = None) -> Card:
    """What stands on the stage's card beneath its meaning.

    `decided` is the code of its outcome or cause, if known; `past`: its date is over; `back_from` is the stage that the
    line came back from, if it did.
    """
    card = cards()[stage.code]
    if past and card.past:
        return card.past
    return card.after.get(decided or "") or card.after.get(back_from or "", card)


def decided_by(entries: Sequence[Entry]) -> str | None:
    """The code of the outcome or cause of a line's latest step, of its steps oldest first; None while nobody told it.

    A ruling that becomes final without being told again is the one that was told just before. The same told once more
    of the same day is the same decision; of another day it is another one. What a review ended with must be told.
    """
    *before, latest = entries
    told = latest.details.outcome or latest.details.cause
    if told or not before:
        return told
    previous = before[-1]
    told_once_more = (previous.stage.code, previous.on) == (latest.stage.code, latest.on)
    of_ruling_before = previous.stage.code != latest.stage.code and "outcome" in previous.stage.details
    return decided_by(before) if told_once_more or of_ruling_before else None


def came_from(entries: Sequence[Entry], stage: Stage) -> str | None:
    """The stage that a line was at before it came to `stage`, of its entries oldest first; a move is none."""
    others = (entry.stage for entry in reversed(entries) if not entry.stage.moved and entry.stage.code != stage.code)
    return next((other.code for other in others), None)


def back_from(steps: Sequence[Entry]) -> str | None:
    """The stage from which a line came back to where it stood before, of its steps oldest first; a move is none."""
    path = [code for code, _ in groupby(step.stage.code for step in steps if not step.stage.moved)]
    return path[-2] if len(path) > 2 and path[-3] == path[-1] else None


def rights_at(
    stage: Stage,
    *,
    notified_on: Sequence[date],
    calendar: OfficeCalendar,
    today: date,
    came_from: str | None = None,
    decided: str | None = None,
    past: bool = False,
    back_from: str | None = None,
) -> tuple[RightNow, ...]:
    """The rights of a stage on `today`; `notified_on` are the days of its formal notices, none while none is known.

    `came_from` is the stage that the line had before, as she sees it: some shorten a limit. `decided` is the code of
    the outcome or cause, if known: some rights make sense only after a conviction, say. `past`: the day that the stage
    names is over. `back_from` is the stage that the line came back from, if it did.
    """
    limits = [
        (right, right.deadline_in(calendar.region, came_from))
        for right in card_of(stage, decided, past=past, back_from=back_from).rights
    ]
    return tuple(_right_now(right, rule, notified_on, calendar, today) for right, rule in limits)


def _right_now(
    right: Right, rule: DeadlineRule | None, notified_on: Sequence[date], calendar: OfficeCalendar, today: date
) -> RightNow:
    deadline = None
    if rule is not None and notified_on:
        verified = calendar.checked.get(right.code) == right.limits_in(calendar.region)
        deadlines = [Deadline(last_day(rule, day, calendar), day, verified) for day in notified_on]
        deadline = first_to_come(deadlines, today=today)
    return RightNow(right, state_of(rule, deadline, today=today), deadline)


def _file(name: str) -> str:
    return files("casestatus.cases").joinpath("procedures", name).read_text("utf-8")
