"""One entry of the chain as files: what a release, or its withdrawal, adds to the site."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain as one_after_the_other
from pathlib import Path

from casestatus.statistics.publishing import csvw, paths
from casestatus.statistics.publishing.catalogue import Publisher, catalogue_of
from casestatus.statistics.publishing.codebook import codebook_csv, codebook_json
from casestatus.statistics.publishing.datapackage import datapackage
from casestatus.statistics.publishing.dcat import dcat
from casestatus.statistics.publishing.dcat_us import dcat_us
from casestatus.statistics.publishing.derived import derived_tables
from casestatus.statistics.publishing.files import SiteFile
from casestatus.statistics.publishing.formats import MEDIA_TYPES, TWINS, Meta, write_table
from casestatus.statistics.publishing.manifest import Before, Drawn, Entry, Kind, Listed, Manifest, standing_years
from casestatus.statistics.publishing.notices import atom, changelog
from casestatus.statistics.publishing.spending import spending
from casestatus.statistics.publishing.words import LICENCE, TABLES_TOLD
from casestatus.statistics.rows import CodeLists, Draw, Ledger, Release, Row

JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class Content:
    """What is known of a release: `draws` are all until it, and rows are streamed from where they are stored."""

    release: Release
    codes: CodeLists
    ledger: Ledger
    draws: Sequence[Draw]
    rows_of_draw: Callable[[Draw], Iterator[Row]]
    charts: Callable[[], Iterator[SiteFile]]


def write_entry(
    folder: Path, entry: Entry, content: Content, before: Sequence[Manifest], publisher: Publisher
) -> Manifest:
    """Writes the entry's files into an empty folder, but not its manifest; `before` is the chain so far."""
    site = _Site(folder, entry, content, before, publisher)
    if entry.kind is Kind.RELEASE:
        site.write_tables()
        site.write_release()
    else:
        site.write_withdrawal()
    site.write_catalogues()
    return site.manifest


