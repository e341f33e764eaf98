"""What is worked out of a release's new draws: its crimes in the words of 2015, times in stage. Noised cells only."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain as one_after_the_other
from typing import Any

from casestatus.statistics.crossing import crossed_rows
from casestatus.statistics.domain import FIRST_MONTH_OF_2026
from casestatus.statistics.publishing.formats import csv_lines, values_of
from casestatus.statistics.quantiles import stage_times
from casestatus.statistics.rows import COLUMNS, Draw, Estimate, Row, StageTime

CROSSED = ("T1", "T4")  # told in the crimes of 2015, too
TIMES = "tiempos-en-etapa.csv"
TIME_COLUMNS = (
    "periodo", "delito", "etapa", "edicion", "salidas_medidas", "medida", "valor", "ic95_inf", "ic95_sup",
)  # fmt: skip


def crossed_file(table: str) -> str:
    """The file of a table in the words of 2015."""
    return f"{table}-clasificacion-2015.csv"


def derived_tables(draws: Sequence[Draw], rows_of: Callable[[Draw], Iterator[Row]]) -> Iterator[tuple[str, bytes]]:
    """Each table's file name and its CSV; none without rows."""

    def rows(table: str, *, since: str = "") -> Iterator[Row]:
        wanted = [draw for draw in draws if draw.table == table and draw.period >= since]
        return one_after_the_other.from_iterable(map(rows_of, wanted))

    for table in CROSSED:
        if crossed := [values_of(row) for row in crossed_rows(rows(table, since=FIRST_MONTH_OF_2026))]:
            yield crossed_file(table), _csv(COLUMNS, crossed)
    if times := [line for each in stage_times(rows("T5")) for line in _lines(each)]:
        yield TIMES, _csv(TIME_COLUMNS, times)


def _lines(each: StageTime) -> Iterator[tuple[Any, ...]]:
    """A line for each quartile, in days (731: or more), and for each bin's share; nothing where too few left."""
    quartiles = (("cuartil_1", each.quartile1), ("mediana", each.median), ("cuartil_3", each.quartile3))
    for name, told in (*quartiles, *((f"parte_{days}", share) for days, share in each.shares)):
        if told is not None:
            yield (each.period, each.group, each.stage, each.edition, each.total, name, *_numbers(told))


def _numbers(told: Estimate) -> tuple[str, str, str]:
    return str(told.value), str(told.low), str(told.high)


def _csv(columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> bytes:
    return csv_lines([columns, *rows]).encode()
