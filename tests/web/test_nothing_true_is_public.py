"""A crawler reads every public page and file, in both languages and every format, and looks for what is true: counts
that were planted, digests of the true tables in any form, and the keyed digests that are kept of them.
"""

import base64
import gzip
import hashlib
import io
import json
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import select

from casestatus.app import build_app
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.settings import Environment, Settings
from casestatus.statistics.models import FrozenMonth
from casestatus.statistics.published_offices import public_codes
from casestatus.statistics.publishing.formats import csv_lines, values_of
from casestatus.statistics.publishing.publish import publish
from casestatus.statistics.publishing.totals import totals_of
from casestatus.statistics.rows import COLUMNS, Row
from casestatus.statistics.tables import TABLES
from casestatus.statistics.tallying import Tally
from casestatus.statistics.vocabularies import kept_codes
from tests.statistics.crowd import DECEMBER, NOVEMBER, Crowd, make_crowd
from tests.web.open_data_site import PUBLISHER, URL

PLANTED = {7919: (NOVEMBER, 0), 7907: (NOVEMBER, 1), 7901: (DECEMBER, 0)}  # new cases of a month and an office
PAGES_WITH_FILTERS = 12  # a link each is enough: they all show rows of the same files
DIGESTS = ("md5", "sha1", "sha256", "sha512")


@pytest.fixture
def crowd(database: Database, keys: KeyRing) -> Crowd:
    crowd = make_crowd(database, keys)
    crowd.fill(NOVEMBER, DECEMBER)
    for number, (month, office) in PLANTED.items():
        already = sum(row["office_id"] == crowd.offices[office] and _is_new(row, month) for row in crowd.rows)
        crowd.new_cases(month, number - already, office=office)
    crowd.write()
    assert crowd.cut(DECEMBER, day="2026-01-20") is not None
    return crowd


@pytest.fixture
def app(crowd: Crowd, keys: KeyRing, database_url: str, tmp_path: Path) -> FastAPI:
    with crowd.database.reading() as session:
        publish(tmp_path / "releases", session, keys, PUBLISHER)
    settings = Settings(
        environment=Environment.DEMO, database_url=database_url, public_url=URL, releases=tmp_path / "releases"
    )
    return build_app(settings, crowd.database, keys)


def _is_new(row: dict, month: str) -> bool:
    return row["kind"] == "new" and row["month"].isoformat()[:7] == month


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
            for said in self._answers(path):
                yield path, said
                waiting += self._named(said)

    def _worth_it(self, path: str) -> bool:
        self.filters += "?" in path
        return not path.startswith(("/salir", "/idioma/")) and ("?" not in path or self.filters <= PAGES_WITH_FILTERS)

    def _answers(self, path: str) -> Iterator[str]:
        for language in ("es", "en") if "/v1/" not in path else ("es",):
            for accepted in ("text/html", "application/json") if "." not in path else ("*/*",):
                answer = self.web.get(path, headers={"Accept-Language": language, "Accept": accepted})
                headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
                yield f"{headers}\n{_unpacked(answer.content)}"

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
    return [route.path for route in routes if route.path and "GET" in (route.methods or ()) and "{" not in route.path]


def true_tables(crowd: Crowd) -> Iterator[tuple[str, str, list[int], list[Row]]]:
    """Each published draw with its true counts, in the order of its published rows."""
    with crowd.database.reading() as session:
        tally = Tally(session, public_codes(session))
        frozen = {month.month: month for month in session.scalars(select(FrozenMonth))}
        for table in TABLES.values():
            rows = crowd.table(table.name)
            for period in dict.fromkeys(row.period for row in rows):
                month = period if period in frozen else DECEMBER
                codes = kept_codes(session, frozen[month].code_list, month)
                counts = tally.true_counts(table, period, codes)
                yield table.name, period, counts, [row for row in rows if row.period == period]


def serialised(counts: list[int], rows: list[Row]) -> Iterator[bytes]:
    """A true table in every form that somebody may have hashed."""
    true_rows = [replace(row, count=count, measured=count) for row, count in zip(rows, counts, strict=True)]
    values = [values_of(row) for row in true_rows]
    objects = [dict(zip(COLUMNS, each, strict=True)) for each in values]
    for text in (
        json.dumps(counts), json.dumps(counts, separators=(",", ":")), json.dumps(objects), str(counts),
        json.dumps(objects, separators=(",", ":")), json.dumps(objects, ensure_ascii=False),
        *(between.join(map(str, counts)) + end for between in ("\n", ",", ", ", " ", ";") for end in ("", "\n")),
        csv_lines(values), csv_lines([COLUMNS, *values]),
    ):  # fmt: skip
        yield text.encode()
    for form in ("<q", ">q", "<i", ">i"):
        yield b"".join(struct.pack(form, count) for count in counts)


