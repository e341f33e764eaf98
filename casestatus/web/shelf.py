"""The shelf of releases as it stands now, kept between requests."""

import threading
from pathlib import Path

from casestatus.errors import Unavailable
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.folder import FolderContradicts, chain_of
from casestatus.statistics.publishing.shelf import Shelf
from casestatus.telemetry import Log

log = Log()

RETRY = 60  # seconds


class ReleasesUnreadable(Unavailable):
    """The folder of releases is not what it must be."""

    type = "releases-unreadable"


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
