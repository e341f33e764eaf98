"""The door to stylesheet, icons and script."""

from functools import cache

from fastapi import APIRouter, Request, Response

from casestatus.errors import NotFound
from casestatus.web.asset_files import Asset, assets

FOR_EVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=3600"
NOT_KEPT = "no-store"  # its name never changes; pages name the hashed one

router = APIRouter(include_in_schema=False)


@router.api_route("/assets/{hashed_name}", methods=["GET", "HEAD"])
def asset(hashed_name: str, request: Request) -> Response:
    """Looked up in a fixed table: a path can't lead anywhere else. The plain name serves pages written beforehand."""
    if found := _by_hashed_name().get(hashed_name):
        return _response(found, request, cache_control=FOR_EVER)
    if found := assets().get(hashed_name):
        return _response(found, request, cache_control=A_WHILE)
    raise NotFound


@router.api_route("/favicon.ico", methods=["GET", "HEAD"])
def favicon(request: Request) -> Response:
    """The grey mark, for browsers that ask without reading the page."""
    return _response(assets()["favicon.svg"], request, cache_control=NOT_KEPT)


def _response(found: Asset, request: Request, *, cache_control: str) -> Response:
    headers = {"Cache-Control": cache_control, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.compressed, media_type=found.content_type, headers=headers)
    return Response(found.plain, media_type=found.content_type, headers=headers)


@cache
def _by_hashed_name() -> dict[str, Asset]:
    return {found.hashed_name: found for found in assets().values()}
