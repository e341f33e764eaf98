"""A crawler reads every public page and file, in both languages and every format, and looks for what is true: counts
that were planted, digests of the true tables in any form, and the keyed digests that are kept of them. What the noise
makes of a cell may be the true number by chance: a hit counts unless published cells alone add up to it.
"""

import base64
import hashlib
import json
import re
import struct
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient
from sqlalchemy import delete, select

from casestatus.app import build_app
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.settings import Environment, Settings
from casestatus.statistics.models import CountKind, FrozenMonth, StatisticsEvent
from casestatus.statistics.portal.previews import columns_of
from casestatus.statistics.published_offices import public_codes
from casestatus.statistics.publishing.formats import csv_lines, values_of
from casestatus.statistics.publishing.publish import publish
from casestatus.statistics.rows import COLUMNS, Row
from casestatus.statistics.tables import TABLES
from casestatus.statistics.tallying import Tally
from casestatus.statistics.vocabularies import kept_codes
from tests.factories import make_world
from tests.statistics.crowd import DECEMBER, NOVEMBER, Crowd, make_crowd
from tests.web.computable import computable_numbers, listed_files
from tests.web.crawler import Crawler, hits_of, refusals, starts
from tests.web.open_data_site import PUBLISHER, URL

NEW = {7919: (NOVEMBER, 0), 7907: (NOVEMBER, 1), 7901: (DECEMBER, 0)}  # new cases of a month and an office: T1s
CRIME = "rnid2026.robo-a-negocio"  # of its own, so that all of one office are one cell of T1, too
NEW_OF_CRIME = 7877
ENTERED = (4003, 4001)  # entries into a stage at each office: T2, T3; together 8,004 in the territory: T4
LEFT = 6007  # exits of one crime group, stage and time: T5
PLANTED = {*NEW, NEW_OF_CRIME, *ENTERED, sum(ENTERED), LEFT}
DIGESTS = ("md5", "sha1", "sha256", "sha512")


@pytest.fixture
def crowd(database: Database, keys: KeyRing) -> Crowd:
    crowd = make_crowd(database, keys)
    crowd.fill(NOVEMBER, DECEMBER)
    plant(crowd)
    crowd.write()
    assert crowd.cut(DECEMBER, day="2026-01-20") is not None
    return crowd


def plant(crowd: Crowd) -> None:
    """Counts so large that cells of every table hold just what is looked for."""
    crowd.rows = [row for row in crowd.rows if row["stage"] not in {"juicio", "pausa"} and row["crime"] != CRIME]
    crowd.new_cases(DECEMBER, NEW_OF_CRIME, office=0, crime=CRIME)
    for office, number in enumerate(ENTERED):
        for _ in range(number):
            crowd.add(CountKind.ENTRY, DECEMBER, office=office, stage="juicio", crime=CRIME)
    for _ in range(LEFT):
        crowd.add(CountKind.EXIT, DECEMBER, stage="pausa", duration_bin="31-90", crime=CRIME)
    for number, (month, office) in NEW.items():
        already = sum(row["office_id"] == crowd.offices[office] and _is_new(row, month) for row in crowd.rows)
        crowd.new_cases(month, number - already, office=office, crime="rnid2026.fraude")


def _is_new(row: dict, month: str) -> bool:
    return row["kind"] == "new" and row["month"].isoformat()[:7] == month


@pytest.fixture
def app(crowd: Crowd, keys: KeyRing, database_url: str, tmp_path: Path) -> FastAPI:
    with crowd.database.reading() as session:
        publish(tmp_path / "releases", session, keys, PUBLISHER)
    settings = Settings(
        environment=Environment.DEMO, database_url=database_url, public_url=URL, releases=tmp_path / "releases"
    )
    return build_app(settings, crowd.database, keys)


def read_everything(app: FastAPI, *, thorough: bool = False) -> dict[str, str]:
    """What every public address says, in the usual ways or in all."""
    with TestClient(app, base_url=URL, follow_redirects=False, raise_server_exceptions=False) as web:
        return dict(Crawler(web, thorough=thorough).read(starts(app)))


