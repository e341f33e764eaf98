"""Whether a folder of releases is whole and true, by itself: with nothing but its files and the public keys.

Each finding says in words what is wrong. No finding means: every file is there and unchanged, the chain has no gap and
no branch, every signature holds, no cell was drawn twice, and the ledger's bound is the sum that its draws make.
"""

import gzip
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO

from casestatus.crypto import SignatureRefused, verify_release
from casestatus.statistics.ledger import RHO_LIMIT, Cost, bound
from casestatus.statistics.portal.places import copies_of_latest, files_apart, is_whole_asset, missing_apart
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.folder import LOCK, PREPARING, READY, pointer_to
from casestatus.statistics.publishing.manifest import Listed, Manifest, NotAManifest, in_order
from casestatus.statistics.publishing.shelf import Shelf
from casestatus.statistics.publishing.signing import Key, NotAKeySet, read_key_set
from casestatus.statistics.publishing.site import measured

CHANGING = {*paths.COPIES, paths.package(), paths.POINTER, paths.JWKS}


def findings(folder: Path, jwks: bytes | None = None, head: str | None = None) -> Iterator[str]:
    """What is wrong with the folder. `jwks` are public keys known from elsewhere; without them its own are believed.

    `head` is the SHA-256 of a manifest that was published: a folder without it is older, or of another history.
    """
    found, broken = _read(folder)
    yield from broken
    if not found:
        yield "there is no release here"
        return
    chain, strays = in_order(found)
    if head is not None and head.lower() not in {manifest.sha256 for manifest in chain}:
        yield f"the entry {head} isn't here: the folder is older than it, or of another history"
    manifests = [*chain, *strays]
    yield from _signatures(folder, manifests, jwks)
    yield from _gaps(strays)
    yield from _files(folder, manifests)
    shelf = Shelf(folder, tuple(chain))
    yield from _strangers(folder, manifests, files_apart(shelf))
    yield from _changing(folder, manifests)
    yield from _copies(shelf)
    yield from _rows(folder, manifests)
    yield from _ledger(folder, manifests)


def _read(folder: Path) -> tuple[list[Manifest], list[str]]:
    manifests, broken = [], []
    for path in sorted(folder.glob(paths.in_entry("*", paths.MANIFEST))):
        try:
            manifest = Manifest.read(path.read_bytes())
        except NotAManifest:
            broken.append(f"{path.relative_to(folder)} is no manifest, or was changed")
            continue
        if path.parent.name != manifest.name:
            broken.append(f"{path.relative_to(folder)} is the manifest of {manifest.name}")
        manifests.append(manifest)
    return sorted(manifests, key=lambda manifest: (manifest.at, manifest.name)), broken


def _signatures(folder: Path, manifests: Iterable[Manifest], jwks: bytes | None) -> Iterator[str]:
    try:
        keys: Sequence[Key] = read_key_set(jwks if jwks is not None else (folder / paths.JWKS).read_bytes())
    except (OSError, NotAKeySet):
        yield "the public keys are missing or can't be read, so no signature can be checked"
        return
    for manifest in manifests:
        path = paths.in_entry(manifest.name, paths.SIGNATURE)
        try:
            verify_release(manifest.content, (folder / path).read_text("ascii").strip(), keys)
        except (OSError, UnicodeDecodeError):
            yield f"{manifest.name} is not signed: {path} is missing or can't be read"
        except SignatureRefused as reason:
            yield f"the signature of {manifest.name} doesn't hold: {reason}"


def _gaps(strays: Iterable[Manifest]) -> Iterator[str]:
    for manifest in strays:
        named = manifest.previous.name if manifest.previous else "nothing"
        yield f"{manifest.name} is outside the chain: it follows {named}, which is missing, changed or followed twice"


def _files(folder: Path, manifests: Iterable[Manifest]) -> Iterator[str]:
    for file in _listed(manifests):
        path = folder / file.path
        if not path.is_file():
            yield f"{file.path} is missing"
        elif measured(path) != (file.bytes, file.sha256):
            yield f"{file.path} was changed: its checksum is not the signed one"


def _strangers(folder: Path, manifests: Sequence[Manifest], apart: Collection[str]) -> Iterator[str]:
    """Files that nobody signed, and that belong to no page of a site that stands apart."""
    own = (paths.in_entry(each.name, name) for each in manifests for name in (paths.MANIFEST, paths.SIGNATURE))
    known = CHANGING | {file.path for file in _listed(manifests)} | {*own, LOCK, *apart}
    if any((folder / READY).glob("*")):
        yield "a cut was interrupted: run casestatus release cut again, it goes on where it stopped"
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        unfinished = inside.parts[0] in {PREPARING, READY} or (path.name.startswith(".") and path.suffix == ".draft")
        if unfinished or not path.is_file() or inside.as_posix() in known:
            continue
        if not is_whole_asset(folder, inside.as_posix()):
            yield f"{inside.as_posix()} stands in no manifest"


