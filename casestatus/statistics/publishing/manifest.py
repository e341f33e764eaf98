"""A manifest: everything that one entry of the chain published, with checksums, and the checksum of the entry before.

An entry is a release, or the withdrawal of one. The bytes of a manifest are what is signed.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from casestatus.statistics.publishing.paths import WITHDRAWN, is_a_name
from casestatus.statistics.rows import Draw, Release


class NotAManifest(Exception):
    """These bytes are no manifest of ours."""


def _inside(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path or str(PurePosixPath(path)) != path:
        raise ValueError("a path must stay inside the folder")
    return path


def _named(name: str) -> str:
    if not is_a_name(name):
        raise ValueError("not the name of a release")
    return name


Inside = Annotated[str, AfterValidator(_inside)]
Name = Annotated[str, AfterValidator(_named)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FROZEN = ConfigDict(frozen=True, extra="forbid")


class Kind(StrEnum):
    """What an entry of the chain does."""

    RELEASE = "release"
    WITHDRAWAL = "withdrawal"


class Listed(BaseModel):
    """One file. Files of a table name it, and either their draw's period and edition, or their year."""

    model_config = FROZEN
    path: Inside
    media_type: str
    bytes: int
    sha256: Sha256
    table: str | None = None
    period: str | None = None
    edition: int | None = None
    rows: int | None = None

    @property
    def is_year(self) -> bool:
        """Whether it holds a table's whole year."""
        return self.table is not None and self.edition is None

    @property
    def extension(self) -> str:
        """`csv`, `csv.gz`, `json`, `parquet`, `csv-metadata.json`."""
        return PurePosixPath(self.path).name.partition(".")[2]


class Drawn(BaseModel):
    """One draw that is new in a release, and what it costs: `events` of one case at most, under noise of `sigma`."""

    model_config = FROZEN
    table: str
    period: str
    edition: Annotated[int, Field(ge=1, le=2)]
    events: int
    sigma: int

    @property
    def draw(self) -> Draw:
        return Draw(table=self.table, period=self.period, edition=self.edition)


class Before(BaseModel):
    """The entry before this one."""

    model_config = FROZEN
    name: Name
    sha256: Sha256


class Manifest(BaseModel):
    """One entry of the chain. `carries` are year files of earlier entries that still stand; `id` never changes."""

    model_config = FROZEN
    version: Literal[1] = 1
    name: Name
    kind: Kind
    id: str
    at: AwareDatetime
    release: Name
    reason: str | None = None
    months: tuple[str, ...]
    draws: tuple[Drawn, ...]
    previous: Before | None = None
    files: tuple[Listed, ...]
    carries: tuple[Listed, ...]

    @property
    def content(self) -> bytes:
        """The bytes that are written and signed."""
        return (self.model_dump_json(indent=1, exclude_none=True) + "\n").encode()

    @property
    def sha256(self) -> str:
        """The checksum by which the next entry names this one."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def years(self) -> tuple[Listed, ...]:
        """The year files that make up all tables as of this entry, in the order of tables and years."""
        both = [*self.carries, *(file for file in self.files if file.is_year)]
        return tuple(sorted(both, key=lambda file: (file.table or "", file.period or "", file.extension)))

    @classmethod
    def read(cls, content: bytes) -> Self:
        """The manifest in these bytes, which are exactly the ones that it writes. Raises NotAManifest."""
        try:
            manifest = cls.model_validate_json(content)
        except ValidationError:
            raise NotAManifest from None
        if manifest.content != content:
            raise NotAManifest
        return manifest


def in_order(manifests: Collection[Manifest]) -> tuple[list[Manifest], list[Manifest]]:
    """The chain from its beginning as far as each entry names the one before it, and those that don't belong to it."""
    following = {each.previous.sha256 if each.previous else None: each for each in manifests}
    chain: list[Manifest] = []
    before: str | None = None
    while (manifest := following.get(before)) is not None:
        chain.append(manifest)
        before = manifest.sha256
    return chain, [each for each in manifests if each not in chain]


def standing_release(chain: Sequence[Manifest]) -> Manifest | None:
    """The newest release that wasn't withdrawn."""
    withdrawn = {each.release for each in chain if each.kind is Kind.WITHDRAWAL}
    cuts = [each for each in chain if each.kind is Kind.RELEASE and each.name not in withdrawn]
    return cuts[-1] if cuts else None


def standing_years(chain: Sequence[Manifest], *, also_withdrawn: Collection[str] = ()) -> list[Listed]:
    """Of each table and year the newest files whose release was not withdrawn."""
    withdrawn = {each.release for each in chain if each.kind is Kind.WITHDRAWAL} | {*also_withdrawn}
    newest: dict[tuple[str | None, str | None], list[Listed]] = {}
    for manifest in chain:
        if manifest.release in withdrawn:
            continue
        written: dict[tuple[str | None, str | None], list[Listed]] = {}
        for file in manifest.files:
            if file.is_year:
                written.setdefault((file.table, file.period), []).append(file)
        newest |= written
    return [file for _, files in sorted(newest.items(), key=str) for file in files]


class Entry(BaseModel):
    """What the next entry of the chain is to be, before its files are written."""

    model_config = FROZEN
    name: Name
    kind: Kind
    at: datetime
    release: str


def entries_of(releases: Sequence[Release]) -> list[Entry]:
    """The chain that these releases make, oldest first: each one's cut, and each withdrawal when it happened."""
    cuts = [Entry(name=each.name, kind=Kind.RELEASE, at=each.cut_at, release=each.name) for each in releases]
    ends = [
        Entry(name=each.name + WITHDRAWN, kind=Kind.WITHDRAWAL, at=each.withdrawn_at, release=each.name)
        for each in releases
        if each.withdrawn_at is not None
    ]
    return sorted([*cuts, *ends], key=lambda entry: entry.at)
