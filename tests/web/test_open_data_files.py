"""Released files over HTTP: kept for ever, checked by their sums, compressed, in parts, and honestly gone."""

import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from casestatus.crypto import KeyRing
from tests.statistics.publishing.synthetic import Synthetic
from tests.web.open_data_site import open_door, publish, sample_site

CSV = "/datos/v1/T1s/2025-02/1/T1s-2025-02.csv"
FOR_EVER = "public, max-age=31536000, immutable"
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, KeyRing]:
    return sample_site(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def folder(site: tuple[Path, KeyRing]) -> Path:
    return site[0]


@pytest.fixture(scope="module")
def web(site: tuple[Path, KeyRing]) -> Iterator[TestClient]:
    folder, keys = site
    with open_door(folder, keys, folder / "unused.db") as client:
        yield client


def listed(folder: Path) -> list[dict]:
    manifests = folder.glob("datos/v1/publicaciones/*/manifest.json")
    return [file for manifest in manifests for file in json.loads(manifest.read_bytes())["files"]]


def test_every_published_file_comes_as_it_lies_there(web: TestClient, folder: Path) -> None:
    for file in listed(folder):
        answer = web.get(f"/{file['path']}", headers=PLAIN)
        assert (answer.status_code, answer.content) == (200, (folder / file["path"]).read_bytes()), file["path"]
        assert answer.headers["etag"] == f'"{file["sha256"]}"'
        assert answer.headers["cache-control"] == FOR_EVER
        assert answer.headers["content-length"] == str(file["bytes"])
        assert answer.headers["content-type"] == file["media_type"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert not {"last-modified", "set-cookie"} & answer.headers.keys()
        assert answer.headers["x-robots-tag"] == "all"


def test_what_travels_compressed_is_the_same_under_an_etag_of_its_own(web: TestClient, folder: Path) -> None:
    for file in listed(folder):
        packed = web.get(f"/{file['path']}", headers={"Accept-Encoding": "gzip"})
        assert packed.content == (folder / file["path"]).read_bytes()
        if packed.headers.get("content-encoding") == "gzip":
            assert packed.headers["etag"] != f'"{file["sha256"]}"'
        assert packed.headers["cache-control"] == FOR_EVER


@pytest.mark.parametrize("path", [CSV, CSV.replace(".csv", ".json")])
def test_a_compressed_table_is_the_one_that_was_published(web: TestClient, folder: Path, path: str) -> None:
    with web.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        sent = b"".join(answer.iter_raw())
    assert sent == (folder / f"{path[1:]}.gz").read_bytes()
    assert answer.headers["etag"] == f'"{hashlib.sha256(sent).hexdigest()}"'
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-length"] == str(len(sent))
    assert gzip.decompress(sent) == (folder / path[1:]).read_bytes()


def test_head_asks_for_no_part(web: TestClient, folder: Path) -> None:
    answer = web.head(CSV, headers=PLAIN | {"Range": "bytes=0-9"})
    assert answer.status_code == 200
    assert answer.headers["content-length"] == str((folder / CSV[1:]).stat().st_size)


def test_a_part_beyond_the_end_is_refused_where_every_page_can_read_it(web: TestClient, folder: Path) -> None:
    answer = web.get(CSV, headers=PLAIN | {"Range": "bytes=99999999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"].endswith(f"*/{(folder / CSV[1:]).stat().st_size}")
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("accepted", ["*", "gzip", "br, *;q=0.5", "*;q=0, gzip;q=0.1"])
def test_whoever_takes_it_gets_compressed_bytes(web: TestClient, accepted: str) -> None:
    assert web.get(CSV, headers={"Accept-Encoding": accepted}).headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity", "*, gzip;q=0", "gzip;q=0, *", "*;q=0"])
def test_nobody_gets_compressed_bytes_unasked(web: TestClient, accepted: str) -> None:
    assert "content-encoding" not in web.get(CSV, headers={"Accept-Encoding": accepted}).headers


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize(
    "path", [CSV, "/datos/v1/publicaciones/2025-02/codebook.json", "/catalog.jsonld", "/feed.atom"]
)
def test_whoever_holds_it_already_is_told_so(web: TestClient, path: str, encoding: str) -> None:
    first = web.get(path, headers={"Accept-Encoding": encoding})
    for known in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        again = web.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert {name: again.headers[name] for name in ("etag", "cache-control")} == {
            name: first.headers[name] for name in ("etag", "cache-control")
        }
    assert web.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("rows=0-9", 200, slice(None)),
        ("bytes=ten", 200, slice(None)),
        (f"bytes=0-{'9' * 5000}", 200, slice(None)),
        ("bytes=9-3", 200, slice(None)),
        ("bytes=0-1,9-3", 200, slice(None)),
    ],
)
def test_a_part_can_be_asked_for(web: TestClient, folder: Path, asked: str, status: int, part: slice) -> None:
    whole = (folder / CSV[1:]).read_bytes()
    answer = web.get(CSV, headers=PLAIN | {"Range": asked})
    assert (answer.status_code, answer.content) == (status, whole[part])
    assert answer.headers["accept-ranges"] == "bytes"
    if status == 206:
        assert answer.headers["content-range"].endswith(f"/{len(whole)}")


def test_a_part_is_cut_from_the_plain_form_where_we_compress_ourselves(web: TestClient, folder: Path) -> None:
    path = "/datos/v1/publicaciones/2025-02/codebook.json"
    answer = web.get(path, headers={"Accept-Encoding": "gzip", "Range": "bytes=5-14"})
    assert (answer.status_code, answer.content) == (206, (folder / path[1:]).read_bytes()[5:15])
    assert "content-encoding" not in answer.headers
    assert answer.headers["etag"] == web.head(path, headers=PLAIN).headers["etag"]


def test_a_part_beyond_the_end_is_refused(web: TestClient) -> None:
    assert web.get(CSV, headers=PLAIN | {"Range": "bytes=9999999-"}).status_code == 416


def test_a_part_of_another_form_is_not_mixed_in(web: TestClient) -> None:
    known = web.get(CSV, headers=PLAIN).headers["etag"]
    ask = PLAIN | {"Range": "bytes=0-9"}
    assert web.get(CSV, headers=ask | {"If-Range": known}).status_code == 206
    assert web.get(CSV, headers=ask | {"If-Range": '"other"'}).status_code == 200
    assert web.get(CSV, headers=ask | {"If-Range": "Mon, 23 Nov 2026 08:00:00 GMT"}).status_code == 200


def test_head_says_what_get_would_bring(web: TestClient) -> None:
    for path in (CSV, "/catalog.jsonld", "/datos/", "/datos/v1/latest.json", "/.well-known/jwks.json"):
        got, head = web.get(path, headers=PLAIN), web.head(path, headers=PLAIN)
        assert (head.status_code, head.content) == (got.status_code, b"")
        left_out = {"x-request-id", "date"}
        assert {k: v for k, v in head.headers.items() if k not in left_out} == {
            k: v for k, v in got.headers.items() if k not in left_out
        }, path


def test_a_file_names_its_description_its_licence_and_its_latest_version(web: TestClient) -> None:
    links = web.head(CSV).headers["link"]
    assert (
        '</datos/v1/T1s/2025-02/1/T1s-2025-02.csv-metadata.json>; rel="describedby"; type="application/csvm+json"'
        in links
    )
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in links
    assert '</datos/v1/T1s/2025-02/latest.csv>; rel="latest-version"' in links
    for link in ("/datos/v1/T1s/2025-02/1/T1s-2025-02.csv-metadata.json", "/datos/v1/datapackage-2025-02.json"):
        assert web.get(link).status_code == 200
    assert (
        'datapackage-2025-02.json>; rel="describedby"; type="application/json"'
        in web.head(CSV.replace(".csv", ".parquet")).headers["link"]
    )


@pytest.mark.parametrize(
    ("short", "leads_to"),
    [
        ("T1s/latest.csv", "T1s/2025/2025-03/T1s-2025.csv"),
        ("T1s/2025/latest.parquet", "T1s/2025/2025-03/T1s-2025.parquet"),
        ("T5/2025/latest.json", "T5/2025/2025-03/T5-2025.json"),
        ("T1s/2025-02/latest.csv.gz", "T1s/2025-02/1/T1s-2025-02.csv.gz"),
    ],
)
def test_the_latest_is_one_step_away_and_asked_for_each_time(web: TestClient, short: str, leads_to: str) -> None:
    answer = web.get(f"/datos/v1/{short}")
    assert (answer.status_code, answer.headers["location"]) == (307, f"/datos/v1/{leads_to}")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert web.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/datos/v1/../../etc/passwd", "/datos/v1/%2e%2e/%2e%2e/etc/passwd", "/datos/v1/..%2f..%2fetc/passwd",
        "/datos/v1//etc/passwd", "/datos/v1/publicaciones/../../../.lock", "/datos/v1/", "/datos/v1/T1s",
        "/datos/v1/T1s/2025-02/1/T1s-2025-02.csv%00", "/datos/v1/T9/latest.csv", "/datos/v1/T1s/2031/latest.csv",
        "/datos/v1/.ready/2025-02", "/datos/2024-01", "/datos/v1/publicaciones/2025-02/" + "x" * 5000,
    ],
)  # fmt: skip
def test_nothing_else_can_be_reached(web: TestClient, path: str) -> None:
    assert web.get(path).status_code in {400, 404}


