"""A crawler over every public page and file, in both languages and every form, that sees what they say in the end.

Each address is read; one of each kind (all of them with ENDURANCE) is also asked for in every other way that HTTP has:
without its body, in parts, with conditions, packed otherwise, and wrongly, so that refusals are read, too.
"""

import gzip
import io
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow.parquet as pq
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from tests.web.open_data_site import URL

Headers = dict[str, str]
ENDURANCE = bool(os.environ.get("ENDURANCE"))
NOBODY = "00000000-0000-4000-8000-000000000000"
SPANISH, ENGLISH = ({"Accept-Language": language, "Accept": "text/html"} for language in ("es", "en"))
ODD_WAYS: tuple[tuple[str, Headers], ...] = (
    ("GET", {"Accept-Language": "fr;q=0.9, *;q=0.1", "Accept": "application/json"}),
    ("GET", {"Accept-Encoding": "identity"}),
    ("GET", {"Accept-Encoding": "br, zstd, *;q=0"}),
    ("GET", {"Range": "bytes=0-999"}),
    ("GET", {"Range": "bytes=-999", "Accept-Encoding": "identity"}),
    ("GET", {"Range": "bytes=0-99,200-299", "Accept-Encoding": "identity"}),
    ("GET", {"Range": "bytes=99999999-", "Accept-Encoding": "identity"}),
    ("GET", {"If-None-Match": "*"}),
    ("GET", {"If-None-Match": '"7"', "If-Modified-Since": "Sat, 01 Nov 2025 00:00:00 GMT", "If-Range": '"7"'}),
    ("HEAD", {"Accept-Encoding": "identity"}),
    ("HEAD", {"Accept-Encoding": "gzip"}),
    ("OPTIONS", {"Origin": "https://otro.example", "Access-Control-Request-Method": "GET"}),
    ("DELETE", {}),
)
WRONG = (
    "/no-hay", "/datos/no-hay", "/datos/2025-13", "/datos/v1/no-hay", "/datos/v1/T1/1999-01/1/T1-1999-01.csv",
    "/datos/v1/T9/latest.csv", "/datos/tablas/T9", "/datos/tablas/T1?periodo=1999-01", "/datos/tablas/T1?oficina=nadie",
    "/datos/tablas/T1?desde=nada", "/datos/tablas/T1?desde=99999", "/datos/ejemplos/nada.py",
)  # fmt: skip


@dataclass
class Crawler:
    """Follows every link and every path that an answer names, until there is nothing new. Of each table and filter so
    many pages are read (with ENDURANCE all of them): they show rows of the files.
    """

    web: TestClient
    pages_of_a_filter: int = 1
    thorough: bool = True
    seen: set[str] = field(default_factory=set)
    filters: Counter[str] = field(default_factory=Counter)
    kinds: set[str] = field(default_factory=set)

    def read(self, starts: list[str]) -> Iterator[tuple[str, str]]:
        """Each address with everything that its answers say, headers too, whatever they were packed in."""
        waiting = list(starts)
        while waiting:
            path = waiting.pop()
            if path in self.seen or not self._worth_it(path):
                continue
            self.seen.add(path)
            said = "\n".join(self.answers(path))
            yield path, said
            waiting += sorted(self._named(said))

    def answers(self, path: str) -> Iterator[str]:
        """What is said at an address, in each language that it may have; of a new kind of address in every odd way."""
        sizes: set[int] = set()
        kind = kind_of(path)
        ways = [("GET", SPANISH), ("GET", ENGLISH)] if "/v1/" not in path and "?" not in path else [("GET", SPANISH)]
        if self.thorough and (ENDURANCE or kind not in self.kinds):
            self.kinds.add(kind)
            ways += ODD_WAYS
        for method, headers in ways:
            yield self.ask(method, path, headers, sizes)

    def ask(self, method: str, path: str, headers: Headers, sizes: set[int], **sent: Any) -> str:
        """One answer, without what chance put there: the request's id, which a problem repeats, the token of this
        browser's forms, what stands between parts; and without a length that is just that of a body which is read here
        (`sizes`).
        """
        answer = self.web.request(method, path, headers=headers, **sent)
        if method != "HEAD":
            sizes.add(answer.num_bytes_downloaded)
        told = dict(answer.headers)
        if int(told.get("content-length", -1)) in sizes:
            del told["content-length"]
        said = f"{method} {answer.status_code} {told}\n{_unpacked(answer.status_code, answer.content)}"
        between_parts = re.findall("boundary=(.+)", told.get("content-type", ""))
        for chance in (answer.headers["x-request-id"], *self.web.cookies.values(), *between_parts):
            said = said.replace(chance, "…")
        return said

    def _worth_it(self, path: str) -> bool:
        if path.startswith(("/salir", "/idioma/")):  # the second would change the language of all that follows
            return False
        if "?" not in path or path in WRONG:
            return True
        shown = re.sub(r"=[^&]*", "=", path)
        self.filters[shown] += 1
        return ENDURANCE or self.filters[shown] <= self.pages_of_a_filter

    def _named(self, said: str) -> set[str]:
        named = re.findall(
            r"""(?:href|src|srcset)=["']([^"'#]+)|"((?:https?:/)?/?[\w.:-]+/[^"\s<>]*)"|location': '([^']+)""", said
        )
        targets = {next(filter(None, each)).replace("&amp;", "&").removeprefix(URL) for each in named}
        paths = {target if target.startswith("/") else f"/{target}" for target in targets if ":" not in target}
        return {path for path in paths if re.fullmatch(r"/[\w./?=&%+-]*", path)}


