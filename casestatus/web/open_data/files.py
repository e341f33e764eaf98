"""The files of the releases over HTTP: those that never change, the few that do, and the way to the latest of each."""

import re

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from casestatus.errors import N_, CaseStatusProblem, Gone, NotFound
from casestatus.statistics.publishing import paths
from casestatus.statistics.publishing.csvw import EXTENSION as CSVW
from casestatus.statistics.publishing.csvw import MEDIA_TYPE as CSVW_TYPE
from casestatus.statistics.publishing.manifest import Kind, Listed, Manifest
from casestatus.statistics.publishing.shelf import Shelf
from casestatus.statistics.publishing.signing import key_set
from casestatus.web.dependencies import service_of
from casestatus.web.errors import problem_response
from casestatus.web.open_data.serving import (
    A_WHILE,
    ASK_AGAIN,
    FOR_EVER,
    FOR_EVERYBODY,
    LICENCE,
    Held,
    answer_bytes,
    answer_with,
)

LATEST = re.compile(rf"{paths.VERSION}/(?P<table>\w+)/(?:(?P<period>[\w-]+)/)?latest\.(?P<extension>[\w.-]+)")
JSON, SIGNED = "application/json", "application/jose"
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, If-Range, Range",
    "Access-Control-Max-Age": "86400",
}


class Withdrawn(Gone):
    """The release that published it was withdrawn, for a reason that is told."""

    type = "release-withdrawn"
    title = N_("Esta publicación se retiró.")
    detail = N_("Esta publicación se retiró el %(day)s. Motivo: %(reason)s")


async def published_file(request: Request) -> Response:
    """A file, a redirect to the latest one, or what became of it. One thread looks everything up."""
    try:
        return await run_in_threadpool(_published, request, request.url.path.removeprefix("/"))
    except CaseStatusProblem as problem:
        answer = problem_response(request.scope, problem)
        answer.headers.update(FOR_EVERYBODY)  # a page of another site may read why, too
        return answer


def _published(request: Request, path: str) -> Response:
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=FOR_EVERYBODY | PREFLIGHT)
    shelf = service_of(request).shelves.now()
    if asked := LATEST.fullmatch(path):
        return _to_the_latest(shelf, **asked.groupdict())
    try:
        if held := _changing(shelf, path) or held_of(shelf, path):
            return answer_with(held, request.headers)
        return answer_bytes(*_unlisted(shelf, path, request), request.headers)
    except FileNotFoundError:
        raise NotFound from None


def _to_the_latest(shelf: Shelf, table: str, period: str | None, extension: str) -> Response:
    latest = shelf.latest(table, period, extension)
    if latest is None:
        raise NotFound
    return RedirectResponse(f"/{latest.path}", 307, headers=FOR_EVERYBODY | {"Cache-Control": ASK_AGAIN})


def _changing(shelf: Shelf, path: str) -> Held | None:
    """A copy of what the newest entry tells of everything."""
    if not shelf.chain:
        return None
    own = paths.in_entry(shelf.chain[-1].name, paths.COPIES[path]) if path in paths.COPIES else None
    if path == paths.package():
        own = paths.package(shelf.chain[-1].name)
    return _held(shelf, *shelf.files[own], cache_control=A_WHILE) if own and own in shelf.files else None


def _unlisted(shelf: Shelf, path: str, request: Request) -> tuple[bytes, str, str]:
    """Body, media type and Cache-Control of what stands beside the manifests' lists: they themselves, keys, pointer."""
    if path == paths.JWKS:
        return _public_keys(shelf, request), JSON, A_WHILE
    if path == paths.POINTER:
        return (shelf.folder / path).read_bytes(), JSON, A_WHILE
    for entry in shelf.chain:
        if path == paths.in_entry(entry.name, paths.MANIFEST):
            return entry.content, JSON, FOR_EVER
        if path == paths.in_entry(entry.name, paths.SIGNATURE):
            return (shelf.folder / path).read_bytes(), SIGNED, FOR_EVER
    raise NotFound


def _public_keys(shelf: Shelf, request: Request) -> bytes:
    """Every key that ever signed; before the first release, the one that will."""
    try:
        return (shelf.folder / paths.JWKS).read_bytes()
    except FileNotFoundError:
        return key_set(service_of(request).keys)


def held_of(shelf: Shelf, path: str) -> Held | None:
    """A file that a manifest lists. Raises Withdrawn when its release was withdrawn."""
    if path not in shelf.files:
        return None
    file, entry = shelf.files[path]
    if entry.kind is Kind.RELEASE and (withdrawal := shelf.withdrawn.get(entry.name)):
        raise Withdrawn(params={"day": withdrawal.at.date().isoformat(), "reason": withdrawal.reason or ""})
    return _held(shelf, file, entry, cache_control=FOR_EVER)


def _held(shelf: Shelf, file: Listed, entry: Manifest, *, cache_control: str) -> Held:
    twin, _ = shelf.files.get(f"{file.path}.gz", (None, None))
    return Held(
        path=shelf.folder / file.path,
        sha256=file.sha256,
        size=file.bytes,
        media_type=file.media_type,
        cache_control=cache_control,
        links=_links(shelf, file, entry),
        packed=(shelf.folder / twin.path, twin.sha256) if twin else None,
    )


def _links(shelf: Shelf, file: Listed, entry: Manifest) -> str:
    """What describes the file, under which terms it is used, and where its latest version is found (RFC 5829).

    Programs that read CSVW follow a description only if its type is told (Model for Tabular Data, section 5.2).
    """
    described, kind = paths.package(entry.name), JSON
    if file.extension == "csv" and (own := file.path.removesuffix("csv") + CSVW) in shelf.files:
        described, kind = own, CSVW_TYPE
    links = [f'</{described}>; rel="describedby"; type="{kind}"', LICENCE]
    if file.table:
        latest = f"/{paths.VERSION}/{file.table}/{file.period}/latest.{file.extension}"
        links.append(f'<{latest}>; rel="latest-version"')
    return ", ".join(links)


router = APIRouter(
    include_in_schema=False
)  # apart, so that the app can try it first: it is one pattern, and often asked
changing = APIRouter(include_in_schema=False)
METHODS = ["GET", "HEAD", "OPTIONS"]
router.routes.append(Route(f"/{paths.VERSION}/{{path:path}}", published_file, methods=METHODS, include_in_schema=False))
for address in (paths.JWKS, *paths.COPIES):
    changing.routes.append(Route(f"/{address}", published_file, methods=METHODS, include_in_schema=False))
