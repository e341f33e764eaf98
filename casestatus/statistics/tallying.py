"""The true counts of a period, in memory only: grouped by the database, set into the cells of the fixed domain.

Whoever calls this must put noise on it before anything leaves the transaction: see cutting.py, its only caller.
"""

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from casestatus.errors import N_, Conflict
from casestatus.statistics.domain import CONCLUIDA, OTHER_OUTCOME, Cell, Places, cells
from casestatus.statistics.models import CountCorrection, CountKind, StatisticsEvent
from casestatus.statistics.periods import first_day, months_of
from casestatus.statistics.rows import CodeLists
from casestatus.statistics.tables import Table

Column = InstrumentedAttribute[Any]
E, C = StatisticsEvent, CountCorrection
CORRECTED = {E.office_id: C.office_id, E.outcome: C.outcome, E.duration_bin: C.duration_bin}
GROUPS_AT_ONCE = 10_000


class OfficeCodeChanged(Conflict):
    """An office that was counted isn't in the month's code list, as it was published or as it is now."""

    type = "office-code-changed"
    detail = N_("La oficina %(code)s no está en la lista de claves de ese periodo: su clave cambió. No se sorteó nada.")


class Tally:
    """Counts the periods of one release. `own_codes` are the offices' own public codes; edition 2 counts as corrected
    since (correcting.py).
    """

    def __init__(self, session: Session, own_codes: dict[UUID, str], *, edition: int = 1) -> None:
        self._session = session
        self._own_codes = own_codes
        self._edition = edition

    def true_counts(self, table: Table, period: str, codes: CodeLists) -> list[int]:
        """The true count of every cell, in domain order. Raises OfficeCodeChanged."""
        tallied: Counter[Cell] = Counter()
        with closing(self._found(table, period, Places(codes))) as found:
            for cell, count in found:
                tallied[cell] += count
        return [tallied[cell] for cell in cells(table, codes)]

    def _found(self, table: Table, period: str, places: Places) -> Generator[tuple[Cell, int]]:
        kind, columns, cell_of = self._plan(table, places)
        months = [first_day(month) for month in months_of(period)]
        with closing(self._grouped(kind, columns, months)) as groups:
            for *values, count in groups:
                yield cell_of(*values), count

    def _grouped(self, kind: CountKind, columns: Sequence[Column], months: Sequence[date]) -> Generator[Any]:
        counted = _as_counted(columns) if self._edition == 1 else _as_corrected(columns)
        counted = counted.where(E.kind == kind, E.month.in_(months))
        with self._session.execute(counted, execution_options={"yield_per": GROUPS_AT_ONCE}) as groups:
            yield from groups

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
        own = self._own_codes[office_id]
        try:
            return places.office(own)
        except KeyError:
            raise OfficeCodeChanged(params={"code": own}) from None


def _as_counted(columns: Sequence[Column]) -> Select[Any]:
    return select(*columns, func.count()).group_by(*columns)


def _as_corrected(columns: Sequence[Column]) -> Select[Any]:
    """With what is noted in the place of what was counted, and without what is left out."""
    told = [_corrected(column) for column in columns]
    noted = select(*told, func.count()).outerjoin_from(E, C, C.count_id == E.id).group_by(*told)
    return noted.where(or_(C.count_id.is_(None), and_(C.left_out.is_(False), C.taken_back.is_(False))))


def _corrected(column: Column) -> Any:
    return func.coalesce(CORRECTED[column], column) if column in CORRECTED else column


def _end(stage: str, outcome: str | None) -> tuple[str, str | None]:
    return (stage, outcome or OTHER_OUTCOME) if stage == CONCLUIDA else (stage, None)
