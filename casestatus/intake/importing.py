"""A file of updates: each row an update through the one way in, committed in chunks, so that it can be taken up again.

What was good is kept, what was wrong is written beside the file with its row and field. Importing the same file again,
or after it was killed in the middle, ends in the same state: every row carries its `source_id`.
"""

import csv
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.database.again import again_when_given_up
from casestatus.errors import N_, CaseStatusProblem, FieldProblem, Unprocessable
from casestatus.intake.case_for import NumberTaken
from casestatus.intake.recording import record_update, tell_owner_of_number
from casestatus.intake.sender import Sender
from casestatus.intake.update import Update, UpdateRefused, read_update

COLUMNS = tuple(Update.model_fields)
REQUIRED = tuple(name for name, column in Update.model_fields.items() if column.is_required())
DETAIL = re.compile(r"details\.([a-z_]{1,40})")
LONGEST_CELL = 4096  # signs; no field of an update is as long
LONGEST_READ = 16 * 1024 * 1024  # signs; beyond that the reader of CSV itself gives up
TOO_LONG = N_("Es demasiado largo: puede tener hasta %(limit)s signos.")
BOOLEANS = {"true": True, "false": False, "si": True, "sí": True, "no": False}


class HeaderWrong(Unprocessable):
    """The file's first row doesn't name the columns."""

    type = "header-wrong"
    title = N_("El encabezado del archivo no sirve.")


class NotText(Unprocessable):
    """A row isn't in UTF-8."""

    type = "not-text"
    title = N_("Esta fila no está en UTF-8.")
    detail = N_("Guarda el archivo como CSV en UTF-8 y prueba otra vez. Lo que ya se tomó, se queda.")

    def __init__(self, columns: Iterable[str]) -> None:
        super().__init__(fields=tuple(FieldProblem(name, self.detail) for name in columns))


class NotCsv(Unprocessable):
    """From this row on, the file isn't CSV."""

    type = "not-csv"
    title = N_("Desde esta fila el archivo no es CSV.")
    detail = N_("Revisa comillas y comas, y prueba otra vez. Lo que ya se tomó, se queda.")

    def __init__(self, row: int) -> None:
        self.row = row
        super().__init__()


@dataclass(frozen=True)
class Row:
    """One row of the file: the line on which it begins, and what it says."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class RowRefused:
    """Why a row wasn't taken."""

    row: int
    source_id: str
    problem: CaseStatusProblem


@dataclass
class Tally:
    """What became of the rows."""

    new: int = 0
    same: int = 0
    refused: list[RowRefused] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.new + self.same + len(self.refused)

    def add(self, other: "Tally") -> None:
        """Count what became of further rows."""
        self.new, self.same = self.new + other.new, self.same + other.same
        self.refused += other.refused


@dataclass(frozen=True, kw_only=True)
class Importer:
    """What an import needs besides its file. In a `dry_run` everything is tried and nothing is kept."""

    database: Database
    keys: KeyRing
    sender: Sender
    delay: timedelta
    chunk_rows: int
    dry_run: bool = False

    def run(self, file: Path, *, progress: Callable[[int], None] = lambda _rows: None) -> Tally:
        """Import the file. Raises HeaderWrong before any row. Where the file stops being CSV, the import ends."""
        tally = Tally()
        size = sys.maxsize if self.dry_run else self.chunk_rows  # a trial must see what its earlier rows would do
        try:
            for chunk in _chunks(rows_of(file), size):
                tally.add(self._take(chunk))
                progress(tally.rows)
                self.database.let_others_write()
        except NotCsv as broken:
            tally.refused.append(RowRefused(broken.row, "", broken))
        return tally

    @again_when_given_up
    def _take(self, chunk: list[Row]) -> Tally:
        """One chunk in one transaction; a refused row is undone alone, by a savepoint."""
        tally, now = Tally(), self.database.now()
        with self.database.writing() as session:
            for row in chunk:
                self._take_row(session, row, tally, now)
            if self.dry_run:
                session.rollback()
        return tally

    def _take_row(self, session: Session, row: Row, tally: Tally, now: datetime) -> None:
        try:
            with session.begin_nested():
                update = read_update(content_of(row.cells))
                _, new = record_update(session, update, self.sender, keys=self.keys, now=now, delay=self.delay)
        except CaseStatusProblem as problem:
            if isinstance(problem, NumberTaken):
                tell_owner_of_number(session, problem, update, self.sender, now=now)
            tally.refused.append(RowRefused(row.number, _source_id(row), problem))
        else:
            tally.new, tally.same = tally.new + new, tally.same + (not new)


