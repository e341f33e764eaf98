"""Stylesheet, icons and script as files, under names that carry a hash of their content: they may be kept for ever."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

TYPES = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml", "js": "text/javascript; charset=utf-8"}


@dataclass(frozen=True)
class Asset:
    """One file of `static/`, plain and compressed, under its hashed name."""

    hashed_name: str
    content_type: str
    plain: bytes
    compressed: bytes


@cache
def assets() -> Mapping[str, Asset]:
    """Every file of `static/` by its plain name."""
    return {path.name: _asset(path.name, path.read_bytes()) for path in (files("casestatus.web") / "static").iterdir()}


def asset_url(name: str) -> str:
    """Where `static/name` is served; KeyError when there is no such file."""
    return f"/assets/{assets()[name].hashed_name}"


def _asset(name: str, content: bytes) -> Asset:
    stem, _, suffix = name.rpartition(".")
    hashed_name = f"{stem}-{sha256(content).hexdigest()[:12]}.{suffix}"
    return Asset(hashed_name, TYPES[suffix], content, gzip.compress(content, mtime=0))
