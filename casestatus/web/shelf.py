"""What the folder of releases holds, as its manifests list it: a path that no manifest names can't be asked for."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import structlog

from casestatus.errors import Unavailable
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.folder import FolderContradicts, chain_of
from casestatus.statistics.publishing.manifest import Kind, Listed, Manifest

log = structlog.get_logger()

RETRY = 60  # seconds


class ReleasesUnreadable(Unavailable):
    """The folder of releases is not what it must be."""

    type = "releases-unreadable"


@dataclass(frozen=True)
class Shelf:
    """The folder at one moment: its chain, the oldest entry first; empty before the first release."""

    folder: Path
    chain: tuple[Manifest, ...]

    @cached_property
    def withdrawn(self) -> Mapping[str, Manifest]:
        """Each withdrawn release's withdrawal."""
        return {entry.release: entry for entry in self.chain if entry.kind is Kind.WITHDRAWAL}

    @cached_property
    def releases(self) -> tuple[Manifest, ...]:
        """Every release, the newest first, withdrawn ones too."""
        return tuple(entry for entry in reversed(self.chain) if entry.kind is Kind.RELEASE)

    @cached_property
    def newest(self) -> Manifest | None:
        """The newest release that stands."""
        return next((entry for entry in self.releases if entry.name not in self.withdrawn), None)

    @cached_property
    def files(self) -> Mapping[str, tuple[Listed, Manifest]]:
        """Every file ever listed, with the entry that published it."""
        return {file.path: (file, entry) for entry in self.chain for file in entry.files}

    @cached_property
    def standing(self) -> tuple[Listed, ...]:
        """The tables' files that stand: each year's newest, and every draw of a release that wasn't withdrawn."""
        years = self.chain[-1].years if self.chain else ()
        draws = [file for entry in self.releases if entry.name not in self.withdrawn for file in entry.files]
        return (*years, *(file for file in draws if file.edition is not None))

    def release(self, name: str) -> Manifest | None:
        """The release with this name."""
        return next((entry for entry in self.releases if entry.name == name), None)

    def latest(self, table: str, period: str | None, extension: str) -> Listed | None:
        """A year's file as it stands, or a period's last edition; without `period`, the newest year's."""
        wanted = [file for file in self.standing if (file.table, file.extension) == (table, extension)]
        if period is None:
            return max((file for file in wanted if file.is_year), key=lambda file: file.period or "", default=None)
        editions = [file for file in wanted if file.period == period]
        return max(editions, key=lambda file: file.edition or 0, default=None)

    def own_file(self, entry: Manifest, name: str) -> Path:
        """Where a file of an entry's own folder lies."""
        return self.folder / paths.in_entry(entry.name, name)


class Shelves:
    """The shelf as it stands now: read again when the pointer to the newest entry changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._seen: tuple[int, int] | None = None
        self._shelf = Shelf(folder, ())

    def now(self) -> Shelf:
        """Raises ReleasesUnreadable when the manifests are no chain and nothing was read before."""
        seen = self._pointer()
        if seen != self._seen:
            with self._lock:
                self._read_again()
                self._seen = seen
        return self._shelf

    def _read_again(self) -> None:
        """A folder that contradicts itself is the operator's to mend; meanwhile what was read before stands."""
        try:
            self._shelf = Shelf(self._folder, chain_of(self._folder))
        except FolderContradicts as contradiction:
            log.exception("releases_contradict", **contradiction.params)
            if not self._shelf.chain:
                raise ReleasesUnreadable(retry_after=RETRY) from None

    def _pointer(self) -> tuple[int, int] | None:
        """Which pointer lies there; it is replaced as a whole, last of all files."""
        try:
            found = (self._folder / paths.POINTER).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found.st_mtime_ns, found.st_ino
