"""One table as CSV, CSV.GZ, JSON and Parquet, side by side in one pass. The same rows make the same bytes."""

import csv
import gzip
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Protocol

from casestatus.statistics.publishing.columns import NO, YES
from casestatus.statistics.rows import COLUMNS, Row

BATCH = 20_000  # rows held in memory at once
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "csv.gz": "application/gzip",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
TWINS = {"json.gz": "application/gzip"}  # travels in its plain form's place; catalogues offer .csv.gz as the small form
FORMULA_SIGNS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "'",
)  # with these a spreadsheet begins a formula, or hides a sign
Values = tuple[Any, ...]


@dataclass(frozen=True)
class Meta:
    """What a JSON or Parquet file says of itself."""

    table: str
    period: str
    edition: str  # of one draw, or the release's name for a whole year
    release: str
    title: str
    licence: str
    description: str

    def document(self) -> dict[str, str]:
        """As it stands in the file, with Spanish names like the columns'."""
        return {
            "tabla": self.table,
            "periodo": self.period,
            "edicion": self.edition,
            "publicacion": self.release,
            "titulo": self.title,
            "licencia": self.licence,
            "descripcion": self.description,
        }


class _Writer(Protocol):
    def write(self, rows: list[Values]) -> None: ...
    def close(self) -> None: ...


def write_table(stem: Path, rows: Iterable[Row], meta: Meta) -> int:
    """Writes `stem`.csv, .json, the compressed twin of each, and .parquet; returns the number of rows.

    Only a batch is held at once.
    """
    total = 0
    with ExitStack() as open_files:
        writers: list[_Writer] = [
            _CsvWriter(stem, open_files),
            _JsonWriter(stem, meta, open_files),
            _ParquetWriter(stem, meta),
        ]
        for batch in _batches(map(values_of, rows)):
            for writer in writers:
                writer.write(batch)
            total += len(batch)
        for writer in writers:
            writer.close()
    return total


def values_of(row: Row) -> Values:
    """A row's values in the order of COLUMNS, typed."""
    coverage = None if row.coverage is None else float(round(row.coverage, 1))
    dimensions = (row.table, row.period, row.office, row.crime, row.stage, row.outcome, row.days)
    return (*dimensions, row.count, row.measured, row.low, row.high, row.reliable, coverage, row.edition)


def csv_lines(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as CSV text with LF: nothing is empty but what has no value, and no cell starts a formula."""
    lines = _Lines()
    csv.writer(lines, lineterminator=_Lines.END).writerows([cell_of(value) for value in row] for row in rows)
    return "".join(lines.written)


class _Lines:
    """Lines that end with LF, made by a writer that ends them with CR LF: only so does it quote a lone CR, too."""

    END = "\r\n"

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, line: str) -> None:
        self.written.append(f"{line.removesuffix(self.END)}\n")


def cell_of(value: Any) -> str:
    """A value as a CSV cell. A text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_SIGNS) else value
    return str(value)


def text_of(cell: str) -> str | None:
    """The text that `cell_of` made this cell of; None when there was none."""
    if cell.startswith("'") and cell[1:].startswith(FORMULA_SIGNS):
        return cell[1:]
    return cell or None


def _batches(rows: Iterator[Values]) -> Iterator[list[Values]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


class _Twins:
    """A text file and its compressed twin. The twin carries no time and no name, so it is the same every time."""

    def __init__(self, stem: Path, extension: str, open_files: ExitStack) -> None:
        self._plain: IO[bytes] = open_files.enter_context(_beside(stem, extension).open("xb"))
        packed = open_files.enter_context(_beside(stem, f"{extension}.gz").open("xb"))
        self._packed = open_files.enter_context(gzip.GzipFile("", "wb", fileobj=packed, mtime=0))

    def write(self, text: str) -> None:
        body = text.encode()
        self._plain.write(body)
        self._packed.write(body)

    def close(self) -> None:
        self._packed.close()


class _CsvWriter:
    """A heading, and one line a row."""

    def __init__(self, stem: Path, open_files: ExitStack) -> None:
        self._file = _Twins(stem, "csv", open_files)
        self.write([COLUMNS])

    def write(self, rows: list[Values]) -> None:
        self._file.write(csv_lines(rows))

    def close(self) -> None:
        self._file.close()


class _JsonWriter:
    """One object: `meta`, and `rows` as an array with one row on each line."""

    def __init__(self, stem: Path, meta: Meta, open_files: ExitStack) -> None:
        self._file = _Twins(stem, "json", open_files)
        self._file.write(f'{{"meta": {json.dumps(meta.document(), ensure_ascii=False)},\n"rows": [')
        self._between = "\n"

    def write(self, rows: list[Values]) -> None:
        lines = (json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False) for row in rows)
        self._file.write(self._between + ",\n".join(lines))
        self._between = ",\n"

    def close(self) -> None:
        self._file.write("\n]}\n")
        self._file.close()


class _ParquetWriter:
    """Typed columns in the order of COLUMNS; format and compression are fixed, and no time or machine is noted."""

    def __init__(self, stem: Path, meta: Meta) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        text, number = pa.dictionary(pa.int32(), pa.string()), pa.int64()
        kinds = (*[text] * 7, *[number] * 4, pa.bool_(), pa.float64(), pa.int8())
        told = {f"casestatus.{name}": value for name, value in meta.document().items()}
        schema = pa.schema([*zip(COLUMNS, kinds, strict=True)], metadata=told)
        self._table = pa.Table
        self._writer = pq.ParquetWriter(_beside(stem, "parquet"), schema, version="2.6", compression="snappy")

    def write(self, rows: list[Values]) -> None:
        columns = dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
        self._writer.write_table(self._table.from_pydict(columns, schema=self._writer.schema))

    def close(self) -> None:
        self._writer.close()


def _beside(stem: Path, extension: str) -> Path:
    return stem.with_name(f"{stem.name}.{extension}")
