"""Pages as a browser shows them: reachable by everybody, at every width, in light and dark."""

import os
import shutil
from collections.abc import Iterator
from importlib.resources import files

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, sync_playwright

from casestatus.web.asset_files import asset_url
from casestatus.wording import LANGUAGES, Language
from tests.web.sample_pages import PAGES

HOST = "http://127.0.0.1"
CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
TYPES = {"css": "text/css", "svg": "image/svg+xml", "js": "text/javascript"}
STATIC = files("casestatus.web") / "static"
ASSETS = {asset_url(path.name): (path.read_text(), TYPES[path.name.rpartition(".")[2]]) for path in STATIC.iterdir()}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


def _answer(route: Route) -> None:
    _, _, rest = route.request.url.removeprefix(HOST).partition("/")
    if f"/{rest}" in ASSETS:
        body, content_type = ASSETS[f"/{rest}"]
        route.fulfill(body=body, content_type=content_type)
        return
    name, _, language = rest.partition("/")
    if name not in PAGES:
        route.fulfill(body="El clima de hoy", content_type="text/plain")
        return
    html = PAGES[name].html("en" if language == "en" else "es")
    route.fulfill(body=html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": CSP})


def _open(browser: Browser, name: str, language: Language = "es", *, dark: bool = False) -> Page:
    page = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme="dark" if dark else "light")
    page.route("**/*", _answer)
    page.goto(f"{HOST}/{name}/{language}")
    return page


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_known_barrier(browser: Browser, name: str, dark: bool) -> None:
    page = _open(browser, name, "en" if dark else "es", dark=dark)
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    page.close()
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_never_scrolls_sideways(browser: Browser, name: str, language: Language) -> None:
    page = _open(browser, name, language)
    for width in (320, 360, 480, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_can_be_pressed_is_large_enough(browser: Browser, language: Language) -> None:
    page = _open(browser, "sign-in", language)
    for element in page.locator(".bar a, .button, input[type=text], summary").all():
        box = element.bounding_box()
        assert box is None or box["height"] >= 43.9
    page.close()


def test_the_problems_of_a_form_have_the_focus(browser: Browser) -> None:
    page = _open(browser, "sign-in-wrong")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    page.close()


def test_the_exit_is_reached_with_two_strokes_of_the_tab_key(browser: Browser) -> None:
    page = _open(browser, "case")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Salir ya"
    page.close()


def test_shift_three_times_leaves_and_back_does_not_return(browser: Browser) -> None:
    page = _open(browser, "home")
    page.goto(f"{HOST}/case/es")
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("**/salir-ya")
    page.go_back()
    assert page.url == f"{HOST}/home/es"
    page.close()


def test_capital_letters_do_not_leave(browser: Browser) -> None:
    page = _open(browser, "sign-in")
    page.locator("#case_number").press_sequentially("CI")
    for key in "ABCD":
        page.keyboard.press(f"Shift+{key}")
    assert page.url == f"{HOST}/sign-in/es"
    page.close()


def test_on_paper_only_her_own_things_remain(browser: Browser) -> None:
    page = _open(browser, "case")
    page.emulate_media(media="print")
    assert page.locator("text=Documento personal").is_visible()
    assert not page.locator(".bar").is_visible()
    assert not page.locator(".foot").is_visible()
    page.close()
