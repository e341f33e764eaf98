"""What one visible event adds to the statistics: the first entry into a stage, the first exit from one, a new case.

Source: open_data.md §3a. A lineage counts once for each; the month is that of receipt in Mexico City.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casestatus.cases.stages import Stage, StatisticalStage
from casestatus.crypto import KeyRing
from casestatus.database import new_id
from casestatus.database.conflicts import insert_into
from casestatus.statistics.correcting import note
from casestatus.statistics.marks import mark_of
from casestatus.statistics.models import CountCorrection, CountedOnce, CountKind, StatisticsEvent
from casestatus.statistics.periods import first_day, month_of, oldest_open_month

DURATION_BINS = ((7, "0-7"), (30, "8-30"), (90, "31-90"), (180, "91-180"), (365, "181-365"), (730, "366-730"))
LONGEST_BIN = "731+"


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One thing to be counted once; `stage` is a statistical stage (for a new case, its first)."""

    kind: CountKind
    stage: str
    outcome: str | None = None
    duration_bin: str | None = None


@dataclass(frozen=True, kw_only=True)
class Unit:
    """The case as the statistics see it: its lineage's key, its office and its frozen crime."""

    lineage_key: bytes
    office_id: UUID
    crime: str


def unit_of(keys: KeyRing, lineage: UUID, *, office_id: UUID, crime: str) -> Unit:
    """The unit under a keyed hash that outlives the case."""
    return Unit(lineage_key=keys.statistics("lineage", str(lineage)), office_id=office_id, crime=crime)


def counts_of(
    stage: Stage, *, outcome: str | None, left: Stage | None = None, days_there: int | None = None
) -> list[Counted]:
    """What an event at `stage` adds, having `left` another stage after `days_there` days (None: it moved nothing)."""
    entered = _entered(stage)
    if entered is None:
        return []
    counts = [
        Counted(kind=CountKind.NEW, stage="inicio"),
        Counted(kind=CountKind.ENTRY, stage=entered, outcome=outcome),
    ]
    if (
        left is not None
        and left.statistical_stage is not None
        and str(left.statistical_stage) not in {entered, "concluida"}
    ):
        counts.append(
            Counted(kind=CountKind.EXIT, stage=str(left.statistical_stage), duration_bin=duration_bin(days_there or 0))
        )
    return counts


def _entered(stage: Stage) -> str | None:
    """The statistical stage that a stage enters. A case that is joined ends there: its target is another unit."""
    if stage.joined:
        return str(StatisticalStage.CONCLUIDA)
    return str(stage.statistical_stage) if stage.statistical_stage else None


def duration_bin(days: int) -> str:
    """The published bin of a duration in days."""
    return next((name for most, name in DURATION_BINS if days <= most), LONGEST_BIN)


def statistical_month(received_at: datetime) -> date:
    """The first day of the month of receipt, in Mexico City."""
    return first_day(month_of(received_at))


def rows_of(unit: Unit, counts: list[Counted], *, event_id: UUID, received_at: datetime) -> list[dict[str, Any]]:
    """Rows of `statistics_event` for these counts."""
    return [
        {
            "id": new_id(),
            "lineage_key": unit.lineage_key,
            "kind": counted.kind,
            "stage": counted.stage,
            "month": statistical_month(received_at),
            "office_id": unit.office_id,
            "crime": unit.crime,
            "outcome": counted.outcome,
            "duration_bin": counted.duration_bin,
            "event_id": event_id,
        }
        for counted in counts
    ]


def set_aside(session: Session, rows: list[dict[str, Any]]) -> None:
    """Keep what wasn't counted before; a lineage's second entry into a stage adds nothing, however late it comes.

    The marks are read after the insert: it may have waited for a row that retaining.py was just turning into a mark.
    """
    if not rows:
        return
    session.execute(insert_into(session, StatisticsEvent).on_conflict_do_nothing(), rows)
    marks = {mark_of(row["lineage_key"], row["kind"], row["stage"]): row["id"] for row in rows}
    known = session.scalars(select(CountedOnce.mark).where(CountedOnce.mark.in_(marks))).all()
    if known:
        session.execute(delete(StatisticsEvent).where(StatisticsEvent.id.in_([marks[mark] for mark in known])))


def note_as_counted(session: Session, rows: list[dict[str, Any]]) -> None:
    """Leave the marks of these rows and nothing else: it was a first, but not in a month that is to be drawn."""
    if rows:
        marks = [{"mark": mark_of(row["lineage_key"], row["kind"], row["stage"])} for row in rows]
        session.execute(insert_into(session, CountedOnce).on_conflict_do_nothing(), marks)


def take_back(session: Session, event_id: UUID, *, now: datetime) -> None:
    """Uncount a superseded event: while its month is open for good, later for edition 2 alone."""
    counted = StatisticsEvent.event_id == event_id
    still_open = StatisticsEvent.month >= first_day(oldest_open_month(now))
    session.execute(delete(StatisticsEvent).where(counted, still_open))
    closed = session.scalars(select(StatisticsEvent.id).where(counted)).all()
    note(session, [{"count_id": count, "taken_back": True} for count in closed])


def count_after_all(session: Session, rows: list[dict[str, Any]], corrected: Collection[UUID]) -> None:
    """What a correction says again of the `corrected` events counts in edition 2, with its outcome and duration; of
    what counts in an open month there is nothing to be noted.
    """
    for row in rows:
        of_row = (StatisticsEvent.lineage_key == row["lineage_key"], StatisticsEvent.kind == row["kind"])
        noted = select(StatisticsEvent.id).join(CountCorrection, CountCorrection.count_id == StatisticsEvent.id)
        again = noted.where(*of_row, StatisticsEvent.stage == row["stage"], StatisticsEvent.event_id.in_(corrected))
        for count in session.scalars(again).all():
            said = {name: row[name] for name in ("outcome", "duration_bin")}
            note(session, [{"count_id": count, "taken_back": False, **said}])
