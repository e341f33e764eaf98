"""Every stage's card (meaning, next steps, rights) in both languages: complete, plain and short."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from statistics import mean

import pytest

from casestatus.cases.code_lists import code_lists
from casestatus.cases.details import Details
from casestatus.cases.procedure_files import ProcedureFileBroken
from casestatus.cases.procedure_model import Stage
from casestatus.cases.right_files import read_cards, read_rights
from casestatus.cases.rights import back_from, card_of, cards, codes_of_end, decided_by, rights
from casestatus.cases.stages import meaning, procedures
from casestatus.cases.timeline import Entry, takes_back
from casestatus.web.right_view import FEW_DAYS
from casestatus.wording import LANGUAGES, Language, Wording
from tests.reading import english_reading_ease, english_syllables, reading_ease, sentences_of
from tests.web.test_stages_shown import entry

EVERY_STAGE = [stage for model in procedures().values() for stage in model.stages.values()]
EASE: dict[Language, Callable[[Sequence[str]], float]] = {"es": reading_ease, "en": english_reading_ease}
LABEL: dict[Language, str] = {"es": "Tu derecho", "en": "Your right"}


PAST = "past"
LATER = date(2027, 1, 1)
EVERY_CARD = [
    (at, code) for at in EVERY_STAGE for code in (None, PAST, *sorted(codes_of_end(at) | at.back_from.keys()))
]


def whole_card(at: Stage, language: Language, decided: str | None = None) -> str:
    """All that stands on the card; of the meaning the form without details, of a right not the small print."""
    card = card_of(at, decided, past=decided == PAST)
    back = at.back_from.get(decided or "", at.meanings)[language]
    meaning = at.past[language] if at.past and decided == PAST else back if isinstance(back, str) else back[-1]
    told = [meaning.format(fecha="2", hora="9"), *card.next_steps[language]]
    for right in card.rights:
        told += [f"{LABEL[language]}: {right.names[language]}.", right.what_to_do[language], right.whom[language]]
        told += [Wording.of(language).gettext(FEW_DAYS)] * right.few_days
    return " ".join(told)


@pytest.mark.parametrize(("at", "decided"), EVERY_CARD, ids=lambda part: getattr(part, "code", part))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_card_reads_easily(at: Stage, decided: str | None, language: Language) -> None:
    assert EASE[language](sentences_of(whole_card(at, language, decided))) >= 50


@pytest.mark.parametrize("language", LANGUAGES)
def test_cards_read_easily_in_the_mean(language: Language) -> None:
    assert mean(EASE[language](sentences_of(whole_card(at, language, code))) for at, code in EVERY_CARD) >= 60


@pytest.mark.parametrize(("at", "decided"), EVERY_CARD, ids=lambda part: getattr(part, "code", part))
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_a_card_has_more_than_twenty_words(at: Stage, decided: str | None, language: Language) -> None:
    assert max(len(sentence.split()) for sentence in whole_card(at, language, decided).split(". ")) <= 20


@pytest.mark.parametrize(("at", "decided"), EVERY_CARD, ids=lambda part: getattr(part, "code", part))
def test_a_card_never_blames(at: Stage, decided: str | None) -> None:
    spanish = whole_card(at, "es", decided).lower()
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
    "oppose_pause": "3 business days, CNPP 471",
    "challenge_suspension": "3 business days, CNPP 471",
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
OTHER = """
[[CI01.after]]
codes = ["perdon"]
next_steps.es = ["Pregunta."]
next_steps.en = ["Ask."]
rights = ["one"]
"""
ENDS = {"CI01": {"perdon", "muerte"}}
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
        ("deadline =", "few_days = true\ndeadlines =", "deadlines"),
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
    assert read_cards(CARDS, read_rights(RIGHTS), ENDS)["CI01"].rights[0].articles == ("1",)
    with pytest.raises(ProcedureFileBroken, match=said):
        read_cards(CARDS.replace(before, after), read_rights(RIGHTS), ENDS)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('codes = ["perdon"]', "codes = []", "a card after"),
        ('codes = ["perdon"]', 'codes = ["amnistia"]', "amnistia"),
        ('rights = ["one"]', f'rights = ["one"]\n{OTHER}', "perdon"),
        ('next_steps.en = ["Ask."]', "", "no next step in en"),
        ('rights = ["one"]', 'rights = ["two"]', "two"),
        ('codes = ["perdon"]', 'codes = ["perdon"]\nafter = []', "nothing else"),
    ],
)
def test_a_broken_card_after_an_outcome_stops_the_start_and_says_why(before: str, after: str, said: str) -> None:
    read = read_cards(CARDS + OTHER, read_rights(RIGHTS), ENDS)["CI01"]
    assert (read.next_steps["en"], read.after["perdon"].next_steps["en"]) == (("Wait.",), ("Ask.",))
    assert before in OTHER
    with pytest.raises(ProcedureFileBroken, match=said):
        read_cards(CARDS + OTHER.replace(before, after), read_rights(RIGHTS), ENDS)


def test_a_right_that_no_card_has_stops_the_start() -> None:
    with pytest.raises(ProcedureFileBroken, match="no card has the rights"):
        read_cards(CARDS, read_rights(RIGHTS + RIGHTS.replace("[one]", "[two]")), ENDS)


def test_every_law_that_a_right_names_has_its_words() -> None:
    assert {right.law["es"] for right in rights().values()} == {words["es"] for words in code_lists()["laws"].values()}


@pytest.mark.parametrize("code", ["AP16", "AP18", "CI21", "CI23"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_after_an_acquittal_no_card_speaks_of_reparation_nor_of_prison(code: str, language: Language) -> None:
    [at] = [at for at in EVERY_STAGE if at.code == code]
    card = card_of(at, "absolutoria")
    assert "reparation" in [right.code for right in card_of(at, "condenatoria").rights]
    assert "reparation" not in [right.code for right in card.rights]
    steps = " ".join(card.next_steps[language]).lower()
    assert [word for word in ("reparación", "presa", "reparation", "prison") if word in steps] == []


@pytest.mark.parametrize(
    ("code", "decided", "rights_then"),
    [
        # a pardon or the mere passing of time leaves nothing to claim in this case; a death or an amnesty does
        ("AP13", "perdon", ["challenge_end", "legal_adviser"]),
        ("AP13", "prescripcion", ["challenge_end", "legal_adviser"]),
        ("AP13", "muerte", ["challenge_end", "reparation"]),
        ("CI26", "desistimiento", ["challenge_end", "legal_adviser"]),
        ("CI26", "amnistia", ["challenge_end", "reparation"]),
        # whom the judge's order suits has nothing to appeal
        ("AP14", "formal_prision", ["protection", "reparation"]),
        (
            "AP14",
            "libertad_por_falta_de_elementos",
            ["appeal_order_before_2016", "offer_evidence_before_2016", "protection"],
        ),
        ("CI24", "sin_elementos", ["appeal_dismissal", "legal_adviser"]),
    ],
)
def test_rights_hold_after_the_outcome_or_cause(code: str, decided: str, rights_then: list[str]) -> None:
    [at] = [at for at in EVERY_STAGE if at.code == code]
    assert [right.code for right in card_of(at, decided).rights] == rights_then


@pytest.mark.parametrize(("code", "word"), [("AP13", "perdón"), ("CI26", "perdón")])
def test_a_pardon_is_spoken_of_only_where_there_may_have_been_one(code: str, word: str) -> None:
    [at] = [at for at in EVERY_STAGE if at.code == code]
    spoken = {decided for decided in (None, PAST, *codes_of_end(at)) if word in whole_card(at, "es", decided)}
    assert spoken == {None, PAST, "perdon"}


@pytest.mark.parametrize("code", ["CI05", "CI06", "CI07", "CI08"])
def test_a_decision_that_a_judge_left_as_it_was_is_not_to_be_reviewed_by_the_judge_again(code: str) -> None:
    [at] = [at for at in EVERY_STAGE if at.code == code]
    first, last = told(code), told(code)
    assert back_from([first, told("CI09"), last]) == "CI09"
    assert [back_from([first]), back_from([first, last]), back_from([told("CI09"), last])] == [None] * 3
    assert next(right.code for right in card_of(at, back_from="CI09").rights) == "amparo"
    sentence = meaning(at, Details(), "en", zone="UTC", day=str, clock=lambda at, zone: "", back_from="CI09")
    assert "After the hearing" in sentence
    assert not takes_back([first, told("CI09"), last])


def test_a_pause_can_be_opposed_and_a_suspension_challenged() -> None:
    assert cards()["CI16"].rights[0].articles == ("192", "467")
    assert cards()["CI25"].rights[0].articles == ("20-C-VII",)


def test_while_the_outcome_is_unknown_the_card_promises_nothing_that_holds_only_after_a_conviction() -> None:
    for code in ("AP18", "CI23"):
        assert [right.code for right in cards()[code].rights] == ["legal_adviser", "protection"]
        steps = " ".join(cards()[code].next_steps["es"]).lower()
        assert steps.startswith("pregunta qué dice la sentencia sobre la reparación.")
        assert [word for word in ("pago", "pida al juez", "pide al juez", "condena", "presa") if word in steps] == []


def told(code: str, **details: str) -> Entry:
    [at] = [at for at in EVERY_STAGE if at.code == code]
    return replace(entry(at, 1), details=Details.model_validate(details))


@pytest.mark.parametrize(
    ("entries", "decided"),
    [
        ([told("CI21", outcome="absolutoria"), told("CI23")], "absolutoria"),
        ([told("CI21", outcome="absolutoria"), told("CI23", outcome="condenatoria")], "condenatoria"),
        ([told("CI21", outcome="absolutoria"), told("CI22"), told("CI23")], None),
        ([told("CI25", cause="otra_causa_de_ley"), told("CI26")], None),
        ([told("CI26", cause="perdon")], "perdon"),
        ([told("CI26", cause="perdon"), told("CI26")], "perdon"),
        ([told("CI21", outcome="absolutoria"), told("CI21"), told("CI23")], "absolutoria"),
        ([told("CI21", outcome="absolutoria"), replace(told("CI21"), on=LATER)], None),
        ([told("CI21", outcome="absolutoria"), replace(told("CI21"), on=LATER), told("CI23")], None),
    ],
)
def test_a_ruling_that_becomes_final_is_the_one_told_before(entries: list[Entry], decided: str | None) -> None:
    assert decided_by(entries) == decided
