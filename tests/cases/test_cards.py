"""Every stage's card (meaning, next steps, rights) in both languages: complete, plain and short."""

from collections.abc import Callable, Sequence
from statistics import mean

import pytest

from casestatus.cases.code_lists import code_lists
from casestatus.cases.procedure_files import ProcedureFileBroken
from casestatus.cases.procedure_model import Stage
from casestatus.cases.right_files import read_cards, read_rights
from casestatus.cases.rights import card_of, cards, rights
from casestatus.cases.stages import procedures
from casestatus.wording import LANGUAGES, Language
from tests.reading import english_reading_ease, english_syllables, reading_ease, sentences_of

EVERY_STAGE = [stage for model in procedures().values() for stage in model.stages.values()]
EASE: dict[Language, Callable[[Sequence[str]], float]] = {"es": reading_ease, "en": english_reading_ease}
LABEL: dict[Language, str] = {"es": "Tu derecho", "en": "Your right"}


def whole_card(at: Stage, language: Language) -> str:
    """All that stands on the card; of the meaning the form without details, of a right not the small print."""
    card = card_of(at)
    told = [at.meanings[language][-1], *card.next_steps[language]]
    for right in card.rights:
        told += [f"{LABEL[language]}: {right.names[language]}.", right.what_to_do[language], right.whom[language]]
    return " ".join(told)


@pytest.mark.parametrize("at", EVERY_STAGE, ids=lambda at: at.code)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_card_reads_easily(at: Stage, language: Language) -> None:
    assert EASE[language](sentences_of(whole_card(at, language))) >= 50


@pytest.mark.parametrize("language", LANGUAGES)
def test_cards_read_easily_in_the_mean(language: Language) -> None:
    assert mean(EASE[language](sentences_of(whole_card(at, language))) for at in EVERY_STAGE) >= 60


@pytest.mark.parametrize("at", EVERY_STAGE, ids=lambda at: at.code)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_a_card_has_more_than_twenty_words(at: Stage, language: Language) -> None:
    assert max(len(sentence.split()) for sentence in whole_card(at, language).split(". ")) <= 20


@pytest.mark.parametrize("at", EVERY_STAGE, ids=lambda at: at.code)
def test_a_card_never_blames(at: Stage) -> None:
    spanish = whole_card(at, "es").lower()
    assert not [
        word for word in ("debió", "olvidaste", "error tuyo", "inválido", "denunciante", "usted") if word in spanish
    ]


@pytest.mark.parametrize(
    ("word", "count"), [("judge", 1), ("office", 2), ("prosecutor", 4), ("people", 2), ("needed", 2), ("asked", 1)]
)
def test_english_syllables_are_counted_nearly_as_in_speech(word: str, count: int) -> None:
    assert english_syllables(word) == count


LIMITS = {
    # domain/procedures.md, transcribed a second time on purpose; where it names no number, the article of the same law
    "judicial_review": "10 business days, CNPP 258",
    "join_the_charge": "3 business days, CNPP 338",
    "appeal_ruling": "10 business days, CNPP 471",
    "appeal_no_case": "3 natural days, CNPP 471",
    "appeal_dismissal": "3 business days, CNPP 471",
    "objection_before_2016": "15 business days, CFPP 133",
    "appeal_order_before_2016": "3 natural days, CFPP 368",
    "appeal_dismissal_before_2016": "3 business days, CFPP 368",
    "appeal_ruling_before_2016": "5 business days, CFPP 368",
    "challenge_pause": "15 business days, Ley de Amparo 17",
    "challenge_end": "15 business days, Ley de Amparo 17",
    "amparo": "15 business days, Ley de Amparo 17",
}


def test_the_limits_are_those_of_the_law_s_tables() -> None:
    assert {code: str(right.deadline) for code, right in rights().items() if right.deadline} == LIMITS


def test_mexico_city_has_a_shorter_objection() -> None:
    objection = rights()["objection_before_2016"]
    assert str(objection.deadline_in("09")) == "10 business days, Acuerdo A/003/99 (DF)"
    assert objection.deadline_in("15") == objection.deadline


