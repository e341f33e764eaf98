"""The written site in a real browser, from a plain file server and below a path: whole, without known barriers."""

import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Response, sync_playwright

from tests.web.open_data_site import sample_site, stand_apart

PAGES = (
    "",
    "index.en.html",
    "datos/2025-03/",
    "datos/2025-02/",
    "datos/metodologia/",
    "datos/uso/index.en.html",
    "datos/tablas/T2/2025-01/",
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


class Quiet(SimpleHTTPRequestHandler):
    """Python's own file server, which writes no log here."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
        """Says nothing."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, _ = sample_site(tmp_path_factory.getbasetemp(), "2025-02")
    root = tmp_path_factory.mktemp("host")
    stand_apart(folder, root / "fiscalia" / "cifras")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/fiscalia/cifras/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_written_page_has_no_known_barrier_on_a_small_phone(browser: Browser, url: str, path: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page, failed = context.new_page(), list[str]()

    def note(answer: Response) -> None:
        if answer.status >= 400 or not answer.url.startswith(url):
            failed.append(answer.url)

    page.on("response", note)
    page.on("console", lambda message: failed.append(message.text))
    page.goto(url + path)
    for folded in page.locator("details").all():
        folded.evaluate("each => each.open = true")
    for picture in page.locator("img").all():
        picture.scroll_into_view_if_needed()
    page.wait_for_function("[...document.images].every(each => each.complete && each.naturalWidth > 0)")
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("getComputedStyle(document.querySelector('.bar')).backgroundColor") == "rgb(255, 255, 255)"
    assert failed == []
    context.close()


def test_a_reader_finds_her_way_from_the_first_page_to_a_file(browser: Browser, url: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="es-MX")
    page = context.new_page()
    page.goto(url)
    page.click("text=English")
    page.click("text=Entries into each stage by office")
    page.click("text=Another period")
    page.click("text=January 2025")
    assert page.url == f"{url}datos/tablas/T2/2025-01/index.en.html"
    with page.expect_download() as download:
        page.click("text=Download CSV")
    assert download.value.suggested_filename == "T2-2025.csv"
    context.close()