def test_a_file_that_no_manifest_lists_is_not_served(web: TestClient, folder: Path) -> None:
    (folder / "datos/v1/notes.txt").write_text("left here by hand")
    assert web.get("/datos/v1/notes.txt").status_code == 404


def test_a_page_of_another_site_may_ask_first(web: TestClient) -> None:
    answer = web.options(CSV, headers={"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "If-None-Match" in answer.headers["access-control-allow-headers"]


def test_what_changes_is_kept_a_short_while_only(web: TestClient) -> None:
    for path in ("/catalog.jsonld", "/data.json", "/feed.atom", "/datos/presupuesto.json", "/datos/v1/latest.json"):
        assert web.get(path).headers["cache-control"] == "public, max-age=300", path
    assert web.get("/.well-known/jwks.json").json()["keys"][0]["kty"] == "EC"


def test_the_manifest_and_its_signature_come_as_they_were_signed(web: TestClient, folder: Path) -> None:
    at = "datos/v1/publicaciones/2025-02/manifest.json"
    for path in (at, f"{at}.jws"):
        answer = web.get(f"/{path}", headers=PLAIN)
        assert answer.content == (folder / path).read_bytes()
        assert answer.headers["cache-control"] == FOR_EVER


def test_a_new_release_is_seen_without_a_restart_and_a_withdrawn_one_is_gone(tmp_path: Path) -> None:
    folder, keys = tmp_path / "releases", KeyRing.generate()
    with open_door(folder, keys, tmp_path / "unused.db") as web:
        assert web.get("/feed.atom").status_code == 404
        assert "Por ahora no hay números publicados" in web.get("/datos/").text
        assert web.get("/.well-known/jwks.json").json() == {"keys": keys.release_keys}
        publish(Synthetic(1), folder, keys)
        assert "Publicación de" not in web.get("/datos/").text
        assert 'href="/datos/2025-01"' in web.get("/datos/").text
        publish(Synthetic(2), folder, keys)
        assert web.get("/datos/v1/T1s/latest.csv").headers["location"].endswith("/2025/2025-02/T1s-2025.csv")
        publish(Synthetic(2, withdrawn=("2025-02",)), folder, keys)
        gone = web.get(CSV)
        assert (gone.status_code, gone.headers["cache-control"]) == (410, "no-store")
        assert gone.json()["type"] == "release-withdrawn"
        assert gone.headers["access-control-allow-origin"] == "*"
        assert "Un error de método" in gone.json()["detail"]
        page = web.get("/datos/2025-02")
        assert page.status_code == 410
        assert "Motivo: Un error de método" in page.text
        assert 'href="/datos/2025-01"' in page.text
        assert web.get("/datos/v1/T1s/latest.csv").headers["location"].endswith("/2025/2025-01/T1s-2025.csv")
        assert web.get("/datos/v1/publicaciones/2025-02/manifest.json").status_code == 200
        assert (
            web.get("/datos/v1/publicaciones/2025-02-retirada/retirada.json").json()["motivo"] == "Un error de método"
        )


def test_when_every_release_was_withdrawn_the_portal_says_that_there_is_none(tmp_path: Path) -> None:
    folder, keys = tmp_path / "releases", KeyRing.generate()
    publish(Synthetic(1, withdrawn=("2025-01",)), folder, keys)
    with open_door(folder, keys, tmp_path / "unused.db") as web:
        page = web.get("/datos/").text
        assert "Por ahora no hay números publicados" in page
        assert "Retirada" in page
        assert web.get("/datos/tablas/T1s").status_code == 404
        assert web.get("/datos/v1/T1s/latest.csv").status_code == 404
        [only] = web.get("/datos/v1/datapackage.json").json()["resources"]
        assert only["name"] == "retirada"
        assert web.get("/feed.atom").status_code == 200


def test_a_folder_that_contradicts_itself_is_not_told_as_empty(site: tuple[Path, KeyRing], tmp_path: Path) -> None:
    made, keys = site
    folder = Path(shutil.copytree(made / "datos/v1", tmp_path / "releases/datos/v1")).parents[1]
    (folder / "datos/v1/publicaciones/2025-01/manifest.json").write_text("{}")
    with open_door(folder, keys, tmp_path / "unused.db") as web:
        assert web.get("/datos/").status_code == 503


def test_no_case_database_is_ever_asked(site: tuple[Path, KeyRing], tmp_path: Path) -> None:
    folder, keys = site
    with open_door(folder, keys, tmp_path / "unused.db") as web:
        for path in (
            "/datos/",
            "/datos/2025-02",
            "/datos/tablas/T2",
            "/datos/metodologia",
            "/datos/uso",
            CSV,
            "/data.json",
        ):
            assert web.get(path, headers={"Cookie": "__Host-sesion=stolen"}).status_code == 200
    assert not (tmp_path / "unused.db").exists()