def every_refusal(app: FastAPI) -> dict[str, str]:
    """What every route says to whoever asks it wrongly."""
    there = ("192.0.2.7", 50_000)
    with TestClient(app, URL, follow_redirects=False, raise_server_exceptions=False, client=there) as web:
        return dict(refusals(web, app))


def leaks(said_of: dict[str, str], folder: Path) -> dict[int, list[str]]:
    """Each planted number that published cells don't add up to, with the places where it is said."""
    hidden = PLANTED - computable_numbers(folder)
    found = {
        number: [f"{path}: {hit}" for path, said in said_of.items() for hit in hits_of(number, path, said)]
        for number in hidden
    }
    return {number: places for number, places in found.items() if places}


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


def secret_digests(crowd: Crowd) -> set[str]:
    """Of every true table, and the keyed ones. A small table may be published as it is, by chance: what anybody can
    work out of its published cells is no secret.
    """
    secret: set[str] = set()
    for _, _, counts, rows in true_tables(crowd):
        secret |= digests_of_table(counts, rows) - digests_of_table([row.measured for row in rows], rows)
    with crowd.database.reading() as session:
        kept = session.scalars(select(FrozenMonth.input_digest)).all()
    assert all(kept)
    return secret | {each for digest in kept if digest for each in spelt(digest)}


def digests_of_table(counts: list[int], rows: list[Row]) -> set[str]:
    return {each for content in serialised(counts, rows) for each in digests_of(content)}


def digests_told(said_of: dict[str, str], crowd: Crowd) -> dict[str, set[str]]:
    """Secret digests by the address that tells them."""
    secret = secret_digests(crowd)
    words = {path: set(re.findall(r"[0-9A-Za-z+/_-]{20,}", said)) for path, said in said_of.items()}
    parts = {
        path: told.union(*(re.findall(r"[0-9A-Za-z+_-]{20,}", word) for word in told)) for path, told in words.items()
    }
    return {path: told & secret for path, told in parts.items() if told & secret}


def digests_of(content: bytes) -> Iterator[str]:
    for name in DIGESTS:
        yield from spelt(hashlib.new(name, content).digest())


def spelt(digest: bytes) -> Iterator[str]:
    """A digest as people write it."""
    yield digest.hex()
    yield digest.hex().upper()
    for encoded in (base64.b64encode(digest), base64.urlsafe_b64encode(digest), base64.b32encode(digest)):
        yield encoded.decode().rstrip("=")


def test_neither_a_true_count_nor_a_digest_of_one_is_anywhere(app: FastAPI, crowd: Crowd, tmp_path: Path) -> None:
    tables = list(true_tables(crowd))
    assert {name for name, _, counts, _ in tables if PLANTED.intersection(counts)} == set(TABLES)
    assert {count for _, _, counts, _ in tables for count in counts} >= PLANTED
    said_of = read_everything(app, thorough=True)
    assert_the_crawl_was_whole(said_of, tmp_path / "releases")
    said_of |= every_refusal(app)
    assert leaks(said_of, tmp_path / "releases") == {}
    assert digests_told(said_of, crowd) == {}
    assert_a_route_that_tells_them_is_found(app, crowd, tmp_path / "releases")


def assert_a_route_that_tells_them_is_found(app: FastAPI, crowd: Crowd, folder: Path) -> None:
    """One of the numbers may be published by chance; that most of them are, happens once in a million times."""
    true = next(counts for name, _, counts, _ in true_tables(crowd) if name == "T2")
    digest = hashlib.sha256(json.dumps(true).encode()).hexdigest()
    app.add_api_route("/cifras", lambda: {"casos": [f"{number:,}" for number in sorted(PLANTED)], "version": digest})
    assert "/cifras" in starts(app)
    with TestClient(app, base_url=URL) as web:
        said_of = {"/cifras": "\n".join(Crawler(web).answers("/cifras"))}
    found = leaks(said_of, folder)
    assert found
    assert found.keys() == PLANTED - computable_numbers(folder)
    assert digests_told(said_of, crowd) == {"/cifras": {digest}}


