"""The site that `release cut --out` writes: read from the disk alone, as any plain file host would serve it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from posixpath import dirname, normpath

import pytest
from fastapi.testclient import TestClient

from casestatus.crypto import KeyRing
from casestatus.statistics.portal.apart import write_pages
from casestatus.statistics.publishing.folder import mirror
from casestatus.statistics.publishing.publish import publish_from
from casestatus.statistics.publishing.verifying import findings
from casestatus.web.asset_files import assets
from casestatus.wording import LANGUAGES, Language
from tests.statistics.publishing.synthetic import Plain, Synthetic
from tests.web.open_data_site import PUBLISHER, URL, open_door, publish, sample_site, stand_apart
from tests.web.test_pages_words import PageReader

SERVICE = {f"{URL}/{path}" for path in (
    "", "ayuda", "ayuda/mensajes", "seguridad", "privacidad", "accesibilidad", "estado",
)}  # fmt: skip
START = {"es": "index.html", "en": "index.en.html"}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, KeyRing]:
    return sample_site(tmp_path_factory.getbasetemp(), "2025-02")


@pytest.fixture(scope="module")
def site(source: tuple[Path, KeyRing], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stand_apart(source[0], tmp_path_factory.mktemp("apart") / "below" / "some" / "path")


@pytest.fixture(scope="module")
def web(source: tuple[Path, KeyRing]) -> Iterator[TestClient]:
    with open_door(*source, source[0] / "unused.db") as client:
        yield client


def links_of(site: Path, page: str) -> set[str]:
    """Everything that a page names, but for places on itself."""
    tags = PageReader((site / page).read_text("utf-8")).tags
    named = {str(given[name]) for _, given in tags for name in ("href", "src", "srcset") if given.get(name)}
    return {link for link in named if not link.startswith("#")}


def crawled(site: Path, start: str) -> tuple[set[str], set[str]]:
    """The files that can be reached from a page, by their path, and the links that leave the site."""
    seen, outside, open_pages = {start}, set(), [start]
    while open_pages:
        page = open_pages.pop()
        for link in links_of(site, page):
            if ":" in link:
                outside.add(link)
                continue
            target, _, fragment = link.partition("#")
            path = normpath(f"{dirname(page)}/{target}" if dirname(page) else target)
            assert not path.startswith(("/", "..")), f"{page} leads out of the folder: {link}"
            assert (site / path).is_file(), f"{page} leads nowhere: {link}"
            if fragment:
                assert f'id="{fragment}"' in (site / path).read_text("utf-8"), f"{page} leads to no place: {link}"
            if path not in seen and path.endswith(".html"):
                open_pages.append(path)
            seen.add(path)
    return seen, outside


def content_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_first_page_every_link_leads_to_a_file_and_every_page_is_found(site: Path, language: Language) -> None:
    seen, outside = crawled(site, START[language])
    written = {path for path in content_of(site) if path.endswith(".html")}
    unlinked = {path for path in written - seen if path not in START.values()}
    assert {dirname(path) for path in unlinked} == {  # the only period so far: its table's own page shows it
        "datos/tablas/T3/2025-T1",
        "datos/tablas/T5/2025-T1",
    }
    assert len(written) == 46
    assert outside == SERVICE
    assert {"datos/v1/T1/2025/2025-03/T1-2025.csv", "datos/uso/verify.py", "catalog.jsonld", "feed.atom"} <= seen


def test_each_page_is_in_its_language_and_knows_the_other_one(site: Path) -> None:
    for page in site.rglob("index*.html"):
        reader = PageReader(page.read_text("utf-8"))
        language, other = ("en", START["es"]) if page.name == START["en"] else ("es-MX", START["en"])
        assert reader.tags[0] == ("html", {"lang": language})
        assert [given["href"] for tag, given in reader.tags if given.get("class") == "lang"] == [other]


def test_no_page_holds_a_script_a_form_or_a_door_that_needs_the_service(site: Path) -> None:
    for page in site.rglob("index*.html"):
        text = page.read_text("utf-8")
        tags = PageReader(text).tags
        assert not {tag for tag, _ in tags} & {"script", "form", "style", "iframe"}
        assert not [name for _, given in tags for name in given if name == "style" or name.startswith("on")]
        assert "salir-ya" not in text
        assert "?" not in "".join(links_of(site, page.relative_to(site).as_posix()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["datos/", "datos/2025-03", "datos/metodologia", "datos/uso"])
def test_a_written_page_says_what_the_service_s_page_says(
    site: Path, web: TestClient, path: str, language: Language
) -> None:
    served = PageReader(web.get(f"/{path}", headers={"Accept-Language": language}).text)
    written = PageReader((site / path / START[language]).read_text("utf-8"))
    assert written.sentences == served.sentences
    assert len(written.sentences) > 5


def test_a_preview_has_its_rows_without_filters_and_every_period_has_a_page(site: Path, web: TestClient) -> None:
    written = (site / "datos/tablas/T1/2025-01/index.html").read_text("utf-8")
    served = web.get("/datos/tablas/T1?periodo=2025-01", headers={"Accept-Language": "es"}).text
    rows = [re.findall(r"<tbody>.*</tbody>", text, re.DOTALL)[0] for text in (written, served)]
    assert rows[0] == re.sub(r"</?a\b.*?>", "", rows[1])
    assert "Toca una palabra subrayada" not in written
    assert "2025-01/index.html" in "".join(links_of(site, "datos/tablas/T1/index.html"))


def test_latest_is_a_copy_of_the_newest_year(site: Path) -> None:
    for extension in ("csv", "csv.gz", "json", "parquet"):
        newest = site / f"datos/v1/T1/2025/2025-03/T1-2025.{extension}"
        assert (site / f"datos/v1/T1/latest.{extension}").read_bytes() == newest.read_bytes()


def test_a_withdrawn_release_tells_why_and_that_its_files_are_only_proof(site: Path) -> None:
    page = (site / "datos/2025-02/index.html").read_text("utf-8")
    assert "Motivo: Un error de método" in page
    assert "solo como prueba" in page
    assert "ya no se descargan" not in page


def test_the_written_site_verifies_and_a_foreign_or_changed_file_is_told(site: Path, tmp_path: Path) -> None:
    copy = stand_apart(site, tmp_path / "copy")
    assert list(findings(copy)) == []
    assert content_of(copy) == content_of(site)
    (copy / "datos/otra.html").write_text("call me")
    (copy / "datos/v1/T2/latest.csv").write_text("0")
    [style] = copy.glob("assets/s-*.css")
    style.write_text("*{display:none}")
    told = " ".join(findings(copy))
    assert "datos/otra.html stands in no manifest" in told
    assert "datos/v1/T2/latest.csv is not a copy of datos/v1/T2/2025/2025-03/T2-2025.csv" in told
    assert f"assets/{style.name} stands in no manifest" in told


@pytest.mark.parametrize("path", ["datos/v1/T2/latest.csv", "datos/uso/verify.py", "index.html"])
def test_a_site_that_was_copied_in_part_is_told(site: Path, tmp_path: Path, path: str) -> None:
    copy = stand_apart(site, tmp_path / "copy")
    (copy / path).unlink()
    assert list(findings(copy)) == [f"{path} is missing: release cut --out writes it"]


def test_pages_follow_each_release_and_the_releases_files_never_change(tmp_path: Path) -> None:
    folder, site, keys = tmp_path / "releases", tmp_path / "site", KeyRing.generate()
    publish(Synthetic(2), folder, keys)
    before = content_of(stand_apart(folder, site))
    publish(Synthetic(2, withdrawn=("2025-02",)), folder, keys)
    after = content_of(stand_apart(folder, site))
    assert before["index.html"] != after["index.html"]
    assert {path: after[path] for path in before if path.startswith("datos/v1/publicaciones/")} == {
        path: body for path, body in before.items() if path.startswith("datos/v1/publicaciones/")
    }
    assert "datos/tablas/T1/2025-02/index.html" in before
    assert "datos/tablas/T1/2025-02/index.html" not in after
    assert before["datos/v1/T1/latest.csv"] != after["datos/v1/T1/latest.csv"]
    assert list(findings(site)) == []
    assert content_of(stand_apart(folder, site)) == after


def test_a_feed_that_lives_on_another_host_names_itself_and_not_the_service(tmp_path: Path) -> None:
    own = "https://datos.example/casos"
    publisher = replace(PUBLISHER, url=own, service=URL)
    publish_from(Plain(2), tmp_path / "releases", KeyRing.generate(), publisher)
    mirror(tmp_path / "releases", tmp_path / "site")
    for catalogue in ("catalog.jsonld", "data.json", "feed.atom", "datos/v1/datapackage.json"):
        text = (tmp_path / "site" / catalogue).read_text("utf-8")
        assert URL not in text
        assert own in text
    told = re.findall(r'"downloadURL": "([^"]+)"', (tmp_path / "site/data.json").read_text("utf-8"))
    files = {address.removeprefix(f"{own}/") for address in told}
    assert files
    assert all((tmp_path / "site" / file).is_file() for file in files)


def test_pages_of_such_a_feed_still_lead_to_the_service_for_help(source: tuple[Path, KeyRing], tmp_path: Path) -> None:
    mirror(source[0], tmp_path)
    write_pages(tmp_path, replace(PUBLISHER, url="https://datos.example/casos", service=URL), "Consulta", assets())
    assert crawled(tmp_path, START["es"])[1] == SERVICE
    assert 'ADDRESS = "https://datos.example/casos"' in (tmp_path / "datos/uso/verify.py").read_text("utf-8")
