"""One model of all that is offered, made from the chain of manifests: what catalogues, feed and change log tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from urllib.parse import urlsplit

from casestatus.statistics.periods import ends_quarter, first_day, month_after
from casestatus.statistics.publishing.formats import MEDIA_TYPES
from casestatus.statistics.publishing.manifest import Kind, Listed, Manifest, standing_release
from casestatus.statistics.publishing.words import TABLES_TOLD, TableTold, Told
from casestatus.statistics.tables import TABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who publishes: a name, an e-mail address for questions, and the address under which the releases stand, without
    a final slash. `service` is the service's own where they stand apart from it.
    """

    name: str
    contact: str
    url: str
    service: str = ""

    def at(self, path: str) -> str:
        """The address of a file of the folder."""
        return f"{self.url}/{path}"

    def of_service(self, path: str) -> str:
        """The address of something that only the service has."""
        return f"{self.service or self.url}/{path}"

    def tag(self, name: str, first_day: date) -> str:
        """A tag URI (RFC 4151): it stays the same wherever the feed moves to later."""
        return f"tag:{urlsplit(self.url).hostname},{first_day.isoformat()}:{name}"


@dataclass(frozen=True)
class Dataset:
    """What one release added to one table: its whole year files, in each format."""

    table: str
    manifest: Manifest
    files: tuple[Listed, ...]
    previous: "Dataset | None"
    withdrawn: str | None

    @property
    def release(self) -> str:
        return self.manifest.release

    @property
    def issued(self) -> datetime:
        return self.manifest.at

    @property
    def told(self) -> TableTold:
        return TABLES_TOLD[self.table]

    @property
    def notes(self) -> Told:
        """What is new in it."""
        return notes_of(self.manifest, self.table)

    @property
    def days(self) -> tuple[date, date]:
        """First and last day of what its files hold: of their years, all that was published until then."""
        years = {str(file.period) for file in self.files}
        last = max(month for month in self.manifest.months if month[:4] in years and self._closes(month))
        first = max(f"{min(years)}-01", self.manifest.months[0])
        return first_day(first), first_day(month_after(last)) - timedelta(days=1)

    def _closes(self, month: str) -> bool:
        return ends_quarter(month) or not TABLES[self.table].quarterly

    @property
    def every(self) -> str:
        """The ISO 8601 duration between its periods."""
        return duration_of(self.table)


@dataclass(frozen=True)
class Catalogue:
    """Everything offered as of the last manifest."""

    publisher: Publisher
    chain: tuple[Manifest, ...]

    @property
    def newest(self) -> Manifest:
        """The last entry: a release, or a withdrawal."""
        return self.chain[-1]

    @property
    def releases(self) -> list[Manifest]:
        """Oldest first."""
        return [manifest for manifest in self.chain if manifest.kind is Kind.RELEASE]

    @property
    def standing(self) -> Manifest | None:
        """The newest release that wasn't withdrawn."""
        return standing_release(self.chain)

    @cached_property
    def withdrawn(self) -> dict[str, str]:
        """Reasons by release."""
        return {each.release: each.reason or "" for each in self.chain if each.kind is Kind.WITHDRAWAL}

    @cached_property
    def series(self) -> dict[str, list[Dataset]]:
        """The datasets of each table, oldest first; a release in which a table has nothing new adds none."""
        return {table: self._series(table) for table in TABLES}

    def changed_at(self, datasets: Sequence[Dataset]) -> datetime:
        """When something was last added to these datasets, or withdrawn of them."""
        releases = {dataset.release for dataset in datasets}
        return max(each.at for each in self.chain if each.release in releases)

    def _series(self, table: str) -> list[Dataset]:
        datasets: list[Dataset] = []
        for manifest in self.releases:
            files = tuple(file for file in manifest.files if file.is_year and file.table == table)
            if data := tuple(file for file in files if file.extension in MEDIA_TYPES):
                before = datasets[-1] if datasets else None
                datasets.append(Dataset(table, manifest, data, before, self.withdrawn.get(manifest.release)))
        return datasets


def catalogue_of(publisher: Publisher, chain: Sequence[Manifest]) -> Catalogue:
    """The catalogue as of the last manifest of `chain`, which is in order and holds at least one."""
    return Catalogue(publisher, tuple(chain))


def notes_of(manifest: Manifest, table: str | None = None) -> Told:
    """What an entry adds, in words; of one table, or of all."""
    if manifest.kind is Kind.WITHDRAWAL:
        reason = manifest.reason or ""
        return Told(f"Se retiró la publicación {manifest.release}: {reason}", f"Withdrawn {manifest.release}: {reason}")
    mine = [draw for draw in manifest.draws if table in {None, draw.table}]
    first = _listed(draw.period for draw in mine if draw.edition == 1)
    second = _listed(draw.period for draw in mine if draw.edition == 2)
    parts = [Told(f"Periodos nuevos: {first}.", f"New periods: {first}.")] if first else []
    if second:
        parts.append(Told(f"Edición 2 de: {second}.", f"Edition 2 of: {second}."))
    return Told(" ".join(part.es for part in parts), " ".join(part.en for part in parts))


def duration_of(table: str) -> str:
    """The ISO 8601 duration between a table's periods."""
    return "P3M" if TABLES[table].quarterly else "P1M"


def _listed(periods: Iterable[str]) -> str:
    return ", ".join(sorted(set(periods)))
