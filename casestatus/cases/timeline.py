"""Where a proceeding stands, read off its events. Pure: the same rule serves intake, the demo and the tests."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from casestatus.cases.details import Details
from casestatus.cases.stages import Stage, is_backward, is_reopening, may_follow


class Flag(StrEnum):
    """What an office is told about an update that we took all the same."""

    OUT_OF_ORDER = "out_of_order"
    BACKWARD = "backward"
    REOPENED = "reopened"
    LATE = "late"
    HISTORICAL = "historical"
    HIDDEN_BY_RULE = "hidden_by_rule"
    CRIME_DIFFERS = "crime_differs"
    CRIME_UNKNOWN = "crime_unknown"
    OFFICE_DIFFERS = "office_differs"
    OPENED_ON_DIFFERS = "opened_on_differs"
    NUMBER_UNRECOGNISED = "number_unrecognised"
    TO_NUMBER_UNUSABLE = "to_number_unusable"
    TO_OFFICE_UNKNOWN = "to_office_unknown"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event as its reader sees it: for a victim, `on` and `received_at` are those of the reveal.

    `rank` is the day that decides the order: a stage revealed late stays behind what followed it.
    """

    event_id: UUID
    sequence: int
    stage: Stage
    details: Details
    rank: date
    on: date
    received_at: datetime
    corrects: bool = False


@dataclass(frozen=True)
class Position:
    """Where a proceeding stands: the latest entry, and the day since when its stage has lasted."""

    entry: Entry
    since: date

    @property
    def stage(self) -> Stage:
        return self.entry.stage


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Oldest first, by the day on which it happened; of one day, the one told later is the later one."""
    return sorted(entries, key=lambda entry: (entry.rank, entry.sequence))


def position(entries: Iterable[Entry]) -> Position | None:
    """The latest stage, since the first day of the unbroken run of it; None when there is nothing to see."""
    ordered = in_order(entries)
    if not ordered:
        return None
    run = _last_run(ordered, lambda entry: entry.stage.code)
    return Position(run[-1], run[0].on)


def in_statistical_stage_since(entries: Iterable[Entry]) -> date:
    """The day on which the current statistical stage was entered, over all codes that belong to it."""
    return _last_run(in_order(entries), lambda entry: str(entry.stage.statistical_stage))[0].on


def takes_back(ordered: Sequence[Entry]) -> bool:
    """Whether the latest entry takes back what stood before it: it corrects, reopens, or goes backward."""
    latest = ordered[-1]
    before = ordered[-2] if len(ordered) > 1 else None
    return latest.corrects or (
        before is not None and (is_reopening(before.stage, latest.stage) or is_backward(before.stage, latest.stage))
    )


def _last_run(ordered: Sequence[Entry], same: Callable[[Entry], str]) -> list[Entry]:
    run: list[Entry] = []
    for entry in reversed(ordered):
        if same(entry) != same(ordered[-1]):
            break
        run.insert(0, entry)
    return run


def flags_of_move(before: Position | None, after: Stage, on: date) -> set[Flag]:
    """What is unusual about moving from `before` to `after` on that day. Courts revert: nothing here refuses."""
    if before is None:
        return set() if may_follow(None, after) else {Flag.OUT_OF_ORDER}
    checks = {
        Flag.LATE: on < before.entry.rank,
        Flag.OUT_OF_ORDER: not may_follow(before.stage, after),
        Flag.BACKWARD: is_backward(before.stage, after),
        Flag.REOPENED: is_reopening(before.stage, after),
    }
    return {flag for flag, holds in checks.items() if holds}
