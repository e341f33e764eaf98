"""The portal's pages: plain, true to the files, in both languages, for everybody alike."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from casestatus.crypto import KeyRing
from casestatus.statistics.portal.method import method
from casestatus.statistics.publishing.words import TABLES_TOLD
from casestatus.wording import LANGUAGES, Language
from tests.reading import reading_ease
from tests.statistics.publishing.synthetic import Plain, Synthetic
from tests.web.open_data_site import open_door, publish, sample_site
from tests.web.test_pages_words import PageReader

GONE = "/datos/2025-02"
PATHS = (
    "/datos/", "/datos/2025-03", GONE, "/datos/metodologia", "/datos/uso",
    *(f"/datos/tablas/{table}" for table in TABLES_TOLD), "/datos/tablas/T1?oficina=CUH-2",
)  # fmt: skip


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder, keys = sample_site(tmp_path_factory.getbasetemp(), "2025-02")
    with open_door(folder, keys, folder / "unused.db") as client:
        yield client


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("nothing")
    with open_door(folder, KeyRing.generate(), folder / "unused.db") as client:
        yield client


def html(web: TestClient, path: str, language: Language = "es") -> str:
    return web.get(path, headers={"Accept-Language": language}).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_whole_without_script_or_style_of_its_own(web: TestClient, path: str, language: Language) -> None:
    page = PageReader(html(web, path, language))
    assert page.tags[0] == ("html", {"lang": {"es": "es-MX", "en": "en"}[language]})
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert page.title in {"Datos abiertos", "Publicación", "Método", "Open data", "Release", "Method"}
    for tag, attributes in page.tags:
        assert tag != "style"
        assert tag != "script" or (attributes.get("src") or "").startswith("/assets/exit-")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("path", PATHS)
def test_spanish_reads_easily_and_english_is_english(web: TestClient, path: str) -> None:
    assert reading_ease(PageReader(html(web, path)).sentences) >= 60
    told = " ".join(PageReader(html(web, path, "en")).sentences)
    assert not re.search(r"\b(el|los|que|tu|para|está|casos|publicación)\b", re.sub("«.*?»", "", told), re.IGNORECASE)


def linked(web: TestClient, *pages: str) -> set[str]:
    """What these pages name of the open data."""
    seen = set()
    for path in pages:
        for tag, attributes in PageReader(html(web, path)).tags:
            for name in ("href", "src", "srcset"):
                if (target := attributes.get(name)) and target.startswith("/") and tag != "use":
                    seen.add(target.partition("#")[0])
    left_out = ("/salir-ya", "/idioma/", "/ayuda", "/seguridad", "/privacidad", "/accesibilidad", "/estado", "/assets/")
    return {target for target in seen if target != "/" and not target.startswith(left_out)}


def leading_nowhere(web: TestClient, *pages: str) -> dict[str, int]:
    answers = {target: web.head(target).status_code for target in linked(web, *pages)}
    return {target: status for target, status in answers.items() if status not in {200, 307}}


def test_every_link_leads_somewhere(web: TestClient) -> None:
    assert len(linked(web, *PATHS)) > 100
    assert leading_nowhere(web, *PATHS) == {GONE: 410}


@pytest.mark.parametrize(
    ("source", "gone"),
    [(Synthetic(2), {}), (Synthetic(3, withdrawn=("2025-03",)), {"/datos/2025-03": 410})],
    ids=["before the first quarter ends", "after the only quarter was withdrawn"],
)
def test_the_portal_offers_no_table_that_nothing_is_published_of(
    source: Synthetic, gone: dict[str, int], tmp_path: Path
) -> None:
    keys = KeyRing.generate()
    publish(source, tmp_path, keys)
    with open_door(tmp_path, keys, tmp_path / "unused.db") as client:
        assert leading_nowhere(client, "/datos/") == gone
        assert "/datos/tablas/T4" in linked(client, "/datos/")


def test_code_book_and_times_are_found_from_the_pages(web: TestClient) -> None:
    own = "/datos/v1/publicaciones/2025-03"
    assert {f"{own}/codebook.csv", f"{own}/codebook.json", f"{own}/tiempos-en-etapa.csv"} <= linked(
        web, "/datos/2025-03"
    )
    assert f"{own}/codebook.csv" in linked(web, "/datos/tablas/T1")
    assert 'id="T5"' in html(web, "/datos/2025-03")  # where the catalogue's address of a dataset leads


def test_a_table_s_page_says_when_it_shows_edition_2(tmp_path: Path) -> None:
    keys = KeyRing.generate()
    publish(Plain(2, second_editions=("2025-01",)), tmp_path, keys)
    with open_door(tmp_path, keys, tmp_path / "unused.db") as client:
        first, second = (html(client, f"/datos/tablas/T1?periodo=2025-{month}") for month in ("02", "01"))
    assert "<h2>enero de 2025 · Edición 2</h2>" in second
    assert "<h2>febrero de 2025</h2>" in first


def test_a_table_s_page_leads_to_its_earlier_years(tmp_path: Path) -> None:
    keys = KeyRing.generate()
    publish(Plain(13), tmp_path, keys)
    with open_door(tmp_path, keys, tmp_path / "unused.db") as client:
        found = linked(client, "/datos/tablas/T1", "/datos/tablas/T3")
    stem = "/datos/v1/T1/2025/2025-12/T1-2025"  # T3 has no newer year
    assert {path for path in found if "/2025/" in path} == {f"{stem}.{kind}" for kind in ("csv", "json", "parquet")}


def test_the_portal_shows_each_picture_with_its_words_and_its_table(web: TestClient) -> None:
    page = html(web, "/datos/")
    for name in ("new_cases", "entries", "stage_times", "coverage", "offices"):
        assert f'srcset="/datos/v1/publicaciones/2025-03/graficas/{name}.es.dark.svg"' in page
        [alternative] = re.findall(rf'graficas/{name}\.es\.svg" width="\d+" height="\d+" alt="([^"]+)"', page)
        assert len(re.findall(r"\.(?: |$)", alternative)) >= 2
        assert f'<h2 id="{name}">' in page
    assert page.count("<details>") == 5
    assert "La última publicación es de marzo de 2025." in page
    assert "Licencia CC BY 4.0. Fuente: Fiscalía de prueba, marzo de 2025." in page


def test_a_feed_reader_finds_the_feed_from_the_portal(web: TestClient, empty: TestClient) -> None:
    feed = {"rel": "alternate", "type": "application/atom+xml", "title": "Cómo avanzan los casos", "href": "/feed.atom"}
    assert ("link", feed) in PageReader(html(web, "/datos/")).tags
    assert "/feed.atom" not in html(empty, "/datos/")


def test_before_the_first_release_the_portal_says_so(empty: TestClient) -> None:
    page = html(empty, "/datos/")
    assert "Por ahora no hay números publicados" in page
    assert reading_ease(PageReader(page).sentences) >= 60
    assert "<img" not in page
    assert "/datos/v1/" not in page
    assert empty.get("/datos/metodologia").status_code == 200
    assert empty.get("/datos/uso").status_code == 200
    assert empty.get("/datos/tablas/T1").status_code == 404


def rows_of(web: TestClient, table: str, period: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(web.get(f"/datos/v1/{table}/{period}/1/{table}-{period}.csv").text)))


def shown(page: str) -> list[list[str]]:
    bodies = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    lines = re.findall(r"<tr>(.*?)</tr>", bodies[-1], re.DOTALL)
    return [[re.sub("<.*?>", "", cell).strip() for cell in re.findall(r"<td.*?>(.*?)</td>", line)] for line in lines]


def test_a_table_s_page_shows_what_its_file_holds(web: TestClient) -> None:
    rows = rows_of(web, "T1s", "2025-03")
    for row, cells in zip(rows, shown(html(web, "/datos/tablas/T1s")), strict=True):
        count = f"{int(row['conteo']):,}" if row["fiable"] == "si" else "menos de 6"
        interval = f"{max(int(row['ic95_inf']), 0)} y {max(int(row['ic95_sup']), 0)}"
        assert cells == [f"«{row['oficina'].removeprefix(chr(39))}»", count, interval]


def test_a_filter_is_a_link_that_leaves_only_its_rows(web: TestClient) -> None:
    page = html(web, "/datos/tablas/T2?periodo=2025-01")
    [link] = set(re.findall(r'href="(/datos/tablas/T2\?periodo=2025-01&amp;oficina=CUH-2)"', page))
    filtered = html(web, link.replace("&amp;", "&"))
    assert len(shown(filtered)) == sum(row["oficina"] == "CUH-2" for row in rows_of(web, "T2", "2025-01")) == 4
    assert "Solo: «CUH-2»" in filtered
    assert 'href="/datos/tablas/T2?periodo=2025-01"' in filtered
    both = html(web, "/datos/tablas/T2?periodo=2025-01&oficina=CUH-2&etapa=pausa")
    assert len(shown(both)) == 1


def test_long_tables_go_on_behind_a_link(web: TestClient) -> None:
    seen, link = [], "/datos/tablas/T5"
    while link:
        page = html(web, link)
        seen += shown(page)
        onward = re.findall(r'href="(/datos/tablas/T5\?[^"]*desde=\d+)"', page)
        link = onward[0].replace("&amp;", "&") if onward else ""
    assert len(seen) == len(rows_of(web, "T5", "2025-T1")) > 20


@pytest.mark.parametrize(
    "query", ["periodo=2031-01", "oficina=%3Cb%3Ecall+me", "etapa=nada", "periodo=2025-02"], ids=str
)
def test_what_no_list_has_is_not_found_and_never_repeated(web: TestClient, query: str) -> None:
    answer = web.get(f"/datos/tablas/T2?{query}")
    assert answer.status_code == 404
    assert "call me" not in answer.text


def test_a_release_s_page_lists_its_files_with_their_sums(web: TestClient) -> None:
    page = html(web, "/datos/2025-03")
    assert "Publicación de marzo de 2025" in page
    assert re.search(r"Salió el <time[^>]*>15 de abril de 2025</time>\. Ya no cambia\. Edición 1\.", page)
    listed = web.get("/datos/v1/publicaciones/2025-03/manifest.json").json()["files"]
    offered = [file for file in listed if file.get("rows") and not file["path"].endswith(".json.gz")]
    assert len(offered) > 40
    for file in offered:  # a table's packed JSON travels in the plain one's place and is no download of its own
        assert f'href="/{file["path"]}"' in page
        assert file["sha256"] in page
    assert "Qué oficinas tienen datos completos" in page


def test_the_method_s_sums_are_those_of_the_tables(web: TestClient) -> None:
    for language in LANGUAGES:
        page = html(web, "/datos/metodologia", language)
        assert "0.125 + 0.125 + 0.16 + 0.16 + 0.16 + 0.14 = 0.87" in page
        for number in ("8.80", "7.16", "13.05", "10.75", "9.98", "8.15", "5.04", "1.0875", "1.09"):
            assert number in page
        assert "gaussiana discreta N_Z(0, sigma²)" in page
        assert "discrete Gaussian N_Z(0, sigma²)" in page
    assert web.get("/metodologia").headers["location"] == "/datos/metodologia"


def test_the_page_tells_the_attacks_as_the_document_does(web: TestClient) -> None:
    document = (Path(__file__).parents[2] / "docs" / "statistics.md").read_text("utf-8")
    table = document.partition("## 8.")[2].partition("\n## ")[0]
    figures = re.findall(r"\| ([\d.]+) % \| ([\d.]+) % \| ([\d.]+) % \| ([\d.]+) % \|", table)
    assert [(each.unprotected, each.blind, each.here, each.allowed) for each in method().attacks] == figures
    assert [cells[1:] for cells in shown(html(web, "/datos/metodologia"))] == [
        [f"{figure}\N{NO-BREAK SPACE}%" for figure in each] for each in figures
    ]


def test_the_first_page_leads_there_and_the_language_can_be_changed_on_the_spot(web: TestClient) -> None:
    assert 'href="/datos/"' in html(web, "/")
    page = html(web, "/datos/tablas/T2?periodo=2025-01&oficina=CUH-2")
    [link] = re.findall(r'class="lang" href="([^"]+)"', page)
    answer = web.get(link.replace("&amp;", "&"))
    assert answer.headers["location"] == "/datos/tablas/T2?periodo=2025-01&oficina=CUH-2"
    web.cookies.clear()


def test_pages_of_the_portal_are_asked_again_and_travel_compressed(web: TestClient) -> None:
    first = web.get("/datos/", headers={"Accept-Encoding": "gzip"})
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["content-encoding"] == "gzip"
    assert {"Accept-Encoding", "Accept-Language"} <= set(first.headers["vary"].split(", "))
    again = web.get("/datos/", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    for path in PATHS:
        answer = web.get(path)
        assert "set-cookie" not in answer.headers
        assert answer.headers["x-robots-tag"] == "all"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
