"""The true counts of a period, in memory only: grouped by the database, set into the cells of the fixed domain.

Whoever calls this must put noise on it before anything leaves the transaction: see cutting.py, its only caller.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from casestatus.statistics.domain import CONCLUIDA, OTHER_OUTCOME, Cell, Places, cells
from casestatus.statistics.models import CountKind, StatisticsEvent
from casestatus.statistics.periods import first_day, months_of
from casestatus.statistics.rows import CodeLists
from casestatus.statistics.tables import Table

Column = InstrumentedAttribute[Any]
E = StatisticsEvent
GROUPS_AT_ONCE = 10_000


class Tally:
    """Counts the periods of one release. `own_codes` are the offices' own public codes."""

    def __init__(self, session: Session, own_codes: dict[UUID, str]) -> None:
        self._session = session
        self._own_codes = own_codes

    def true_counts(self, table: Table, period: str, codes: CodeLists) -> list[int]:
        """The true count of every cell, in domain order. Raises KeyError for an office outside of the code list."""
        tallied: Counter[Cell] = Counter()
        for cell, count in self._found(table, period, Places(codes)):
            tallied[cell] += count
        return [tallied[cell] for cell in cells(table, codes)]

    def _found(self, table: Table, period: str, places: Places) -> Iterator[tuple[Cell, int]]:
        kind, columns, cell_of = self._plan(table, places)
        months = [first_day(month) for month in months_of(period)]
        for *values, count in self._grouped(kind, columns, months):
            yield cell_of(*values), count

    def _grouped(self, kind: CountKind, columns: Sequence[Column], months: Sequence[date]) -> Iterator[Any]:
        counted = select(*columns, func.count()).where(E.kind == kind, E.month.in_(months)).group_by(*columns)
        return iter(self._session.execute(counted, execution_options={"yield_per": GROUPS_AT_ONCE}))

    def _plan(self, table: Table, places: Places) -> tuple[CountKind, Sequence[Column], Callable[..., Cell]]:
        """What is grouped by what, and the cell that a group belongs to."""
        match table.name:
            case "T1":
                return (
                    CountKind.NEW,
                    (E.office_id, E.crime),
                    lambda office, crime: Cell(self._office(places, office), places.crime_of_office(crime)),
                )
            case "T1s":
                return CountKind.NEW, (E.office_id,), lambda office: Cell(self._office(places, office))
            case "T2":
                return (
                    CountKind.ENTRY,
                    (E.office_id, E.stage),
                    lambda office, stage: Cell(self._office(places, office), stage=stage),
                )
            case "T3":
                return (
                    CountKind.ENTRY,
                    (E.office_id, E.crime, E.stage, E.outcome),
                    lambda office, crime, *end: Cell(
                        self._office(places, office), places.group_of_office(crime), *_end(*end)
                    ),
                )
            case "T4":
                return (
                    CountKind.ENTRY,
                    (E.crime, E.stage),
                    lambda crime, stage: Cell(crime=places.crime(crime), stage=stage),
                )
            case _:
                return (
                    CountKind.EXIT,
                    (E.crime, E.stage, E.duration_bin),
                    lambda crime, stage, days: Cell(crime=places.group(crime), stage=stage, days=days),
                )

    def _office(self, places: Places, office_id: UUID) -> str:
        return places.office(self._own_codes[office_id])


def _end(stage: str, outcome: str | None) -> tuple[str, str | None]:
    return (stage, outcome or OTHER_OUTCOME) if stage == CONCLUIDA else (stage, None)
