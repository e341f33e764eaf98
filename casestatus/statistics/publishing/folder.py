"""The folder of all releases. A file is written once and never again; the next run finishes one that was killed.

An entry is prepared in a folder of its own, fsynced, and by one rename declared ready: from then on nothing is drawn or
rendered again. Its files then move into their places, the manifest last, and at the very end the few files that change.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from casestatus.crypto import KeyRing
from casestatus.errors import N_, Conflict, Unavailable
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.manifest import Manifest, NotAManifest, in_order, standing_release
from casestatus.statistics.publishing.signing import NotAKeySet, key_set, read_key_set
from casestatus.statistics.publishing.site import measured

PREPARING, READY, LOCK = ".preparing", ".ready", ".lock"


class FolderInUse(Unavailable):
    """Another run is writing into the folder."""

    type = "releases-in-use"
    detail = N_("Otro proceso está publicando en esta carpeta. Prueba otra vez cuando termine.")


class FolderContradicts(Conflict):
    """A published file, or the chain, is not what it must be. Nothing was overwritten."""

    type = "releases-contradict"
    detail = N_("La carpeta de publicaciones no coincide en %(what)s. No se cambió nada: casestatus release verify.")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else writes into the folder meanwhile, on this host or another. Raises FolderInUse."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse from None
        yield


def chain_of(folder: Path) -> tuple[Manifest, ...]:
    """Every published entry, oldest first. Raises FolderContradicts when they are no chain."""
    manifests = [_manifest(path) for path in folder.glob(paths.in_entry("*", paths.MANIFEST))]
    chain, strays = in_order(manifests)
    if strays:
        raise FolderContradicts(params={"what": paths.in_entry(strays[0].name, paths.MANIFEST)})
    return tuple(chain)


def add(folder: Path, name: str, write: Callable[[Path], Manifest], keys: KeyRing) -> Manifest:
    """Publishes one entry: `write` makes its files in an empty folder and returns the manifest, which we sign."""
    preparing = folder / PREPARING / name
    shutil.rmtree(folder / PREPARING, ignore_errors=True)  # of a run that was killed: nobody has seen it
    preparing.mkdir(parents=True)
    manifest = write(preparing)
    own = preparing / paths.entry_folder(name)
    (own / paths.MANIFEST).write_bytes(manifest.content)
    (own / paths.SIGNATURE).write_text(keys.sign_release(manifest.content) + "\n", encoding="ascii")
    _sync(preparing)
    (folder / READY).mkdir(exist_ok=True)
    preparing.rename(folder / READY / name)
    _sync_folder(folder / READY)
    finish(folder, keys)
    return manifest


def finish(folder: Path, keys: KeyRing) -> None:
    """Moves what a run left ready into its place. Raises FolderContradicts rather than replace another file."""
    for ready in sorted((folder / READY).glob("*")):
        replace(folder / paths.JWKS, key_set(keys, _known_keys(folder)))
        for path in _in_order(ready):
            _move(ready / path, folder / path)
        shutil.rmtree(ready)


def point_to_newest(folder: Path) -> None:
    """The files that change: copies of what the newest entry says of everything, and, last, the pointer to it."""
    chain = chain_of(folder)
    newest = chain[-1]
    for copy, own in paths.COPIES.items():
        replace(folder / copy, (folder / paths.in_entry(newest.name, own)).read_bytes())
    replace(folder / paths.package(), (folder / paths.package(newest.name)).read_bytes())
    replace(folder / paths.POINTER, pointer_to(chain))


def pointer_to(chain: Sequence[Manifest]) -> bytes:
    """The file `latest.json`: the newest entry, and the newest release that stands."""
    newest, release = chain[-1], standing_release(chain)
    named = {
        "publicacion": release.name if release else None,
        "manifiesto": paths.in_entry(newest.name, paths.MANIFEST),
        "sha256": newest.sha256,
        "paquete": paths.package(newest.name),
    }
    return (json.dumps(named, indent=1) + "\n").encode()


def mirror(folder: Path, to: Path) -> None:
    """The whole site once more, in another folder: the same bytes and signatures. Raises FolderContradicts."""
    with alone(to):
        _copy_entries(folder, to)
        replace(to / paths.JWKS, (folder / paths.JWKS).read_bytes())
        point_to_newest(to)


def catch_up(folder: Path, source: Path, keys: KeyRing) -> None:
    """Every entry of `source` that `folder` lacks, byte by byte. Keys aren't taken from there: nobody signed them."""
    replace(folder / paths.JWKS, key_set(keys, _known_keys(folder)))
    _copy_entries(source, folder)
    point_to_newest(folder)


def _copy_entries(source: Path, to: Path) -> None:
    for manifest in chain_of(source):
        own = [paths.in_entry(manifest.name, name) for name in (paths.SIGNATURE, paths.MANIFEST)]
        for path in [*(file.path for file in manifest.files), *own]:
            _copy(source / path, to / path)


def _manifest(path: Path) -> Manifest:
    try:
        return Manifest.read(path.read_bytes())
    except NotAManifest:
        raise FolderContradicts(params={"what": str(path)}) from None


def _known_keys(folder: Path) -> Sequence[dict[str, str]]:
    try:
        return [dict(key) for key in read_key_set((folder / paths.JWKS).read_bytes())]
    except FileNotFoundError:
        return []
    except NotAKeySet:
        raise FolderContradicts(params={"what": paths.JWKS}) from None


def _in_order(ready: Path) -> list[str]:
    """The files that lie ready: the signature after all others, and the manifest, which makes them public, after it."""
    found = [path.relative_to(ready).as_posix() for path in ready.rglob("*") if path.is_file()]
    last = (paths.SIGNATURE, paths.MANIFEST)
    return sorted(found, key=lambda path: (last.index(name) if (name := Path(path).name) in last else -1, path))


def _move(source: Path, target: Path) -> None:
    if target.exists():
        if measured(source) != measured(target):
            raise FolderContradicts(params={"what": str(target)})
        source.unlink()
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)
    _sync_folder(target.parent)


def _copy(source: Path, target: Path) -> None:
    if target.exists() and measured(source) != measured(target):
        raise FolderContradicts(params={"what": str(target)})
    renew(source, target)


def renew(source: Path, target: Path) -> None:
    """Makes `target` a copy of `source`, whatever it was before."""
    if target.exists() and measured(source) == measured(target):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    shutil.copyfile(source, draft)
    _sync_file(draft)
    draft.rename(target)


def replace(target: Path, body: bytes) -> None:
    """Whoever reads meanwhile sees the old bytes or the new ones."""
    if target.exists() and target.read_bytes() == body:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    draft.write_bytes(body)
    _sync_file(draft)
    draft.rename(target)
    _sync_folder(target.parent)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            _sync_file(path)
        else:
            _sync_folder(path)


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
