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
    LINE_DIFFERS = "line_differs"
    OPENED_ON_DIFFERS = "opened_on_differs"
    NUMBER_UNRECOGNISED = "number_unrecognised"
    TO_NUMBER_UNUSABLE = "to_number_unusable"
    TO_OFFICE_UNKNOWN = "to_office_unknown"
    SHOWN_DIFFERS = "shown_differs"
    FORMAL_NOTICE_SHOWN = "formal_notice_shown"
    FORMAL_NOTICE_UNSAID = "formal_notice_unsaid"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event as its reader sees it: for a victim, `on` and `received_at` are those of the reveal.

    `happened_on` is the day that the office tells it by: it decides nothing that a victim sees of a `revealed` one.
    """

    event_id: UUID
    sequence: int
    stage: Stage
    details: Details
    happened_on: date
    on: date
    received_at: datetime
    corrects: bool = False
    revealed: bool = False


@dataclass(frozen=True)
class Position:
    """Where a proceeding stands: the unbroken run of entries into its stage, oldest first."""

    run: Sequence[Entry]

    @property
    def entry(self) -> Entry:
        """The latest one."""
        return self.run[-1]

    @property
    def since(self) -> date:
        """The day since when the stage has lasted."""
        return self.run[0].on

    @property
    def stage(self) -> Stage:
        return self.entry.stage


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Oldest first, by the day as it is told; of one day, the one told later is the later one."""
    return sorted(entries, key=lambda entry: (entry.on, entry.received_at, entry.sequence))


def steps(entries: Iterable[Entry]) -> list[Entry]:
    """The entries that moved the line, oldest first: all but reveals that tell of a stage behind where it stood.

    That is read off the model and what can be seen: whoever knows when the hidden event happened reads the same.
    """
    taken: list[Entry] = []
    stood: Stage | None = None
    for entry in in_order(entries):
        if stood is None or not entry.revealed or _reveals_a_step(stood, entry.stage):
            taken.append(entry)
            stood = stood if entry.stage.moved else entry.stage  # a move says nothing of how far the line had come
    return taken


def position(entries: Iterable[Entry]) -> Position | None:
    """The latest stage, and the unbroken run of it; None when there is nothing to see."""
    taken = steps(entries)
    return Position(_last_run(taken, lambda entry: entry.stage.code)) if taken else None


def in_statistical_stage_since(entries: Iterable[Entry]) -> date:
    """The day on which the current statistical stage was entered, over all codes that belong to it."""
    return _last_run(steps(entries), lambda entry: str(entry.stage.statistical_stage))[0].on


def takes_back(steps: Sequence[Entry]) -> bool:
    """Whether the latest step takes back what stood before it: it corrects, reopens, or goes backward."""
    latest = steps[-1]
    before = steps[-2] if len(steps) > 1 else None
    return latest.corrects or (
        before is not None and (is_reopening(before.stage, latest.stage) or is_backward(before.stage, latest.stage))
    )


def _reveals_a_step(before: Stage, after: Stage) -> bool:
    """A line that was joined, or stands further on, isn't taken back by what is told of its past."""
    if after.moved or after.joined or may_follow(before, after):
        return True
    return not (before.joined or is_backward(before, after))


def _last_run(ordered: Sequence[Entry], same: Callable[[Entry], str]) -> Sequence[Entry]:
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
        Flag.LATE: on < before.entry.happened_on,
        Flag.OUT_OF_ORDER: not may_follow(before.stage, after),
        Flag.BACKWARD: is_backward(before.stage, after),
        Flag.REOPENED: is_reopening(before.stage, after),
    }
    return {flag for flag, holds in checks.items() if holds}