def assert_the_crawl_was_whole(said_of: dict[str, str], folder: Path) -> None:
    """It came to every published file and every kind of page, and would have seen what it looked for."""
    assert {f"/{file.path}" for file in listed_files(folder)} <= said_of.keys()
    pages = {"/", "/estado", "/datos/", f"/datos/{DECEMBER}", "/datos/metodologia", "/datos/uso", "/openapi.json"}
    assert pages | {f"/datos/tablas/{table}" for table in TABLES} <= said_of.keys()
    for extension in ("csv", "csv.gz", "json", "parquet"):
        assert "FGJ-1.CUH-1" in said_of[f"/datos/v1/T1s/{NOVEMBER}/1/T1s-{NOVEMBER}.{extension}"]
    said = "\n".join(said_of.values())
    for status in (
        "GET 200",
        "GET 206",
        "GET 304",
        "GET 307",
        "GET 404",
        "GET 416",
        "GET 422",
        "HEAD 200",
        "OPTIONS 204",
    ):
        assert f"{status} " in said
    filtered = "\n".join(path for path in said_of if "?" in path)
    for table in TABLES:
        for column in columns_of(table):
            assert re.search(rf"^/datos/tablas/{table}\?\S*\b{column}=", filtered, re.MULTILINE)


def test_a_header_an_odd_way_of_asking_or_a_length_that_tells_a_true_count_is_found() -> None:
    app = FastAPI()

    @app.middleware("http")
    async def with_id(request: Request, answered: Callable[[Request], Awaitable[Response]]) -> Response:
        answer = await answered(request)
        answer.headers["X-Request-Id"] = "an id"
        return answer

    def answer(request: Request) -> Response:
        if "range" in request.headers:
            return Response("x", 206, headers={"ETag": '"7919"'})
        if request.method == "HEAD":
            return Response(headers={"Content-Length": "7907"})
        return Response(headers={"X-Total": "7,901"} if "if-none-match" in request.headers else {})

    app.add_api_route("/cifras", answer, methods=["GET", "HEAD"])
    app.add_api_route("/cifras", lambda: PlainTextResponse("7877 casos", 403), methods=["POST"])
    with TestClient(app, base_url=URL) as web:
        said = "\n".join(Crawler(web).answers("/cifras"))
        said += dict(refusals(web, app))["POST /cifras"]
    assert [number for number in sorted(PLANTED) if hits_of(number, "/cifras", said)] == [7877, 7901, 7907, 7919]


def test_other_cases_behind_the_same_draws_change_no_public_byte(crowd: Crowd, keys: KeyRing, tmp_path: Path) -> None:
    """Whatever pages, headers and files are made of, it isn't cases: all that was counted goes, others come."""
    world = make_world(crowd.database, keys, code="FGJ-2")
    with crowd.database.reading() as session:
        publish(tmp_path / "releases", session, keys, PUBLISHER)
    settings = Settings(environment=Environment.PRODUCTION, public_url=URL, releases=tmp_path / "releases")
    before = read_everything(build_app(settings, crowd.database, keys))

    with crowd.database.writing() as session:
        session.execute(delete(StatisticsEvent))
    world.push("a1", "CI01")
    world.push("a2", "CI15")
    world.push("b1", "CI00", case_number="CI-FICUH/CUH-2/UI-2 C/D/00124/04-2026")
    world.admit()
    assert read_everything(build_app(settings, crowd.database, keys)) == before
    with crowd.database.reading() as session:
        publish(tmp_path / "again", session, keys, PUBLISHER)
    assert content_of(tmp_path / "again") == content_of(tmp_path / "releases")


def content_of(folder: Path) -> dict[str, bytes]:
    """Every file; an ES256 signature differs each time."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".jws")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_crawler_would_see_a_planted_number_in_every_form() -> None:
    for said in ("<td>7,919</td>", "x,7919,y", '"conteo": 7919}', "[7919, 1]", "7.919 casos", "hay 7 919 casos"):
        assert hits_of(7919, "/", said)
    for said in ("17919", "a7919f", "79190", "2026-7919-1", "/7919"):
        assert not hits_of(7919, "/", said)
    assert hashlib.md5(b"x").hexdigest() in set(digests_of(b"x"))
