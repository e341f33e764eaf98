"""The portal as files beside the releases', so that the feed can live apart from the service, on any plain host.

A page is drawn from the same template as the service's; then each link to something that lies in the folder becomes a
relative one to a file, and every other one leads to the service by its whole address. No page holds a script.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from posixpath import basename, dirname, relpath
from typing import Protocol

from casestatus.statistics.portal import pages, places
from casestatus.statistics.portal.pages import Page
from casestatus.statistics.portal.previews import Asked, table_page
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.catalogue import Publisher
from casestatus.statistics.publishing.folder import alone, chain_of, renew, replace
from casestatus.statistics.publishing.shelf import Shelf
from casestatus.statistics.tables import TABLES
from casestatus.wording import LANGUAGES, Language, Wording

LINK = re.compile(r'\b(href|src|srcset)="/([^"]*)"')  # text can't hold this: its quotation marks are escaped


class Asset(Protocol):
    """A stylesheet or picture of the pages."""

    @property
    def hashed_name(self) -> str: ...
    @property
    def plain(self) -> bytes: ...


@dataclass(frozen=True)
class Frame:
    """What stands around a page without a service: nobody is signed in, and there is nothing to leave."""

    language: Language
    service_name: str
    other_language: str
    signed_in: bool = False
    institution: str | None = None
    to_check: bool = False
    apart: bool = True


def write_pages(folder: Path, publisher: Publisher, service_name: str, assets: Mapping[str, Asset]) -> None:
    """Writes what a plain host needs beside the releases in `folder`, and removes pages of what doesn't stand any more.

    `assets` are the look's files by plain name. Raises FolderInUse, FolderContradicts.
    """
    with alone(folder):
        _Apart(folder, publisher, service_name, assets).write()


class _Apart:
    """The files that are written, each after everything that it links to."""

    def __init__(self, folder: Path, publisher: Publisher, service_name: str, assets: Mapping[str, Asset]) -> None:
        self._folder, self._publisher = folder, publisher
        self._service_name, self._assets = service_name, assets
        self._shelf = Shelf(folder, chain_of(folder))
        self._addresses = frozenset(places.addresses(self._shelf))
        self._latest = places.copies_of_latest(self._shelf)

    def write(self) -> None:
        for path, name in places.example_files().items():
            replace(self._folder / path, pages.example(name, self._publisher.url).encode())
        for path, file in self._latest.items():
            renew(self._folder / file.path, self._folder / path)
        for language in LANGUAGES:
            for address, page in self._pages(language):
                self._write_page(address, page, language)
        self._remove_stale()

    def _pages(self, language: Language) -> Iterator[tuple[str, Page]]:
        """Every page with its address."""
        shelf, name, url = self._shelf, self._publisher.name, self._publisher.url
        yield paths.METHOD_PAGE, pages.method_page(language)
        yield paths.USE_PAGE, pages.use_page(shelf, language, publisher=name, url=url)
        for entry in shelf.releases:
            yield paths.release_page(entry.name), pages.release_page(shelf, entry, language, publisher=name)
        for table in TABLES:
            yield from self._previews(table, language)
        portal = pages.portal_page(shelf, language, publisher=name)
        yield paths.PORTAL, portal
        yield places.ROOT, portal

    def _previews(self, table: str, language: Language) -> Iterator[tuple[str, Page]]:
        asked = Asked({}, filters=False)
        periods = self._shelf.periods(table)
        for period in periods:
            yield places.period_page(table, period), table_page(self._shelf, language, table, period, asked)
        if periods:
            yield paths.table_page(table), table_page(self._shelf, language, table, None, asked)

    def _write_page(self, address: str, page: Page, language: Language) -> None:
        at = places.page_file(address, language)
        [other] = [each for each in LANGUAGES if each != language]
        frame = Frame(language, self._service_name, basename(places.page_file(address, other)))
        drawn = Wording.of(language).render(page.template, frame=frame, asset=self._asset, **page.context)
        replace(self._folder / at, LINK.sub(lambda found: self._turned(found, at, language), drawn).encode())

    def _asset(self, name: str) -> str:
        """The address of an asset, which is written by being asked for."""
        asset = self._assets[name]
        path = f"{places.ASSETS}/{asset.hashed_name}"
        replace(self._folder / path, asset.plain)
        return f"/{path}"

    def _turned(self, found: re.Match[str], at: str, language: Language) -> str:
        address, mark, fragment = unescape(found[2]).partition("#")
        file = self._file_of(address, language)
        target = relpath(file, dirname(at) or ".") if file else self._publisher.of_service(address)
        return f'{found[1]}="{escape(target + mark + fragment)}"'

    def _file_of(self, address: str, language: Language) -> str | None:
        """The file in the folder that stands for this address of the service."""
        if address in self._addresses:
            return places.page_file(address, language)
        if newest := self._latest.get(address):
            return newest.path  # a page is written anew with each release, so it names the file itself
        return address if (self._folder / address).is_file() else None

    def _remove_stale(self) -> None:
        """Pages and copies of what was withdrawn, or is no newest any more."""
        for path in {*places.written_apart(self._folder)} - places.files_apart(self._shelf):
            (self._folder / path).unlink()
