"""One published file as an HTTP answer: strong ETag, ranges, a compressed form of its own, how long to keep it."""

import gzip
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

FOR_EVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=300"
ASK_AGAIN = "no-cache"
FOR_EVERYBODY = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Encoding, Content-Length, Content-Range, ETag, Link",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Robots-Tag": "all",
}
LICENCE = '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
PLACE = r"\d{1,18}"  # enough for any file; Python reads no number of thousands of digits
RANGE = re.compile(rf"bytes=\s*(?:{PLACE}-(?:{PLACE})?|-{PLACE})\s*(?:,\s*(?:{PLACE}-(?:{PLACE})?|-{PLACE})\s*)*")
PART = re.compile(r"(\d+)-(\d+)")
WITH_PARTS = {"Accept-Ranges": "bytes"}
READ_AT_ONCE = 256 * 1024  # bytes that one answer may hold in memory
PACKED_BELOW = 4_000_000  # bytes; a table's compressed form was published beside it


@dataclass(frozen=True, slots=True)
class Held:
    """A published file. `packed` is its compressed form where one was published beside it, with its checksum."""

    path: Path
    sha256: str
    size: int
    media_type: str
    cache_control: str
    links: str = LICENCE
    packed: tuple[Path, str] | None = None

    @property
    def may_be_packed(self) -> bool:
        """Whether it is text, small enough to be compressed by us."""
        return self.size < PACKED_BELOW and not self.media_type.startswith(("application/gzip", "application/vnd."))


def answer_with(held: Held, asked: Headers) -> Response:
    """What to answer a GET or HEAD with. Raises FileNotFoundError when the folder lacks the file."""
    if takes_gzip(asked) and held.packed:
        return _file(held, *held.packed, asked, encoding="gzip")
    if takes_gzip(asked) and held.may_be_packed and "range" not in asked:
        return _packed(held, asked)
    return _file(held, held.path, held.sha256, asked)


def answer_bytes(body: bytes, media_type: str, cache_control: str, asked: Headers) -> Response:
    """The same for a small file that no manifest lists."""
    headers = FOR_EVERYBODY | {"Cache-Control": cache_control, "ETag": f'"{sha256(body).hexdigest()}"', "Link": LICENCE}
    if knows_already(asked, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def _file(held: Held, path: Path, digest: str, asked: Headers, *, encoding: str | None = None) -> Response:
    headers = _headers(held, digest, encoding)
    if knows_already(asked, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    found = path.stat()
    if (
        found.st_size <= READ_AT_ONCE and "range" not in asked
    ):  # opening, reading and closing it are a thread's turn each
        return Response(path.read_bytes(), headers=headers | WITH_PARTS, media_type=held.media_type)
    return _RangedFile(path, headers=headers, media_type=held.media_type, stat_result=found)


def _packed(held: Held, asked: Headers) -> Response:
    """The whole of it, compressed by us; parts are cut from the plain form."""
    body, digest = _compressed(held.path, held.sha256)
    headers = _headers(held, digest, "gzip") | WITH_PARTS
    if knows_already(asked, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=held.media_type)


@lru_cache(maxsize=64)
def _compressed(path: Path, _sha256: str) -> tuple[bytes, str]:
    """The compressed form and its checksum, made once in the process's life."""
    body = gzip.compress(path.read_bytes(), mtime=0)
    return body, sha256(body).hexdigest()


class _RangedFile(FileResponse):
    """Starlette's own answer, without Last-Modified: when a file was written differs from host to host, and is nobody's
    business. Ranges that can't be read are ignored (RFC 9110 §14.2), those asked of another form (If-Range), and those
    of a HEAD. Starlette's own refusals (416) say nothing of who may read them: they get our headers.
    """

    def set_stat_headers(self, stat_result: os.stat_result) -> None:
        self.headers.setdefault("content-length", str(stat_result.st_size))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def for_everybody(message: Message) -> None:
            if message["type"] == "http.response.start":
                for name, value in FOR_EVERYBODY.items():
                    MutableHeaders(scope=message).setdefault(name, value)
            await send(message)

        await super().__call__(_with_usable_range(scope, self.headers["etag"]), receive, for_everybody)


def _with_usable_range(scope: Scope, etag: str) -> Scope:
    asked = Headers(scope=scope)
    wanted, condition = asked.get("range"), asked.get("if-range")
    if wanted is None:
        return scope
    usable = scope["method"] == "GET" and _is_range(wanted) and condition in {None, etag}
    dropped = {b"if-range"} if usable else {b"if-range", b"range"}
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in dropped]}


def _is_range(wanted: str) -> bool:
    """Whether it is written as ranges of bytes, none of which ends before it begins (RFC 9110 §14.1.1)."""
    if RANGE.fullmatch(wanted) is None:
        return False
    return all(int(first) <= int(last) for first, last in PART.findall(wanted))


def _headers(held: Held, digest: str, encoding: str | None) -> dict[str, str]:
    headers = FOR_EVERYBODY | {"Cache-Control": held.cache_control, "ETag": f'"{digest}"', "Link": held.links}
    if held.packed or held.may_be_packed:
        headers["Vary"] = "Accept-Encoding"
    return headers | {"Content-Encoding": encoding} if encoding else headers


def takes_gzip(asked: Mapping[str, str]) -> bool:
    """Whether Accept-Encoding allows gzip (RFC 9110 §12.5.3): what it says of gzip itself goes before `*`."""
    weights: dict[str, str] = {}
    for part in asked.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        weights.setdefault(name, weight or "1")
    weight = weights.get("gzip", weights.get("*", "0"))
    return bool(weight.strip("0."))


def knows_already(asked: Mapping[str, str], etag: str) -> bool:
    """Whether the caller holds this form: If-None-Match, by the weak comparison of RFC 9110 §13.1.2."""
    named = asked.get("if-none-match", "")
    return named.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in named.split(",")]