def kind_of(path: str) -> str:
    """The address without its months, quarters, editions, tables and values: what is answered by the same code."""
    place, _, asked = path.partition("?")
    place = re.sub(r"\b\d{4}(-(\d\d|T\d))?(-e2)?\b", "PERIOD", place)
    place = re.sub(r"\bT\ds?\b|/[12]/", "/TABLE/", place)
    return re.sub(r"graficas/.*\.svg", "graficas/PICTURE.svg", place) + ("?" if asked else "")


def refusals(web: TestClient, app: FastAPI) -> Iterator[tuple[str, str]]:
    """What every route says to a stranger who asks it wrongly: with nothing, and about nobody."""
    crawler = Crawler(web)
    for path, methods in routes_of(app):
        for method in sorted(methods - {"GET", "HEAD"}):
            yield f"{method} {path}", crawler.ask(method, path, {"Accept-Language": "en"}, set(), content=b"{}")


def routes_of(app: FastAPI) -> Iterator[tuple[str, set[str]]]:
    """Every route's address, with nobody in the place of its parameters, and its methods."""
    for route in iter_route_contexts(app.routes):
        if route.path:
            yield re.sub(r"{[^}]*}", NOBODY, route.path), set(route.methods or ())


def _unpacked(status: int, body: bytes) -> str:
    """A part of a packed file (206) can't be read."""
    if body.startswith(b"\x1f\x8b") and status == 200:
        body = gzip.decompress(body)
    if body.startswith(b"PAR1") and status == 200:
        table = pq.read_table(io.BytesIO(body))
        return f"{table.schema.metadata}\n" + "\n".join(str(list(row.values())) for row in table.to_pylist())
    return body.decode("utf-8", "replace")


def starts(app: FastAPI) -> list[str]:
    """Every address that can be asked for without knowing anything, and some that are wrong."""
    found: Iterable[str] = [path for path, methods in routes_of(app) if "GET" in methods]
    return [*WRONG, *found, "/.well-known/jwks.json", "/datos/v1/latest.json"]


def hits_of(number: int, path: str, said: str) -> list[str]:
    """Where a number stands in an answer, alone, as 7919, 7,919, 7.919 or 7 919: with what stands around it."""
    written = re.sub(r"<[^>]*>", "|", said) if path.endswith(".svg") else said  # places in a drawing are no numbers
    text = str(number)
    alone = rf"(?<![\w.+/=-]){text[0]}[,.\u00a0\u202f ]?{text[1:]}(?![\w+/=-])"
    return [written[max(0, hit.start() - 60) : hit.end() + 30] for hit in re.finditer(alone, written)]
