"""Reads rights.toml and cards.toml and checks them whole: a broken file stops the start, not a page."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

from casestatus.cases.code_lists import code_lists
from casestatus.cases.procedure_files import ProcedureFileBroken
from casestatus.cases.procedure_model import Words
from casestatus.cases.right_model import Card, DaysCounted, DeadlineRule, RequestForm, Right
from casestatus.wording import LANGUAGES

KEYS_OF_RIGHT = {"name", "what_to_do", "whom", "few_days", "law", "articles", "form", "no_limit", "deadline"}
KEYS_OF_CARD = {"next_steps", "rights"}
MOST_WORDS = 20
Kind = TypeVar("Kind", Right, Card)


def read_rights(text: str) -> Mapping[str, Right]:
    """The checked rights of a file's text by their codes. Raises ProcedureFileBroken."""
    return _read(text, _right)


def read_cards(text: str, rights: Mapping[str, Right], stages: Mapping[str, Collection[str]]) -> Mapping[str, Card]:
    """The checked cards of a file's text by stage: one for each of `stages`. Raises ProcedureFileBroken.

    `stages` gives for each the outcomes and causes that it may be entered with, and that may have a card of their own.
    """
    cards = _read(text, lambda code, fields: _card_with_others(code, fields, rights, stages.get(code, ())))
    _require(cards.keys() == set(stages), f"no card or no stage for {sorted(cards.keys() ^ set(stages))}")
    used = {right.code for card in cards.values() for each in card.all_told() for right in each.rights}
    _require(used == rights.keys(), f"no card has the rights {sorted(rights.keys() - used)}")
    return cards


def _read(text: str, made: Callable[[str, dict[str, Any]], Kind]) -> Mapping[str, Kind]:
    try:
        return MappingProxyType({code: made(code, fields) for code, fields in tomllib.loads(text).items()})
    except (KeyError, ValueError, TypeError, AttributeError) as problem:
        raise ProcedureFileBroken(f"unreadable: {problem!r}") from problem


def _right(code: str, fields: dict[str, Any]) -> Right:
    _require(fields.keys() <= KEYS_OF_RIGHT, f"{code} has unknown keys {sorted(fields.keys() - KEYS_OF_RIGHT)}")
    _require(len(fields["articles"]) in {1, 2}, f"{code} names one or two articles")
    _require(fields["law"] in code_lists()["laws"], f"{code} stands in {fields['law']}, which no code list has")
    _require("deadline" in fields or not fields.get("few_days"), f"{code} tells to hurry without a deadline")
    _require(not (fields.get("no_limit") and "deadline" in fields), f"{code} has a deadline and none")
    limit = dict(fields.get("deadline", {}))
    by_region, coming_from = limit.pop("by_region", {}), limit.pop("coming_from", {})
    return Right(
        code=code,
        names=_words(code, fields["name"]),
        what_to_do=_sentences(code, fields["what_to_do"]),
        whom=_sentences(code, fields["whom"]),
        few_days=fields.get("few_days", False),
        law=code_lists()["laws"][fields["law"]],
        articles=tuple(fields["articles"]),
        form=RequestForm(fields["form"]),
        no_limit=fields.get("no_limit", False),
        deadline=_rule(code, limit) if limit else None,
        deadline_by_region={region: _rule(code, other) for region, other in by_region.items()},
        deadline_coming_from={stage: _rule(code, other) for stage, other in coming_from.items()},
    )


def _rule(code: str, fields: dict[str, Any]) -> DeadlineRule:
    rule = DeadlineRule(fields.pop("days"), DaysCounted(fields.pop("kind")), fields.pop("source"))
    _require(not fields, f"{code} has a deadline with unknown keys {sorted(fields)}")
    _require(rule.days > 0 and bool(rule.source), f"{code} has no sound deadline")
    return rule


def _card_with_others(code: str, fields: dict[str, Any], rights: Mapping[str, Right], codes: Collection[str]) -> Card:
    others: dict[str, Card] = {}
    past = fields.pop("past", None)
    for other in fields.pop("after", ()):
        told = other.pop("codes")
        strange = [each for each in told if each not in codes or each in others]
        _require(bool(told) and not strange, f"{code} has a card after {strange}, which it can't be entered with")
        others |= dict.fromkeys(told, _card(code, other, rights))
    told_past = _card(code, past, rights) if past else None
    return replace(_card(code, fields, rights), after=others, past=told_past)


def _card(code: str, fields: dict[str, Any], rights: Mapping[str, Right]) -> Card:
    _require(fields.keys() == KEYS_OF_CARD, f"{code}'s card must have {sorted(KEYS_OF_CARD)} and nothing else")
    unknown = [name for name in fields["rights"] if name not in rights]
    _require(not unknown, f"{code} has the rights {unknown}, which rights.toml has not")
    _require(bool(fields["rights"]), f"{code} has no right")
    steps = {language: tuple(fields["next_steps"].get(language, ())) for language in LANGUAGES}
    for language in LANGUAGES:
        _require(bool(steps[language]), f"{code} has no next step in {language}")
    _require(len({len(told) for told in steps.values()}) == 1, f"{code} tells other next steps in each language")
    for told in zip(*steps.values(), strict=True):
        _sentences(code, dict(zip(LANGUAGES, told, strict=True)))
    return Card(steps, tuple(rights[name] for name in fields["rights"]))


def _words(code: str, words: Words) -> Words:
    for language in LANGUAGES:
        _require(bool(words.get(language, "").strip()), f"{code} says nothing in {language}")
    return words


def _sentences(code: str, words: Words) -> Words:
    for text in _words(code, words).values():
        _require(text.endswith("."), f"{code}: no sentence: {text}")
        too_long = [sentence for sentence in text.split(". ") if len(sentence.split()) > MOST_WORDS]
        _require(not too_long, f"{code} has more than {MOST_WORDS} words in {too_long}")
    return words


def _require(kept: bool, otherwise: str) -> None:
    if not kept:
        raise ProcedureFileBroken(otherwise)
