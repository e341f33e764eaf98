"""Every stage and transition of both models, pushed by an office and read by a victim: page and JSON say the data."""

import re
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from casestatus.cases.procedure_model import Stage
from casestatus.cases.rights import card_of
from casestatus.cases.stages import Model, procedure
from casestatus.web.right_view import article_of
from casestatus.wording import LANGUAGES, Language, Wording
from tests.factories import World
from tests.web.test_stages_shown import what_to_do
from tests.web.visiting import Program, enter, open_session

IN_THE_OPEN = {"details": {"how": "citatorio"}}  # else the rule of the stage would hide it


def walks_of(model: Model) -> list[tuple[Stage, ...]]:
    """A line for each stage that a case may begin with, and one for each transition."""
    told = procedure(model)
    steps = [(at, told.stages[follower]) for at in told.stages.values() for follower in at.followers]
    return [*((at,) for at in told.opening), *steps]


def push_all(world: World, walks: list[tuple[Stage, ...]]) -> None:
    for line, walk in enumerate(walks, 1):
        for place, at in enumerate(walk):
            extra = IN_THE_OPEN if at.hidden_unless_how else {}
            world.push(f"{line}-{place}", at.code, proceeding=line, **extra)


@pytest.mark.parametrize("model", Model)
def test_a_victim_reads_every_stage_and_transition_as_the_data_has_it(
    web: TestClient, world: World, model: Model
) -> None:
    walks = walks_of(model)
    push_all(world, walks)
    pin = world.admit(proceedings=list(range(1, len(walks) + 1))).pin
    assert {walk[-1].code for walk in walks} == procedure(model).stages.keys()
    program = Program(web, open_session(web, pin).json()["token"])
    enter(web, pin)
    for language in LANGUAGES:
        web.get(f"/idioma/{language}")
        lines = program.ask("GET", "/case", language=language).json()["proceedings"]
        cards = re.findall(r"<article.*?</article>", web.get("/caso").text, re.DOTALL)
        assert len(lines) == len(cards) == len(walks)
        for walk, told, card in zip(walks, lines, cards, strict=True):
            check_line(told, unescape(card), walk, language)


def check_line(told: Any, card: str, walk: tuple[Stage, ...], language: Language) -> None:
    at, meant = walk[-1], card_of(walk[-1])
    rights = [
        (right.names[language], what_to_do(right, language), article_of(right, Wording.of(language)))
        for right in meant.rights
    ]
    assert (told["stage"], told["model"]) == (at.code, at.model)
    assert (told["stage_name"], told["meaning"]) == (at.names[language], at.meanings[language][-1])
    assert told["next_steps"] == list(meant.next_steps[language])
    assert [(right["name"], right["what_to_do"], right["article"]) for right in told["rights"]] == rights
    history = [step.names[language] for step in reversed(walk)]
    assert [event["stage_name"] for event in told["timeline"]] == history
    words = [at.names[language], at.meanings[language][-1], *meant.next_steps[language], *sum(rights, ())]
    assert [word for word in (*words, *history) if word not in card] == []
