"""A crawler over every public page and file, in both languages and every format, that sees what they say in the end."""

import gzip
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow.parquet as pq
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from tests.web.open_data_site import URL

PAGES_WITH_FILTERS = 12  # a link each is enough: they all show rows of the same files


@dataclass
class Crawler:
    """Follows every link and every path that an answer names, until there is nothing new."""

    web: TestClient
    seen: set[str] = field(default_factory=set)
    filters: int = 0

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
        """What is said at an address, in each language and form that it may have, without what chance put there: the
        request's id, which a problem repeats, and the token of this browser's forms.
        """
        for language in ("es", "en") if "/v1/" not in path else ("es",):
            for accepted in ("text/html", "application/json") if "." not in path else ("*/*",):
                answer = self.web.get(path, headers={"Accept-Language": language, "Accept": accepted})
                headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
                said = f"{answer.status_code} {headers}\n{_unpacked(answer.content)}"
                for chance in (answer.headers["x-request-id"], *self.web.cookies.values()):
                    said = said.replace(chance, "…")
                yield said

    def _worth_it(self, path: str) -> bool:
        self.filters += "?" in path
        return not path.startswith(("/salir", "/idioma/")) and ("?" not in path or self.filters <= PAGES_WITH_FILTERS)

    def _named(self, said: str) -> set[str]:
        named = re.findall(
            r"""(?:href|src|srcset)=["']([^"'#]+)|"((?:https?:/)?/?[\w.:-]+/[^"\s<>]*)"|location': '([^']+)""", said
        )
        targets = {next(filter(None, each)).replace("&amp;", "&").removeprefix(URL) for each in named}
        paths = {target if target.startswith("/") else f"/{target}" for target in targets if ":" not in target}
        return {path for path in paths if re.fullmatch(r"/[\w./?=&%+-]*", path)}


def _unpacked(body: bytes) -> str:
    if body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)
    if body.startswith(b"PAR1"):
        table = pq.read_table(io.BytesIO(body))
        return f"{table.schema.metadata}\n" + "\n".join(str(list(row.values())) for row in table.to_pylist())
    return body.decode("utf-8", "replace")


def starts(app: FastAPI) -> list[str]:
    """Every address that can be asked for without knowing anything."""
    routes = iter_route_contexts(app.routes)
    found = [route.path for route in routes if route.path and "GET" in (route.methods or ()) and "{" not in route.path]
    return [*found, "/.well-known/jwks.json", "/datos/v1/latest.json"]


def hits_of(number: int, path: str, said: str) -> list[str]:
    """Where a number stands in an answer, alone, as 7919, 7,919, 7.919 or 7 919: with what stands around it."""
    written = re.sub(r"<[^>]*>", "|", said) if path.endswith(".svg") else said  # places in a drawing are no numbers
    text = str(number)
    alone = rf"(?<![\w.+/=-]){text[0]}[,.\u00a0\u202f ]?{text[1:]}(?![\w+/=-])"
    return [written[max(0, hit.start() - 60) : hit.end() + 30] for hit in re.finditer(alone, written)]
