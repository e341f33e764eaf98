"""A look into one table: one period at a time, with filters that are plain links. The files hold everything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from casestatus.errors import N_, NotFound
from casestatus.statistics.portal.pages import Page, release_shown
from casestatus.statistics.portal.reading import labels, matching
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.manifest import Manifest
from casestatus.statistics.publishing.periods import period_words
from casestatus.statistics.publishing.shelf import Shelf
from casestatus.statistics.publishing.words import TABLES_TOLD
from casestatus.statistics.tables import EDITIONS, TABLES
from casestatus.wording import Language, Wording

ROWS_SHOWN = 20
FORMATS = {"CSV": "csv", "JSON": "json", "Parquet": "parquet"}
HEADINGS = {
    "oficina": N_("Oficina"),
    "delito": N_("Delito"),
    "etapa": N_("Etapa"),
    "resultado": N_("Resultado"),
    "intervalo_dias": N_("Días"),
}
COLUMN_OF = {"office": "oficina", "crime": "delito", "stage": "etapa", "outcome": "resultado", "days": "intervalo_dias"}


@dataclass(frozen=True)
class Cell:
    """A code with its words, and the link that leaves only its rows."""

    words: str
    link: str | None


@dataclass(frozen=True)
class Preview:
    """The rows shown, of one edition, and the links around them; none where nobody answers filters."""

    edition: int
    columns: Sequence[str]
    rows: Sequence[tuple[Sequence[Cell], Mapping[str, str]]]
    found: int
    chosen: Sequence[Cell]
    following: str | None
    filters: bool


@dataclass(frozen=True)
class Asked:
    """What a preview is asked for: codes by column, and the row to begin with. `filters`: more can be asked for."""

    codes: Mapping[str, str]
    start: int = 0
    filters: bool = True


def table_page(shelf: Shelf, language: Language, table: str, period: str | None, asked: Asked) -> Page:
    """The newest period, or the one asked for. Unknown tables, periods and codes raise NotFound."""
    periods = shelf.periods(table) if table in TABLES else []
    if shelf.newest is None or not periods or period not in {None, *periods}:
        raise NotFound
    period = period or periods[-1]
    words, told = Wording.of(language), TABLES_TOLD[table]
    context = {
        "table": table,
        "title": getattr(told.title, language),
        "description": getattr(told.description, language),
        "release": release_shown(shelf, shelf.newest, language),
        "period": period_words(period, words),
        "periods": [(each, period_words(each, words), each == period) for each in reversed(periods)],
        "preview": _Reader(shelf, shelf.newest, table, period, language).preview(asked),
        "years": _older_years(shelf, table),
        "codebook": paths.in_entry(shelf.newest.name, f"{paths.CODEBOOK}.csv"),
        "fewest": {str(edition): 3 * TABLES[table].sigma(edition) for edition in EDITIONS},
    }
    return Page("open_data/table.html", context)


def _older_years(shelf: Shelf, table: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The whole years before the newest, the last first, with the files of each."""
    return [
        (year, [(kind, file.path) for kind, each in FORMATS.items() if (file := shelf.latest(table, year, each))])
        for year in reversed(shelf.years(table)[:-1])
    ]


def columns_of(table: str) -> list[str]:
    """The columns by which a table's rows differ within a period."""
    return [COLUMN_OF[dimension] for dimension in TABLES[table].dimensions]


class _Reader:
    """One period of one table, with the words of its codes."""

    def __init__(self, shelf: Shelf, entry: Manifest, table: str, period: str, language: Language) -> None:
        file = shelf.latest(table, period, "csv")
        if file is None:
            raise NotFound
        self._file, self._edition = shelf.folder / file.path, file.edition or 1
        self._codes = labels(shelf.own_file(entry, f"{paths.CODEBOOK}.json"), language)
        self._table, self._period, self._words = table, period, Wording.of(language)

    def preview(self, asked: Asked) -> Preview:
        """Rows that hold what is asked for, from `start` on. A code that no list has is 404, never repeated."""
        codes = asked.codes
        if any(code not in self._codes.get(column, {}) for column, code in codes.items()):
            raise NotFound
        columns, end = columns_of(self._table), asked.start + ROWS_SHOWN
        shown, found = matching(self._file, codes, range(asked.start, end))
        return Preview(
            edition=self._edition,
            columns=[self._words.gettext(HEADINGS[column]) for column in columns],
            rows=[([self._cell(column, row[column], asked) for column in columns], row) for row in shown],
            found=found,
            chosen=[Cell(self._say(name, code), self._link(_without(codes, name))) for name, code in codes.items()],
            following=self._link(codes, desde=end) if asked.filters and end < found else None,
            filters=asked.filters,
        )

    def _cell(self, column: str, code: str, asked: Asked) -> Cell:
        may_filter = asked.filters and code and column not in asked.codes
        return Cell(self._say(column, code), self._link({**asked.codes, column: code}) if may_filter else None)

    def _say(self, column: str, code: str) -> str:
        return self._codes.get(column, {}).get(code, code or "—")

    def _link(self, asked: Mapping[str, str], **more: object) -> str:
        return f"/datos/tablas/{self._table}?{urlencode({'periodo': self._period, **asked, **more})}"


def _without(asked: Mapping[str, str], column: str) -> dict[str, str]:
    return {name: value for name, value in asked.items() if name != column}