class _Site:
    """The files written so far, from which the manifest is made."""

    def __init__(
        self, folder: Path, entry: Entry, content: Content, before: Sequence[Manifest], publisher: Publisher
    ) -> None:
        self._folder, self._entry, self._content = folder, entry, content
        self._before, self._publisher = tuple(before), publisher
        self._files: list[Listed] = []

    @property
    def manifest(self) -> Manifest:
        entry, release = self._entry, self._content.release
        is_release = entry.kind is Kind.RELEASE
        last = self._before[-1] if self._before else None
        return Manifest(
            name=entry.name,
            kind=entry.kind,
            id=self._publisher.tag(f"datos:{entry.name}", (self._before[0] if last else entry).at.date()),
            at=entry.at,
            release=release.name,
            reason=None if is_release else release.reason,
            months=release.months,
            draws=self._drawn() if is_release else (),
            previous=Before(name=last.name, sha256=last.sha256) if last else None,
            files=tuple(self._files),
            carries=self._carried(),
        )

    def write_tables(self) -> None:
        """The new draws one by one, and each year that they fall into as a whole."""
        for draw in self._content.release.draws:
            of = _Part(draw.table, draw.period, draw.edition)
            self._write_table(paths.draw_stem(draw), [draw], of)
        for table, year in sorted({(draw.table, paths.year_of(draw.period)) for draw in self._content.release.draws}):
            draws = [each for each in self._content.draws if (each.table, paths.year_of(each.period)) == (table, year)]
            draws.sort(key=lambda draw: (draw.period, draw.edition))
            stem = paths.year_stem(table, year, self._entry.name)
            self._write_table(stem, draws, _Part(table, year))

    def write_release(self) -> None:
        """Code book, ledger, what is derived from the new draws, and charts."""
        content = self._content
        self._write_own(f"{paths.CODEBOOK}.csv", MEDIA_TYPES["csv"], codebook_csv(content.codes))
        self._write_own(f"{paths.CODEBOOK}.json", JSON, codebook_json(content.codes))
        self._write_own(paths.LEDGER, JSON, spending(content.ledger))
        for name, table in derived_tables(content.release.draws, content.rows_of_draw):
            self._write_own(name, MEDIA_TYPES["csv"], table)
        for chart in content.charts():
            self._write_own(chart.path, chart.media_type, chart.body)

    def write_withdrawal(self) -> None:
        """The tombstone, and the ledger as it stays: what was spent is spent."""
        release = self._content.release
        told = {"retirada": release.name, "fecha": self._entry.at.isoformat(), "motivo": release.reason}
        self._write_own(paths.TOMBSTONE, JSON, (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())
        self._write_own(paths.LEDGER, JSON, spending(self._content.ledger))

    def write_catalogues(self) -> None:
        """Everything that tells of the whole chain, up to and with this entry."""
        catalogue = catalogue_of(self._publisher, (*self._before, self.manifest))
        self._write(SiteFile(path=paths.package(self._entry.name), media_type=JSON, body=datapackage(catalogue)))
        self._write_own(paths.CATALOG, "application/ld+json", dcat(catalogue))
        self._write_own(paths.DATA_JSON, JSON, dcat_us(catalogue))
        self._write_own(paths.FEED, "application/atom+xml", atom(catalogue))
        self._write_own(paths.CHANGELOG, "text/markdown; charset=utf-8", changelog(catalogue))

    def _write_table(self, stem: str, draws: Sequence[Draw], of: "_Part") -> None:
        told = TABLES_TOLD[of.table]
        meta = Meta(
            table=of.table,
            period=of.period,
            edition=str(of.edition or ""),
            release=self._entry.name,
            title=told.title.es,
            licence=LICENCE,
            description=told.description.es,
        )
        at = self._made(stem)
        rows = write_table(at, one_after_the_other.from_iterable(map(self._content.rows_of_draw, draws)), meta)
        for extension, media_type in (MEDIA_TYPES | TWINS).items():
            self._list(f"{stem}.{extension}", media_type, of, rows)
        described = csvw.csvw(of.table, f"{at.name}.csv", self._publisher)
        path = f"{stem}.{csvw.EXTENSION}"
        self._made(path).write_bytes(described)
        self._list(path, csvw.MEDIA_TYPE, of)

    def _write_own(self, name: str, media_type: str, body: bytes) -> None:
        self._write(SiteFile(path=paths.in_entry(self._entry.name, name), media_type=media_type, body=body))

    def _write(self, file: SiteFile) -> None:
        self._made(file.path).write_bytes(file.body)
        self._list(file.path, file.media_type)

    def _list(self, path: str, media_type: str, of: "_Part | None" = None, rows: int | None = None) -> None:
        size, sha256 = measured(self._folder / path)
        part = asdict(of) if of else {}
        listed = Listed(path=path, media_type=media_type, bytes=size, sha256=sha256, rows=rows, **part)
        self._files.append(listed)

    def _made(self, path: str) -> Path:
        """The place of a file, in a folder that is there."""
        at = self._folder / path
        at.parent.mkdir(parents=True, exist_ok=True)
        return at

    def _drawn(self) -> tuple[Drawn, ...]:
        spent = {each.draw: each for each in self._content.ledger.spent}
        return tuple(
            Drawn(
                table=draw.table,
                period=draw.period,
                edition=draw.edition,
                events=spent[draw].events,
                sigma=spent[draw].sigma,
            )
            for draw in self._content.release.draws
        )

    def _carried(self) -> tuple[Listed, ...]:
        """Year files of earlier releases that still stand, but for those that this one writes anew."""
        gone = {self._content.release.name} if self._entry.kind is Kind.WITHDRAWAL else set()
        anew = {(file.table, file.period) for file in self._files if file.is_year}
        standing = standing_years(self._before, also_withdrawn=gone)
        return tuple(file for file in standing if (file.table, file.period) not in anew)


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of a table that a file holds: one draw, or (without edition) a whole year."""

    table: str
    period: str
    edition: int | None = None


def measured(path: Path) -> tuple[int, str]:
    """A file's size and SHA-256, read piece by piece."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest
