"""The stylesheet, the icons and the script: small, readable, and reachable under fixed names only."""

import gzip
import re
from importlib.resources import files

import pytest
from fastapi import FastAPI, Request, Response
from starlette.testclient import TestClient

from casestatus.errors import NotFound
from casestatus.settings import resource_dir
from casestatus.web.asset_files import asset_url
from casestatus.web.assets import router

STATIC = files("casestatus.web") / "static"
STYLE = (STATIC / "s.css").read_text()
# pages.md §1.1: a colour, what it stands on, and the least contrast that it may have there
PAIRS = [
    *[("ink", ground, 4.5) for ground in ("paper", "card", "tint", "amber-bg", "clay-bg", "leaf-bg")],
    *[("muted", ground, 4.5) for ground in ("paper", "card", "tint")],
    *[("petrol", ground, 4.5) for ground in ("paper", "card", "tint")],
    ("paper", "ink", 4.5),
    ("on-petrol", "petrol", 4.5),
    ("on-petrol", "petrol-2", 4.5),
    *[(colour, ground, 4.5) for colour in ("amber", "clay", "leaf") for ground in (f"{colour}-bg", "card")],
    ("field", "card", 3.0),
    ("field", "paper", 3.0),
]


@pytest.fixture(scope="module")
def door() -> TestClient:
    app = FastAPI()
    app.include_router(router)

    @app.exception_handler(NotFound)
    def not_found(request: Request, problem: NotFound) -> Response:
        return Response(status_code=404)

    return TestClient(app)


def _colours(*, dark: bool) -> dict[str, str]:
    light_part, dark_part = STYLE.split("@media (prefers-color-scheme:dark)", 1)
    part = dark_part.split("}}", 1)[0] if dark else light_part
    return dict(re.findall(r"--([a-z0-9-]+):(#[0-9A-Fa-f]{3,6})", part))


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    shares = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two colours."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("colour", "ground", "least"), PAIRS)
def test_everything_can_be_read(colour: str, ground: str, least: float, dark: bool) -> None:
    colours = _colours(dark=dark)
    assert contrast(colours[colour], colours[ground]) >= least


@pytest.mark.parametrize(("name", "most"), [("s.css", 6_000), ("icons.svg", 1_000), ("exit.js", 1_000)])
def test_assets_are_light_enough_for_an_old_phone(name: str, most: int) -> None:
    assert len(gzip.compress((STATIC / name).read_bytes())) <= most


def test_an_asset_is_kept_for_ever_under_its_hash(door: TestClient) -> None:
    answer = door.get(asset_url("s.css"))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.text == STYLE


def test_an_asset_travels_compressed_only_to_those_who_can_read_it(door: TestClient) -> None:
    compressed = door.get(asset_url("s.css"), headers={"Accept-Encoding": "gzip"})
    plain = door.get(asset_url("s.css"), headers={"Accept-Encoding": "identity"})
    assert compressed.headers["content-encoding"] == "gzip"
    assert compressed.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in plain.headers
    assert compressed.text == plain.text


@pytest.mark.parametrize(
    "path", ["../assets.py", "..%2fassets.py", "%2e%2e/views.py", "s-000000000000.css", "/etc/passwd"]
)
def test_nothing_else_can_be_reached(door: TestClient, path: str) -> None:
    assert door.get(f"/assets/{path}").status_code == 404


def test_browsers_that_ask_unread_get_the_grey_mark_and_keep_nothing(door: TestClient) -> None:
    headers = door.get("/favicon.ico").headers
    assert (headers["content-type"], headers["cache-control"]) == ("image/svg+xml", "no-store")


def test_every_icon_that_a_page_names_exists() -> None:
    templates = resource_dir("templates")
    used = {name for path in templates.glob("**/*.html") for name in re.findall(r'icon\("(\w+)"', path.read_text())}
    assert used <= set(re.findall(r'<symbol id="(\w+)"', (STATIC / "icons.svg").read_text()))


def test_pages_written_beforehand_find_the_stylesheet_by_its_plain_name(door: TestClient) -> None:
    assert door.get("/assets/s.css").text == STYLE
    assert "immutable" not in door.get("/assets/s.css").headers["cache-control"]
    for name in ("500.html", "503.html"):
        assert 'href="/assets/s.css"' in (resource_dir("templates") / "errors" / name).read_text()