def _changing(folder: Path, manifests: Sequence[Manifest]) -> Iterator[str]:
    """The files that change say what the newest entry says."""
    newest = manifests[-1]
    copied = {copy: paths.in_entry(newest.name, own) for copy, own in paths.COPIES.items()}
    copied[paths.package()] = paths.package(newest.name)
    for copy, own in copied.items():
        if _content(folder / copy) != _content(folder / own):
            yield f"{copy} is not the one of {newest.name}"
    if _content(folder / paths.POINTER) != pointer_to(manifests):
        yield f"{paths.POINTER} doesn't name {newest.name}, which is the newest"


def _copies(shelf: Shelf) -> Iterator[str]:
    """Where a site stands apart, each table's `latest` is its newest year, and nothing is missing."""
    for path in missing_apart(shelf):
        yield f"{path} is missing: release cut --out writes it"
    for path, file in copies_of_latest(shelf).items():
        if (shelf.folder / path).is_file() and measured(shelf.folder / path) != (file.bytes, file.sha256):
            yield f"{path} is not a copy of {file.path}, which is the newest"


def _rows(folder: Path, manifests: Sequence[Manifest]) -> Iterator[str]:
    """A year's file holds the rows of its draws, as they were when they were new; so does its compressed twin."""
    draws: dict[tuple[str, str], dict[tuple[str, int], str]] = {}
    for manifest in manifests:
        for file in manifest.files:
            if file.extension != "csv" or file.table is None or file.period is None:
                continue
            if file.edition is not None:
                of_year = draws.setdefault((file.table, paths.year_of(file.period)), {})
                of_year[file.period, file.edition] = file.path
            elif not _is_made_of(
                folder / file.path,
                [folder / path for _, path in sorted(draws.get((file.table, file.period), {}).items())],
            ):
                yield f"{file.path} doesn't hold the rows of its periods as they were published"


def _is_made_of(year: Path, parts: Sequence[Path]) -> bool:
    """Whether a CSV file is one heading and then the lines of the parts, and its .csv.gz the same."""
    packed = year.with_name(f"{year.name}.gz")
    try:
        with year.open("rb") as whole, gzip.open(packed, "rb") as twin:
            return all(line == next(twin, None) == made for line, made in _beside(whole, parts)) and not twin.read(1)
    except (OSError, EOFError):
        return False


def _beside(whole: IO[bytes], parts: Sequence[Path]) -> Iterator[tuple[bytes | None, bytes | None]]:
    for number, part in enumerate(parts):
        with part.open("rb") as lines:
            heading = next(lines, None)
            if number == 0:
                yield next(whole, None), heading
            for line in lines:
                yield next(whole, None), line
    for line in whole:
        yield line, None


def _ledger(folder: Path, manifests: Sequence[Manifest]) -> Iterator[str]:
    drawn = [each for manifest in manifests for each in manifest.draws]
    for draw, times in Counter(each.draw for each in drawn).items():
        if times > 1:
            yield f"{draw.table} {draw.period} edition {draw.edition} was drawn {times} times"
    noise: dict[tuple[str, int], int] = {}
    for each in drawn:
        if each.sigma < noise.get((each.table, each.edition), 0):
            yield f"{each.table} {each.period} was drawn with less noise than before"
        noise[each.table, each.edition] = each.sigma
    whole = bound(Cost(each.draw, each.events, each.sigma) for each in drawn)
    if whole > RHO_LIMIT:
        yield f"the draws cost {float(whole):.4f} rho, more than the limit {float(RHO_LIMIT):.2f}"
    path = paths.in_entry(manifests[-1].name, paths.LEDGER)
    if _told_bound(folder / path) != Decimal(whole.numerator) / Decimal(whole.denominator):
        yield f"{path} doesn't tell the bound that its draws make: {float(whole):.4f}"


def _told_bound(path: Path) -> Decimal | None:
    try:
        return Decimal(json.loads(path.read_bytes())["cota_rho"])
    except (OSError, ValueError, KeyError, TypeError, InvalidOperation):
        return None


def _listed(manifests: Iterable[Manifest]) -> Iterator[Listed]:
    for manifest in manifests:
        yield from manifest.files


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
