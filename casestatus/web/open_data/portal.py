"""The pages of the portal: pictures and downloads, one page a release, the method, and how to use the data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from casestatus.errors import NotFound
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.formats import MEDIA_TYPES
from casestatus.statistics.publishing.manifest import Manifest
from casestatus.statistics.publishing.periods import period_words
from casestatus.statistics.publishing.words import TABLES_TOLD
from casestatus.web.dependencies import language_of, service_of
from casestatus.web.open_data.answering import open_page
from casestatus.web.open_data.method import method
from casestatus.web.open_data.reading import labels, matching
from casestatus.web.shelf import Shelf
from casestatus.wording import Language, Wording

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class ReleaseShown:
    """A release as pages name it."""

    name: str
    month: str
    edition: int
    published_on: date
    withdrawn_on: date | None
    reason: str | None


@router.api_route("/datos/", methods=["GET", "HEAD"])
def portal(request: Request) -> Response:
    """What it is, its pictures, and where everything else is."""
    shelf, language = service_of(request).shelves.now(), language_of(request)
    shown = release_shown(shelf, shelf.newest, language) if shelf.newest else None
    return open_page(
        request,
        "open_data/portal.html",
        release=shown,
        releases=[release_shown(shelf, entry, language) for entry in shelf.releases],
        figures=figures_of(shelf, shelf.newest, language) if shelf.newest else (),
        tables=table_names(language),
        publisher=publisher_of(request),
    )


@router.api_route("/datos/metodologia", methods=["GET", "HEAD"])
def method_page(request: Request) -> Response:
    """How the data are protected, with the sums and the formal statement."""
    return open_page(request, "open_data/method.html", method=method(), tables=table_names(language_of(request)))


@router.api_route("/metodologia", methods=["GET", "HEAD"])
def method_by_its_short_name() -> Response:
    """Where older links lead."""
    return RedirectResponse("/datos/metodologia", 308)


@router.api_route("/datos/{name}", methods=["GET", "HEAD"])
def release_page(request: Request, name: str) -> Response:
    """One release and its files; 410 with the reason once it was withdrawn."""
    shelf, language = service_of(request).shelves.now(), language_of(request)
    entry = shelf.release(name)
    if entry is None:
        raise NotFound
    shown = release_shown(shelf, entry, language)
    if shown.withdrawn_on:
        corrected = shelf.release(f"{name}-e2")
        other = corrected if corrected and corrected.name not in shelf.withdrawn else shelf.newest
        instead = release_shown(shelf, other, language) if other else None
        return open_page(request, "open_data/withdrawn.html", status=410, release=shown, instead=instead)
    return open_page(
        request,
        "open_data/release.html",
        release=shown,
        files=[file for file in entry.files if file.extension in MEDIA_TYPES and file.table],
        coverage=coverage_of(shelf, entry, language),
        tables=table_names(language),
        manifest=paths.in_entry(entry.name, paths.MANIFEST),
        signature=paths.in_entry(entry.name, paths.SIGNATURE),
        package=paths.package(entry.name),
        publisher=publisher_of(request),
    )


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


def publisher_of(request: Request) -> str:
    """Who publishes, as catalogues name it."""
    settings = service_of(request).settings
    return settings.releases_publisher or settings.service_name
