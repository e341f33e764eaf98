"""Stylesheet, icons and script under names that carry a hash of their content, so that they may be kept for ever."""

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from fastapi import APIRouter, Request, Response

from casestatus.errors import NotFound

TYPES = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml", "js": "text/javascript; charset=utf-8"}
FOR_EVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=3600"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Asset:
    """One file of `static/`, plain and compressed, under its hashed name."""

    hashed_name: str
    content_type: str
    plain: bytes
    compressed: bytes


def asset_url(name: str) -> str:
    """Where `static/name` is served; KeyError when there is no such file."""
    return f"/assets/{_assets()[name].hashed_name}"


@router.api_route("/assets/{hashed_name}", methods=["GET", "HEAD"])
def asset(hashed_name: str, request: Request) -> Response:
    """Looked up in a fixed table: a path can't lead anywhere else. The plain name serves pages written beforehand."""
    if found := _by_hashed_name().get(hashed_name):
        return _response(found, request, cache_control=FOR_EVER)
    if found := _assets().get(hashed_name):
        return _response(found, request, cache_control=A_WHILE)
    raise NotFound


@router.api_route("/favicon.ico", methods=["GET", "HEAD"])
def favicon(request: Request) -> Response:
    """The grey mark, for browsers that ask without reading the page."""
    return _response(_assets()["favicon.svg"], request, cache_control=A_WHILE)


def _response(found: Asset, request: Request, *, cache_control: str) -> Response:
    headers = {"Cache-Control": cache_control, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.compressed, media_type=found.content_type, headers=headers)
    return Response(found.plain, media_type=found.content_type, headers=headers)


@cache
def _assets() -> dict[str, Asset]:
    return {path.name: _asset(path.name, path.read_bytes()) for path in (files("casestatus.web") / "static").iterdir()}


@cache
def _by_hashed_name() -> dict[str, Asset]:
    return {found.hashed_name: found for found in _assets().values()}


def _asset(name: str, content: bytes) -> Asset:
    stem, _, suffix = name.rpartition(".")
    hashed_name = f"{stem}-{sha256(content).hexdigest()[:12]}.{suffix}"
    return Asset(hashed_name, TYPES[suffix], content, gzip.compress(content, mtime=0))
