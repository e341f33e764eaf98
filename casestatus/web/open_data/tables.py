"""A look into one table: one period at a time, with filters that are plain links. The files hold everything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from casestatus.errors import N_, NotFound
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.manifest import Manifest
from casestatus.statistics.publishing.periods import period_words
from casestatus.statistics.publishing.words import TABLES_TOLD
from casestatus.statistics.tables import EDITIONS, TABLES
from casestatus.web.dependencies import language_of, service_of
from casestatus.web.open_data.answering import open_page
from casestatus.web.open_data.portal import release_shown
from casestatus.web.open_data.reading import labels, matching
from casestatus.web.shelf import Shelf
from casestatus.wording import Language, Wording

router = APIRouter(include_in_schema=False)
ROWS_SHOWN = 20
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
    """The rows shown, and the links around them."""

    columns: Sequence[str]
    rows: Sequence[tuple[Sequence[Cell], Mapping[str, str]]]
    found: int
    chosen: Sequence[Cell]
    following: str | None


@router.api_route("/datos/tablas/{table}", methods=["GET", "HEAD"])
def table_page(request: Request, table: str, periodo: str | None = None, desde: int = 0) -> Response:
    """The newest period, or the one asked for. Unknown tables and periods are 404; other parameters are ignored."""
    shelf, language = service_of(request).shelves.now(), language_of(request)
    if table not in TABLES or shelf.newest is None:
        raise NotFound
    periods = sorted({str(file.period) for file in shelf.standing if file.table == table and not file.is_year})
    if not periods or periodo not in {None, *periods}:
        raise NotFound
    period = periodo or periods[-1]
    asked = {column: value for column in _columns(table) if (value := request.query_params.get(column))}
    reader = _Reader(shelf, shelf.newest, table, period, language)
    words, told = Wording.of(language), TABLES_TOLD[table]
    return open_page(
        request,
        "open_data/table.html",
        table=table,
        title=getattr(told.title, language),
        description=getattr(told.description, language),
        release=release_shown(shelf, shelf.newest, language),
        period=period_words(period, words),
        periods=[(each, period_words(each, words), each == period) for each in reversed(periods)],
        preview=reader.preview(asked, max(desde, 0)),
        fewest={str(edition): 3 * TABLES[table].sigma(edition) for edition in EDITIONS},
    )


def _columns(table: str) -> list[str]:
    return [COLUMN_OF[dimension] for dimension in TABLES[table].dimensions]


class _Reader:
    """One period of one table, with the words of its codes."""

    def __init__(self, shelf: Shelf, entry: Manifest, table: str, period: str, language: Language) -> None:
        file = shelf.latest(table, period, "csv")
        if file is None:
            raise NotFound
        self._file = shelf.folder / file.path
        self._codes = labels(shelf.own_file(entry, f"{paths.CODEBOOK}.json"), language)
        self._table, self._period, self._words = table, period, Wording.of(language)

    def preview(self, asked: Mapping[str, str], start: int) -> Preview:
        """Rows that hold what is asked for, from `start` on. A code that no list has is 404, never repeated."""
        if any(code not in self._codes.get(column, {}) for column, code in asked.items()):
            raise NotFound
        columns, end = _columns(self._table), start + ROWS_SHOWN
        shown, found = matching(self._file, asked, range(start, end))
        return Preview(
            columns=[self._words.gettext(HEADINGS[column]) for column in columns],
            rows=[([self._cell(column, row[column], asked) for column in columns], row) for row in shown],
            found=found,
            chosen=[Cell(self._say(name, code), self._link(_without(asked, name))) for name, code in asked.items()],
            following=self._link(asked, desde=end) if end < found else None,
        )

    def _cell(self, column: str, code: str, asked: Mapping[str, str]) -> Cell:
        link = None if column in asked or not code else self._link({**asked, column: code})
        return Cell(self._say(column, code), link)

    def _say(self, column: str, code: str) -> str:
        return self._codes.get(column, {}).get(code, code or "—")

    def _link(self, asked: Mapping[str, str], **more: object) -> str:
        return f"/datos/tablas/{self._table}?{urlencode({'periodo': self._period, **asked, **more})}"


def _without(asked: Mapping[str, str], column: str) -> dict[str, str]:
    return {name: value for name, value in asked.items() if name != column}
