"""What the folder of releases holds, as its manifests list it: a path that no manifest names can't be asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.manifest import Kind, Listed, Manifest


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

    def periods(self, table: str) -> list[str]:
        """The periods of a table that stand, oldest first."""
        return sorted({str(file.period) for file in self.standing if file.table == table and not file.is_year})

    def years(self, table: str) -> list[str]:
        """The years of a table that stand, oldest first."""
        return sorted({str(file.period) for file in self.standing if file.table == table and file.is_year})

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
