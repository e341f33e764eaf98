"""The page that explains the stages says what the data says, in both languages, drawn and as a table."""

import re

import pytest
from fastapi.testclient import TestClient

from casestatus.cases.glossary import glossary
from casestatus.cases.stages import procedures
from casestatus.wording import LANGUAGES, Language
from tests.web.sample_pages import PAGES

STAGES = {code: at for model in procedures().values() for code, at in model.stages.items()}


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    chosen: Language = request.param
    return chosen


@pytest.fixture(scope="module")
def page(language: Language) -> str:
    return PAGES["help-stages"].html(language)


def test_each_stage_has_an_anchor_by_its_code(page: str) -> None:
    assert re.findall(r'<tr id="(\w+)">', page) == [
        *(c for c in STAGES if c[0] == "C"),
        *(c for c in STAGES if c[0] == "A"),
    ]


def test_each_stage_is_drawn_with_what_may_follow(page: str, language: Language) -> None:
    drawn = re.findall(r'<text class="code"[^>]*>(\w+)</text>', page)
    assert sorted(drawn) == sorted(STAGES)
    followed = sum(len(at.followers) for at in STAGES.values() if not at.moved)
    assert page.count('class="edge"') == followed
    assert all(at.names[language] in page for at in STAGES.values())


def test_each_stage_is_found_by_its_name_before_the_drawing(page: str, language: Language) -> None:
    for model in procedures().values():
        section = page[page.index(f'id="{model.model.lower()}"') : page.index(f"arrow-{model.model.lower()}")]
        named = re.findall(r'<li><a href="#(\w+)">(.*?)</a>', section)
        assert named == [(code, at.names[language]) for code, at in model.stages.items()]
        assert f'<a href="#{model.model.lower()}">' in page


def test_each_stage_names_its_articles_and_its_numbers_in_the_national_report(page: str, language: Language) -> None:
    report = {"es": "Informe nacional", "en": "National report"}[language]
    rows = dict(re.findall(r'<tr id="(\w+)">(.*?)</tr>', page, re.DOTALL))
    for code, at in STAGES.items():
        assert ", ".join(at.articles) in rows[code]
        assert (f"{report}: {', '.join(at.rubrics)}<" in rows[code]) is bool(at.rubrics)


def test_each_follower_is_a_link_to_its_row(page: str) -> None:
    links = re.findall(r'<a href="#([AC][PI]\d\d)">', "".join(re.findall(r"<tbody>.*?</tbody>", page, re.DOTALL)))
    assert links == [
        follower for first in ("C", "A") for code, at in STAGES.items() if code[0] == first for follower in at.followers
    ]


def test_every_word_of_the_glossary_is_explained(page: str, language: Language) -> None:
    assert all(f"<dd>{means[language]}.</dd>" in page.replace("&#39;", "'") for means in glossary().values())
    assert len(glossary()) == 29


def test_it_is_open_to_everybody(web: TestClient) -> None:
    answer = web.get("/ayuda/etapas")
    assert answer.status_code == 200
    assert "<title>Etapas</title>" in answer.text