def digests_of(content: bytes) -> Iterator[str]:
    for name in DIGESTS:
        yield from spelt(hashlib.new(name, content).digest())


def spelt(digest: bytes) -> Iterator[str]:
    """A digest as people write it."""
    yield digest.hex()
    yield digest.hex().upper()
    for encoded in (base64.b64encode(digest), base64.urlsafe_b64encode(digest), base64.b32encode(digest)):
        yield encoded.decode().rstrip("=")


def numbers_that_may_stand_there(crowd: Crowd, folder: Path) -> set[int]:
    """What pages and files may rightly say: noised cells, their sums and intervals, and the sizes of files."""
    numbers: set[int] = set()
    for table in TABLES:
        for row in crowd.table(table):
            numbers |= {row.count, row.measured, row.low, row.high}
    totals = totals_of(crowd.table)
    for each in (totals.new_by_month, totals.new_by_office, *totals.entries.values()):
        numbers |= {number for cell in each.values() for number in (cell.value, cell.low, cell.high)}
    for manifest in folder.glob("datos/v1/publicaciones/*/manifest.json"):
        files = json.loads(manifest.read_bytes())["files"]
        numbers |= {number for file in files for number in (file["bytes"], file.get("rows", 0))}
    return numbers


def test_neither_a_true_count_nor_a_digest_of_one_is_anywhere(app: FastAPI, crowd: Crowd, tmp_path: Path) -> None:
    tables = list(true_tables(crowd))
    planted = [count for _, _, counts, _ in tables for count in counts if count in PLANTED]
    assert set(planted) == set(PLANTED)
    secrets = {
        each for _, _, counts, rows in tables for content in serialised(counts, rows) for each in digests_of(content)
    }
    with crowd.database.reading() as session:
        kept = session.scalars(select(FrozenMonth.input_digest)).all()
    assert all(kept)
    secrets |= {each for digest in kept if digest for each in spelt(digest)}

    said_of, found, told = {}, set(), set()
    with TestClient(app, base_url=URL, follow_redirects=False, raise_server_exceptions=False) as web:
        for path, said in Crawler(web).read([*starts(app), "/.well-known/jwks.json", "/datos/v1/latest.json"]):
            said_of[path] = said
            written = re.sub(r"<[^>]*>", "|", said) if path.endswith(".svg") else said  # places are no numbers
            found |= {number for number in PLANTED if re.search(_as_written(number), written)}
            told |= set(re.findall(r"[0-9A-Za-z+/_-]{20,}", said)) | set(re.findall(r"[0-9A-Za-z+_-]{20,}", said))
    assert told.isdisjoint(secrets)
    assert found <= numbers_that_may_stand_there(crowd, tmp_path / "releases")
    assert_the_crawl_was_whole(said_of, tmp_path / "releases")


def _as_written(number: int) -> str:
    """7919, 7,919, 7.919 or 7 919, alone."""
    text = str(number)
    return rf"(?<![\w.+/=-]){text[0]}[,.\u00a0\u202f ]?{text[1:]}(?![\w+/=-])"


def assert_the_crawl_was_whole(said_of: dict[str, str], folder: Path) -> None:
    """It came to every published file and every kind of page, and would have seen what it looked for."""
    listed = json.loads((folder / f"datos/v1/publicaciones/{DECEMBER}/manifest.json").read_bytes())["files"]
    assert {f"/{file['path']}" for file in listed} <= said_of.keys()
    pages = {"/", "/estado", "/datos/", f"/datos/{DECEMBER}", "/datos/metodologia", "/datos/uso", "/openapi.json"}
    assert pages | {f"/datos/tablas/{table}" for table in TABLES} <= said_of.keys()
    for extension in ("csv", "csv.gz", "json", "parquet"):
        assert "FGJ-1.CUH-1" in said_of[f"/datos/v1/T1s/{NOVEMBER}/1/T1s-{NOVEMBER}.{extension}"]


def test_the_crawler_would_see_a_planted_number_in_every_form() -> None:
    for said in ("<td>7,919</td>", "x,7919,y", '"conteo": 7919}', "[7919, 1]", "7.919 casos", "hay 7 919 casos"):
        assert re.search(_as_written(7919), said)
    for said in ("17919", "a7919f", "79190", "2026-7919-1", "/7919"):
        assert not re.search(_as_written(7919), said)
    assert hashlib.md5(b"x").hexdigest() in set(digests_of(b"x"))
