"""The portal in a real browser over a real server: no known barrier, light enough, and whole without script."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from casestatus.app import build_app
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.settings import Environment, Settings
from tests.web.open_data_site import PUBLISHER, sample_site

PAGES = ("/datos/", "/datos/2025-03", "/datos/2025-02", "/datos/metodologia", "/datos/uso", "/datos/tablas/T2")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WEIGHT = 60_000  # bytes over the wire on the first visit


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, keys = sample_site(tmp_path_factory.getbasetemp(), "2025-02")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with _served(folder, keys, address):
        yield address


@contextmanager
def _served(folder: Path, keys: KeyRing, address: str) -> Iterator[None]:
    settings = Settings(
        environment=Environment.DEMO, public_url=address, releases=folder, releases_publisher=PUBLISHER.name
    )
    database = Database(f"sqlite:///{folder}/unused.db")
    port = int(address.rpartition(":")[2])
    server = uvicorn.Server(
        uvicorn.Config(build_app(settings, database, keys), port=port, log_config=None, proxy_headers=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield
    server.should_exit = True
    thread.join()
    database.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@contextmanager
def _page(browser: Browser, *, width: int, language: str = "es-MX", dark: bool = False) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": 740}, locale=language, color_scheme="dark" if dark else "light"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("width", "language", "dark"), [(360, "es-MX", False), (1280, "en", True)])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_known_barrier_and_never_scrolls_sideways(
    browser: Browser, url: str, path: str, width: int, language: str, dark: bool
) -> None:
    with _page(browser, width=width, language=language, dark=dark) as page:
        page.goto(url + path)
        for folded in page.locator("details").all():
            folded.evaluate("each => each.open = true")
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        for narrower in (width, 800, 480, 320):
            page.set_viewport_size({"width": narrower, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") <= narrower


@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
def test_the_first_visit_is_light_enough_for_an_old_phone(browser: Browser, url: str, width: int, dark: bool) -> None:
    with _page(browser, width=width, dark=dark) as page:
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        bytes_of: list[float] = []
        problems: list[str] = []
        wire.on("Network.loadingFinished", lambda done: bytes_of.append(done["encodedDataLength"]))
        page.on("console", lambda message: problems.append(message.text))
        page.goto(f"{url}/datos/")
        for picture in page.locator("img").all():
            picture.scroll_into_view_if_needed()
        page.wait_for_function("[...document.images].every(each => each.complete && each.naturalWidth > 0)")
        shown = page.evaluate("[...document.images].map(each => each.currentSrc)")
        assert len(shown) == 5
        assert all(address.endswith(".dark.svg") == dark for address in shown)
        assert 5_000 < sum(bytes_of) <= WEIGHT
        assert problems == []


def test_a_picture_opened_alone_breaks_no_rule_of_ours(browser: Browser, url: str) -> None:
    with _page(browser, width=1280) as page:
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text))
        page.goto(f"{url}/datos/v1/publicaciones/2025-03/graficas/entries.es.svg")
        assert page.locator("svg > title").text_content()
        assert problems == []


def test_the_portal_needs_no_script(browser: Browser, url: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="es-MX")
    page = context.new_page()
    page.goto(f"{url}/datos/")
    page.click("text=Entradas a cada etapa por oficina")
    page.click("tbody a >> nth=0")
    assert page.locator("text=Solo: ").is_visible()
    with page.expect_download() as download:
        page.click("text=Descargar CSV")
    assert download.value.suggested_filename == "T2-2025.csv"
    context.close()


def test_the_spreadsheet_s_columns_are_those_of_the_file(url: str) -> None:
    head = subprocess.run(
        ["curl", "-sfL", f"{url}/datos/v1/T1s/latest.csv"], capture_output=True, text=True, check=True
    )
    columns = head.stdout.splitlines()[0].split(",")
    letters = "ABCDEFGHIJKLMN"
    assert [columns[letters.index(letter)] for letter in "CIN"] == ["oficina", "conteo_medido", "edicion"]
