"""One small file of a release, ready to be written. Tables are streamed instead (tables.py)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFile:
    """A file by its path inside the folder (or, for charts, inside its release's own folder), with forward slashes."""

    path: str
    media_type: str
    body: bytes
