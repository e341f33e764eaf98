"""What all folders that are known to be published hold: one history, or nothing is drawn.

A folder restored from an older day is made whole again from another that has what was published since.
"""

from collections.abc import Sequence
from pathlib import Path

from casestatus.crypto import KeyRing
from casestatus.errors import N_, Conflict
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.folder import FolderContradicts, alone, catch_up, chain_of
from casestatus.statistics.publishing.reading_back import published, require_unchanged
from casestatus.statistics.rows import Published


class HeadMissing(Conflict):
    """The folder doesn't hold an entry that was published: it was rolled back, or is another one."""

    type = "releases-rolled-back"
    detail = N_("La carpeta no contiene la publicación %(head)s, que ya se conocía: es más antigua. No se sorteó nada.")


def agreed(folder: Path, others: Sequence[Path], keys: KeyRing) -> list[Published]:
    """Every release that `folder` or one of the others holds, oldest first; `folder` then holds them all.

    Only what this ring's keys signed is believed. Raises FolderContradicts, FolderInUse.
    """
    published(folder, keys)  # finishes what a killed run left
    for other in others:
        if other.is_dir() and other.resolve() != folder.resolve():
            _take_over(other, folder, keys)
    return published(folder, keys)


def _take_over(other: Path, folder: Path, keys: KeyRing) -> None:
    published(other, keys)
    own, theirs = chain_of(folder), chain_of(other)
    for mine, its in zip(own, theirs, strict=False):
        if mine.sha256 != its.sha256:
            raise FolderContradicts(params={"what": str(other / paths.in_entry(its.name, paths.MANIFEST))})
    if len(theirs) <= len(own):
        return
    for manifest in theirs:
        for file in manifest.files:
            require_unchanged(other, file)
    with alone(folder):
        catch_up(folder, other, keys)


def require_head(folder: Path, head: str) -> None:
    """Raises HeadMissing unless the entry whose manifest has this SHA-256 is in the folder's chain."""
    if head.lower() not in {manifest.sha256 for manifest in chain_of(folder)}:
        raise HeadMissing(params={"head": head})


def head_of(folder: Path) -> str | None:
    """The SHA-256 of the newest entry's manifest, which stands for everything before it."""
    chain = chain_of(folder)
    return chain[-1].sha256 if chain else None