def rows_of(file: Path) -> Iterator[Row]:
    """The rows of a CSV file, with the line on which each begins. What isn't UTF-8 is left to the row's reader."""
    csv.field_size_limit(LONGEST_READ)
    with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
        reader = csv.reader(text, strict=True)
        begins = 1
        try:
            header = _checked_header(next(reader, []))
            begins = reader.line_num + 1
            for cells in reader:
                if any(cells):
                    yield Row(begins, _named(header, cells))
                begins = reader.line_num + 1
        except csv.Error:
            raise NotCsv(begins) from None


def content_of(cells: Mapping[str, str]) -> dict[str, Any]:
    """A row's cells as the JSON form of an update. An empty cell is a field that isn't given. Raises NotText."""
    if not_text := [name for name, cell in cells.items() if not _is_text(cell)]:
        raise NotText(not_text)
    if too_long := [name for name, cell in cells.items() if len(cell) > LONGEST_CELL]:
        raise UpdateRefused(fields=tuple(FieldProblem(name, TOO_LONG, {"limit": LONGEST_CELL}) for name in too_long))
    content: dict[str, Any] = {}
    for name, text in cells.items():
        if not text.strip():
            continue
        if detail := DETAIL.fullmatch(name):
            content.setdefault("details", {})[detail[1]] = text.strip()
        else:
            content[name] = _value(name, text.strip())
    return content


def _is_text(cell: str) -> bool:
    """Whether the cell was UTF-8: what wasn't stands in it as lone surrogates."""
    return not any("\ud800" <= sign <= "\udfff" for sign in cell)


def _value(name: str, text: str) -> object:
    if name == "proceeding":
        return int(text) if re.fullmatch(r"[0-9]{1,4}", text) else text
    if name in {"hidden", "historical"}:
        return BOOLEANS.get(text.lower(), text)
    return text


def _checked_header(header: list[str]) -> list[str]:
    names = [name.strip() for name in header]
    unknown = [_shown(name) for name in names if name not in COLUMNS and not DETAIL.fullmatch(name)]
    missing = [name for name in REQUIRED if name not in names]
    if unknown or missing or len(set(names)) != len(names) or "details" in names:
        raise HeaderWrong(fields=tuple(_header_problems(unknown, missing)))
    return names


def _shown(name: str) -> str:
    """A column's name as an answer may repeat it. In a file without a header it is somebody's case number."""
    return name if re.fullmatch(r"[A-Za-z_.]{1,40}", name) else "…"


def _header_problems(unknown: list[str], missing: list[str]) -> Iterator[FieldProblem]:
    allowed = ", ".join(name for name in COLUMNS if name != "details") + ", details.…"
    for name in missing:
        yield FieldProblem(name, N_("Falta esta columna en la primera fila."))
    for name in unknown:
        yield FieldProblem(name or "—", N_("Esta columna no existe. Usa: %(allowed)s."), {"allowed": allowed})
    if not unknown and not missing:
        yield FieldProblem("row 1", N_("Cada columna va una sola vez; los detalles van como details.cause."))


def _named(header: list[str], cells: list[str]) -> dict[str, str]:
    """Cells under their columns' names; one too many becomes a field that doesn't exist, and so is refused."""
    named = dict(zip(header, cells, strict=False))
    return named | ({"—": "…"} if len(cells) > len(header) else {})


def _source_id(row: Row) -> str:
    named = row.cells.get("source_id", "")[:120]
    return named if _is_text(named) else ""


def _chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Rows in groups of `size`. Where the file breaks, what came before it is still given."""
    chunk: list[Row] = []
    try:
        for row in rows:
            chunk.append(row)
            if len(chunk) == size:
                yield chunk
                chunk = []
    except NotCsv:
        yield chunk
        raise
    yield chunk
