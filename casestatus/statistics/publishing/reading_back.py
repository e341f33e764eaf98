"""Reading releases back from the folder: a database restored from before a cut takes up again what everybody has."""

import csv
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from casestatus.crypto import KeyRing, SignatureRefused, verify_release
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.codebook import read_codebook
from casestatus.statistics.publishing.columns import YES
from casestatus.statistics.publishing.folder import FolderContradicts, alone, chain_of, finish
from casestatus.statistics.publishing.formats import text_of
from casestatus.statistics.publishing.manifest import Kind, Listed, Manifest
from casestatus.statistics.publishing.site import measured
from casestatus.statistics.rows import COLUMNS, CodeLists, Draw, Published, Release, Row


def published(folder: Path, keys: KeyRing) -> list[Published]:
    """Every release in the folder, oldest first; what a killed run left ready counts as published and is finished.

    Only what this ring's keys signed is believed. Raises FolderContradicts, FolderInUse.
    """
    if not folder.is_dir():
        return []
    with alone(folder):
        finish(folder, keys)
        chain = chain_of(folder)
    for manifest in chain:
        _require_signed(folder, manifest, keys)
    ended = {each.release: each for each in chain if each.kind is Kind.WITHDRAWAL}
    cuts = [each for each in chain if each.kind is Kind.RELEASE]
    return [
        _published(folder, manifest, before, ended.get(manifest.release))
        for before, manifest in zip([None, *cuts], cuts, strict=False)
    ]


def _require_signed(folder: Path, manifest: Manifest, keys: KeyRing) -> None:
    path = paths.in_entry(manifest.name, paths.SIGNATURE)
    try:
        verify_release(manifest.content, (folder / path).read_text("ascii").strip(), keys.release_keys)
    except (OSError, UnicodeDecodeError, SignatureRefused):
        raise FolderContradicts(params={"what": path}) from None


def _published(folder: Path, manifest: Manifest, before: Manifest | None, ended: Manifest | None) -> Published:
    files = {
        Draw(table=str(file.table), period=str(file.period), edition=file.edition): file
        for file in manifest.files
        if file.edition is not None and file.extension == "csv"
    }
    release = Release(
        name=manifest.name,
        cut_at=manifest.at,
        months=manifest.months,
        draws=tuple(drawn.draw for drawn in manifest.draws),
        previous=before.name if before else None,
        withdrawn_at=ended.at if ended else None,
        reason=ended.reason if ended else None,
    )
    return Published(
        release=release,
        spent={drawn.draw: (drawn.events, drawn.sigma) for drawn in manifest.draws},
        codes=_codes(folder, manifest),
        rows_of=lambda draw: rows_of_file(folder, files[draw]),
    )


def _codes(folder: Path, manifest: Manifest) -> CodeLists:
    path = paths.in_entry(manifest.name, f"{paths.CODEBOOK}.json")
    require_unchanged(folder, next(file for file in manifest.files if file.path == path))
    return read_codebook((folder / path).read_bytes())


def rows_of_file(folder: Path, file: Listed) -> Iterator[Row]:
    """The rows of a CSV file whose checksum is the listed one. Raises FolderContradicts before the first row."""
    require_unchanged(folder, file)
    with (folder / file.path).open(encoding="utf-8", newline="") as text:
        yield from map(_row, csv.DictReader(text))


def require_unchanged(folder: Path, file: Listed) -> None:
    """Raises FolderContradicts when a listed file is missing, or isn't the one that was signed."""
    path = folder / file.path
    if not path.is_file() or measured(path) != (file.bytes, file.sha256):
        raise FolderContradicts(params={"what": file.path})


def _row(cells: Mapping[str, str]) -> Row:
    """The row that `formats.values_of` made these cells of."""
    dimensions = [text_of(cells[name]) for name in COLUMNS[2:7]]
    office, crime, stage, outcome, days = dimensions
    coverage = cells["cobertura"]
    return Row(
        table=cells["tabla"],
        period=cells["periodo"],
        office=office,
        crime=crime,
        stage=stage,
        outcome=outcome,
        days=days,
        count=int(cells["conteo"]),
        measured=int(cells["conteo_medido"]),
        low=int(cells["ic95_inf"]),
        high=int(cells["ic95_sup"]),
        reliable=cells["fiable"] == YES,
        coverage=Decimal(coverage) if coverage else None,
        edition=int(cells["edicion"]),
    )
