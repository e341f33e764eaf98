"""The pages of the portal: which template, and what it is told. Whoever shows a page puts the frame around it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from casestatus.errors import N_
from casestatus.statistics.portal.method import method
from casestatus.statistics.portal.reading import labels, matching
from casestatus.statistics.publishing import derived, paths
from casestatus.statistics.publishing.manifest import Listed, Manifest
from casestatus.statistics.publishing.periods import period_words
from casestatus.statistics.publishing.shelf import Shelf
from casestatus.statistics.publishing.words import TABLES_TOLD
from casestatus.wording import Language, Wording

BESIDE = {  # what a release holds beside its tables, in the order in which its page tells it
    f"{paths.CODEBOOK}.csv": N_("Qué significa cada código"),
    f"{paths.CODEBOOK}.json": N_("Qué significa cada código"),
    derived.TIMES: N_("Tiempo en cada etapa: en cuántos días salió un cuarto, la mitad y tres cuartos"),
    **{derived.crossed_file(table): N_("Desde 2026, con los delitos de la lista de 2015") for table in derived.CROSSED},
}
EXAMPLES = ("verify.py", "example.py", "example.R")


@dataclass(frozen=True)
class Page:
    """A template with everything that it names. `gone`: it tells why something isn't offered any more."""

    template: str
    context: Mapping[str, Any]
    gone: bool = False


@dataclass(frozen=True)
class ReleaseShown:
    """A release as pages name it."""

    name: str
    month: str
    edition: int
    published_on: date
    withdrawn_on: date | None
    reason: str | None


def portal_page(shelf: Shelf, language: Language, *, publisher: str) -> Page:
    """What it is, its pictures, and where everything else is."""
    context = {
        "release": _newest_shown(shelf, language),
        "releases": [release_shown(shelf, entry, language) for entry in shelf.releases],
        "figures": figures_of(shelf, shelf.newest, language) if shelf.newest else (),
        "tables": {table: told for table, told in table_names(language).items() if shelf.periods(table)},
        "publisher": publisher,
    }
    return Page("open_data/portal.html", context)


def method_page(language: Language) -> Page:
    """How the data are protected, with the sums and the formal statement."""
    return Page("open_data/method.html", {"method": method(), "tables": table_names(language)})


def use_page(shelf: Shelf, language: Language, *, publisher: str, url: str) -> Page:
    """How to cite, how to check the signature, and example programs that read the releases at `url`."""
    context = {
        "release": _newest_shown(shelf, language),
        "publisher": publisher,
        "url": url,
        "examples": {name: example(name, url) for name in EXAMPLES},
    }
    return Page("open_data/use.html", context)


def release_page(shelf: Shelf, entry: Manifest, language: Language, *, publisher: str) -> Page:
    """One release and its files; the reason once it was withdrawn."""
    if entry.name in shelf.withdrawn:
        return _withdrawn_page(shelf, entry, language)
    context = {
        "release": release_shown(shelf, entry, language),
        "files": [file for file in entry.files if file.rows is not None],
        "beside": beside_tables(entry),
        "coverage": coverage_of(shelf, entry, language),
        "tables": table_names(language),
        "manifest": paths.in_entry(entry.name, paths.MANIFEST),
        "signature": paths.in_entry(entry.name, paths.SIGNATURE),
        "package": paths.package(entry.name),
        "publisher": publisher,
    }
    return Page("open_data/release.html", context)


def _withdrawn_page(shelf: Shelf, entry: Manifest, language: Language) -> Page:
    corrected = shelf.release(f"{entry.name}-e2")
    other = corrected if corrected and corrected.name not in shelf.withdrawn else shelf.newest
    context = {
        "release": release_shown(shelf, entry, language),
        "instead": release_shown(shelf, other, language) if other else None,
    }
    return Page("open_data/withdrawn.html", context, gone=True)


def release_shown(shelf: Shelf, entry: Manifest, language: Language) -> ReleaseShown:
    """A release in words."""
    withdrawal = shelf.withdrawn.get(entry.name)
    return ReleaseShown(
        name=entry.name,
        month=period_words(entry.name[:7], Wording.of(language)),
        edition=2 if entry.name.endswith("-e2") else 1,
        published_on=entry.at.date(),
        withdrawn_on=withdrawal.at.date() if withdrawal else None,
        reason=withdrawal.reason if withdrawal else None,
    )


def _newest_shown(shelf: Shelf, language: Language) -> ReleaseShown | None:
    return release_shown(shelf, shelf.newest, language) if shelf.newest else None


def beside_tables(entry: Manifest) -> list[tuple[str, Listed]]:
    """What a release tells beside its tables, each with what it is."""
    files = {file.path: file for file in entry.files}
    named = ((words, files.get(paths.in_entry(entry.name, name))) for name, words in BESIDE.items())
    return [(words, file) for words, file in named if file]


def figures_of(shelf: Shelf, entry: Manifest, language: Language) -> list[Mapping[str, Any]]:
    """The pictures of a release, in words, each with the addresses of its two files."""
    own = paths.entry_folder(entry.name)
    return [
        figure
        | {"light": f"/{own}/graficas/{figure['name']}.{language}.svg"}
        | {"dark": f"/{own}/graficas/{figure['name']}.{language}.dark.svg"}
        for figure in _told(shelf.own_file(entry, f"graficas/{language}.json"))
    ]


def coverage_of(shelf: Shelf, entry: Manifest, language: Language) -> list[tuple[str, str]]:
    """Each office's share of days with a signal in the newest month of a release, as its file tells it."""
    file = shelf.latest("T1s", entry.name[:7], "csv")
    if file is None:
        return []
    names = labels(shelf.own_file(entry, f"{paths.CODEBOOK}.json"), language)["oficina"]
    rows, _ = matching(shelf.folder / file.path, {}, range(file.rows or 0))
    return [(names[row["oficina"]], f"{Decimal(row['cobertura']):.0%}") for row in rows if row["cobertura"]]


@lru_cache(maxsize=8)
def _told(path: Path) -> list[dict[str, Any]]:
    """What a release says of its pictures. The file never changes, so it is read once."""
    told: list[dict[str, Any]] = json.loads(path.read_bytes())
    return told


def table_names(language: Language) -> dict[str, tuple[str, str]]:
    """Title and description of each table."""
    return {
        table: (getattr(told.title, language), getattr(told.description, language))
        for table, told in TABLES_TOLD.items()
    }


def example(name: str, url: str) -> str:
    """A program that reads the releases at `url`."""
    return Wording.of("en").render(f"open_data/examples/{name}", url=url)