@pytest.mark.parametrize("code", ["CI05", "CI06", "CI07", "CI08"])
def test_each_decision_of_the_prosecutor_leads_to_a_judge(code: str) -> None:
    first = cards()[code].rights[0]
    assert (first.code, first.form, first.articles) == ("judicial_review", "challenge_258", ("258",))


def test_forms_go_with_the_rights_that_have_one() -> None:
    forms = {right.form.value: right.code for right in rights().values() if right.form != "none"}
    assert forms == {
        "challenge_258": "judicial_review",
        "inactivity": "ask_about_delay",
        "join_338": "join_the_charge",
    }


RIGHTS = """
[one]
name = { es = "uno", en = "one" }
what_to_do = { es = "Pide uno.", en = "Ask for one." }
whom = { es = "Ve a tu oficina.", en = "Go to your office." }
law = "cnpp"
articles = ["1"]
form = "none"
deadline = { days = 3, kind = "business", source = "CNPP 1" }
"""
CARDS = """
[CI01]
next_steps.es = ["Espera."]
next_steps.en = ["Wait."]
rights = ["one"]
"""
LONG = "una palabra y otra " * 6


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('en = "one"', 'en = ""', "one says nothing in en"),
        ('"Pide uno."', '"Pide uno"', "no sentence"),
        ('"Pide uno."', f'"{LONG}."', "more than 20 words"),
        ('law = "cnpp"', 'law = "mine"', "mine"),
        ('articles = ["1"]', "articles = []", "one or two"),
        ('form = "none"', 'form = "poem"', "poem"),
        ("days = 3", "days = 0", "sound"),
        ('form = "none"', 'form = "none"\nno_limit = true', "a deadline and none"),
        ('kind = "business"', 'kind = "lunar"', "lunar"),
        ('source = "CNPP 1"', 'source = "CNPP 1", after = 1', "after"),
        ('form = "none"', 'form = "none"\ncolour = "red"', "colour"),
        ('whom = { es = "Ve a tu oficina.", en = "Go to your office." }', "", "whom"),
    ],
)
def test_a_broken_right_stops_the_start_and_says_why(before: str, after: str, said: str) -> None:
    assert before in RIGHTS
    with pytest.raises(ProcedureFileBroken, match=said):
        read_rights(RIGHTS.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[CI01]", "[CI02]", "CI01"),
        ('rights = ["one"]', 'rights = ["two"]', "two"),
        ('rights = ["one"]', "rights = []", "no right"),
        ('next_steps.en = ["Wait."]', "", "no next step in en"),
        ('["Wait."]', '["Wait.", "Ask."]', "in each language"),
        ('["Espera."]', '["Espera"]', "no sentence"),
        ('rights = ["one"]', 'rights = ["one"]\ncolour = "red"', "nothing else"),
    ],
)
def test_a_broken_card_stops_the_start_and_says_why(before: str, after: str, said: str) -> None:
    assert before in CARDS
    assert read_cards(CARDS, read_rights(RIGHTS), ["CI01"])["CI01"].rights[0].articles == ("1",)
    with pytest.raises(ProcedureFileBroken, match=said):
        read_cards(CARDS.replace(before, after), read_rights(RIGHTS), ["CI01"])


def test_a_right_that_no_card_has_stops_the_start() -> None:
    with pytest.raises(ProcedureFileBroken, match="no card has the rights"):
        read_cards(CARDS, read_rights(RIGHTS + RIGHTS.replace("[one]", "[two]")), ["CI01"])


def test_every_law_that_a_right_names_has_its_words() -> None:
    assert {right.law["es"] for right in rights().values()} == {words["es"] for words in code_lists()["laws"].values()}


@pytest.mark.parametrize("code", ["AP18", "CI23"])
def test_a_final_sentence_promises_nothing_that_holds_only_after_a_conviction(code: str) -> None:
    """An acquittal is final too, and its card is the same."""
    [card] = [card_of(at) for at in EVERY_STAGE if at.code == code]
    assert card.next_steps["es"][0] == "Pregunta qué dice la sentencia sobre la reparación."
    assert card.next_steps["en"][0] == "Ask what the ruling says about reparation."
    steps = " ".join(card.next_steps["es"]).lower()
    assert [word for word in ("pago", "pida al juez", "pide al juez", "condena") if word in steps] == []
