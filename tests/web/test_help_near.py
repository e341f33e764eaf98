"""Who helps near her: on her page by her office's state, for everybody as a list, and after an end."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from casestatus.app import build_app
from casestatus.crypto import KeyRing
from casestatus.offices.help_places import HelpFileBroken
from casestatus.offices.models import Office
from casestatus.settings import Settings
from tests.factories import World
from tests.web.sample_pages import PAGES
from tests.web.visiting import enter

OURS, FEDERAL = "Comisión Ejecutiva de Atención a Víctimas del Estado de Hidalgo", "(CEAV)"
UNCHECKED = {"es": "Dato sin revisar: confírmalo antes de ir", "en": "Not checked: confirm before you go"}
OWN = """
[place.13.commission]
name = "Comisión revisada"
gives = ["legal_adviser"]
phone = "771 000 0000"
hours = { es = "De 9 a 15.", en = "From 9 to 15." }
shows_on_bill = false
verified = true
"""


def aside(web: TestClient, world: World, region: str, *, language: str = "es", **fields: Any) -> str:
    """The aside of a new victim's page, whose office is in `region`."""
    with world.database.writing() as session:
        session.get_one(Office, world.office_id).region = region
    world.push("u1", "CI01")
    enter(web, world.admit(**fields).pin)
    return web.get("/caso", headers={"Accept-Language": language}).text.partition("<aside")[2].partition("</aside>")[0]


@pytest.mark.parametrize("tier", ["ordinary", "high"])
def test_her_page_shows_her_state_s_commission_and_the_federal_one(web: TestClient, world: World, tier: str) -> None:
    shown = aside(web, world, "13", risk_tier=tier)
    assert shown.index(OURS) < shown.index(FEDERAL)
    assert shown.count(UNCHECKED["es"]) == 2
    assert 'href="tel:8008428462"' in shown
    assert "Querétaro" not in shown


def test_her_page_says_in_english_what_they_give(web: TestClient, world: World) -> None:
    shown = aside(web, world, "13", language="en")
    assert "A free legal adviser." in shown
    assert "The call may show on your bill." in shown
    assert UNCHECKED["en"] in shown


def test_an_office_that_told_no_state_shows_the_federal_one(web: TestClient, world: World) -> None:
    shown = aside(web, world, "")
    assert FEDERAL in shown
    assert shown.count(UNCHECKED["es"]) == 1


def test_neither_title_nor_footer_names_who_helps(web: TestClient, world: World) -> None:
    aside(web, world, "13", risk_tier="high")
    for path in ("/caso", "/ayuda/seguridad"):
        html = web.get(path).text
        title, footer = html.partition("</title>")[0], html.partition("<footer")[2]
        assert footer
        assert "omisi" not in title + footer


def test_what_the_operator_wrote_is_shown_instead(settings: Settings, world: World, tmp_path: Path) -> None:
    (tmp_path / "help.toml").write_text(OWN, encoding="utf-8")
    changed = settings.with_changes(help_file=str(tmp_path / "help.toml"))
    app = build_app(changed, world.database, world.keys)
    at = ("203.0.113.9", 50000)
    with TestClient(app, base_url=settings.public_url, follow_redirects=False, client=at) as web:
        shown = aside(web, world, "13")
    assert OURS not in shown
    for words in ("Comisión revisada", "771 000 0000", "De 9 a 15.", "La llamada no sale en tu recibo."):
        assert words in shown
    assert shown.count(UNCHECKED["es"]) == 1  # the federal one's


def test_a_broken_file_stops_the_start(settings: Settings, world: World, keys: KeyRing, tmp_path: Path) -> None:
    (tmp_path / "help.toml").write_text(OWN.replace("verified", "checked"), encoding="utf-8")
    with pytest.raises(HelpFileBroken, match=r"place\.13\.commission\.checked"):
        build_app(settings.with_changes(help_file=str(tmp_path / "help.toml")), world.database, keys)


def test_everybody_may_read_the_list_by_state(web: TestClient) -> None:
    html = web.get("/ayuda/seguridad").text
    states = re.findall(r'<summary translate="no">([^<]+)</summary>', html)
    assert len(states) == 32
    assert "Michoacán" in states
    assert html.count("<details>") == 33
    assert OURS in html


def test_after_an_end_the_way_leads_to_who_helps() -> None:
    link = '<a href="#help-near">'
    assert link in PAGES["case-rights"].html("es").partition("Qué sigue para ti")[2].partition("</ul>")[0]
    assert link not in PAGES["case-stalled"].html("es")
