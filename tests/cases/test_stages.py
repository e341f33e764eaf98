"""All 45 stages against the tables of the law's stages, transcribed here a second time on purpose."""

from datetime import date, datetime

import pytest

from casestatus.cases.code_lists import code_lists
from casestatus.cases.details import details_of
from casestatus.cases.procedure_files import placeholders
from casestatus.cases.stages import (
    Model,
    Stage,
    StageUnknown,
    hidden_by_rule,
    icon,
    is_backward,
    is_reopening,
    may_follow,
    meaning,
    outcome_of,
    procedure,
    procedures,
    stage,
)
from casestatus.wording import Language

# code: followers, notice (L law, P policy), part of the path, statistical stage
TABLE = {
    "AP01": ("02 11 12", "P", 1, "inicio"),
    "AP02": ("03 04 08 09 10 11 12 13", "P", 1, "investigacion"),
    "AP03": ("02 04 13", "L", 1, "pausa"),
    "AP04": ("02 05", "P", 1, "decision_en_revision"),
    "AP05": ("06 07", "L", 1, "concluida"),
    "AP06": ("02 07", "P", 1, "decision_en_revision"),
    "AP07": ("", "L", 4, "concluida"),
    "AP08": ("10 14", "P", 2, "ante_juez"),
    "AP09": ("14", "P", 2, "ante_juez"),
    "AP10": ("02 04 08", "P", 1, "investigacion"),
    "AP11": ("01", "P", None, None),
    "AP12": ("", "P", None, None),
    "AP13": ("", "L", 4, "concluida"),
    "AP14": ("10 15", "P", 2, "ante_juez"),
    "AP15": ("16 17", "P", 3, "juicio"),
    "AP16": ("18", "L", 3, "juicio"),
    "AP17": ("", "L", 4, "concluida"),
    "AP18": ("", "P", 4, "concluida"),
    "CI00": ("01 02 05", "P", 1, "inicio"),
    "CI01": ("02 05 06 07 08 10 11 12", "P", 1, "investigacion"),
    "CI02": ("01 03", "P", 1, "solucion_alterna"),
    "CI03": ("01 04 15", "P", 1, "solucion_alterna"),
    "CI04": ("", "L", 4, "concluida"),
    "CI05": ("09", "L", 1, "concluida"),
    "CI06": ("01 09 26", "L", 1, "pausa"),
    "CI07": ("09", "L", 1, "concluida"),
    "CI08": ("09", "L", 1, "concluida"),
    "CI09": ("01 05 06 07 08", "L", 1, "decision_en_revision"),
    "CI10": ("01", "P", None, None),
    "CI11": ("", "P", None, None),
    "CI12": ("13 24", "P", 2, "ante_juez"),
    "CI13": ("14 15", "P", 2, "ante_juez"),
    "CI14": ("01 24", "L", 1, "investigacion"),
    "CI15": ("02 16 17 18 19 24 25", "P", 2, "ante_juez"),
    "CI16": ("15 24", "L", 2, "solucion_alterna"),
    "CI17": ("21", "L", 2, "solucion_alterna"),
    "CI18": ("19 24 25", "P", 2, "ante_juez"),
    "CI19": ("16 17 20", "L", 2, "ante_juez"),
    "CI20": ("21", "L", 3, "juicio"),
    "CI21": ("22 23", "L", 3, "juicio"),
    "CI22": ("21 23", "P", 3, "juicio"),
    "CI23": ("", "P", 4, "concluida"),
    "CI24": ("", "L", 4, "concluida"),
    "CI25": ("15 19", "L", 2, "pausa"),
    "CI26": ("", "L", 4, "concluida"),
}
EVERY_STAGE = [stage for model in procedures().values() for stage in model.stages.values()]


def of(code: str) -> Stage:
    return stage(Model(code[:2]), code)


def told(code: str, language: Language = "es", **details: str) -> str:
    at = of(code)
    return meaning(at, details_of(at, details), language, zone="America/Mexico_City", day=_day, clock=_clock)


def _day(day: date) -> str:
    return day.isoformat()


def _clock(moment: datetime, zone: str) -> str:
    return f"{moment:%H:%M} {zone}"


def test_both_models_are_complete() -> None:
    assert {at.code for at in EVERY_STAGE} == TABLE.keys()
    assert len(TABLE) == 45


@pytest.mark.parametrize("code", TABLE)
def test_each_stage_is_as_the_law_and_the_tables_say(code: str) -> None:
    followers, notice, part, statistical = TABLE[code]
    at = of(code)
    assert at.followers == tuple(code[:2] + number for number in followers.split())
    assert at.notice == {"L": "law", "P": "policy"}[notice]
    assert at.part == part
    assert at.statistical_stage == statistical


@pytest.mark.parametrize("at", EVERY_STAGE, ids=lambda at: at.code)
@pytest.mark.parametrize("language", ["es", "en"])
def test_each_stage_speaks_both_languages_and_without_details(at: Stage, language: Language) -> None:
    assert at.names[language]
    assert at.legal_names[language]
    sentence = told(at.code, language)
    assert sentence.endswith(".")
    assert "{" not in sentence


@pytest.mark.parametrize("at", EVERY_STAGE, ids=lambda at: at.code)
def test_both_languages_tell_the_same_details(at: Stage) -> None:
    spanish, english = at.meanings["es"], at.meanings["en"]
    assert [placeholders(form) for form in spanish] == [placeholders(form) for form in english]


@pytest.mark.parametrize("at", EVERY_STAGE, ids=lambda at: at.code)
def test_each_code_that_a_stage_allows_can_be_said(at: Stage) -> None:
    for name, codes in at.details.items():
        for code in codes or ():
            assert told(at.code, "es", **{name: code}) != ""
            assert outcome_of(at, details_of(at, {name: code})) is not None or at.outcome is None


def test_a_sentence_uses_the_details_that_are_known() -> None:
    assert told("AP11", to_authority="fgr") == ("Tu caso pasó a otra autoridad: la Fiscalía General de la República.")
    here = "Tu caso pasó a otra autoridad. Tu nuevo número es X-1."
    assert told("AP11", to_office="IZP-6", to_number="X-1") == here
    assert told("AP11", to_number="X-1") == f"{here} Úsalo allá: aquí entras con el de antes."
    assert told("AP16", "en", outcome="condenatoria") == "The judge gave a ruling: the person was found guilty."
    assert (
        told("CI15", deadline_on="2026-12-01")
        == "El juez abrió proceso. Plazo para terminar de investigar: 2026-12-01."
    )
    assert told("CI26", cause="muerte") == "Tu caso terminó: murió la persona acusada."


def test_a_hearing_is_told_on_the_day_of_the_office() -> None:
    sentence = told("CI13", hearing_at="2026-11-21T03:30:00+00:00")
    assert sentence == "Hay audiencia el 2026-11-20 a las 03:30 America/Mexico_City."


def test_the_file_that_a_case_was_joined_to_is_never_told() -> None:
    for code in ("AP12", "CI11"):
        assert "9-99" not in told(code, to_number="9-99")


def test_a_case_begins_with_an_opening_stage() -> None:
    opening = {at.code for model in Model for at in procedure(model).opening}
    assert opening == {"AP01", "CI00", "CI01"}
    assert all(may_follow(None, of(code)) == (code in opening) for code in TABLE)


def test_a_stage_may_be_told_again() -> None:
    assert all(may_follow(at, at) and not is_backward(at, at) for at in EVERY_STAGE)


@pytest.mark.parametrize(("before", "after"), [("CI06", "CI01"), ("AP04", "AP02"), ("CI25", "CI15"), ("CI22", "CI21")])
def test_a_foreseen_way_back_is_not_backward(before: str, after: str) -> None:
    assert may_follow(of(before), of(after))
    assert not is_backward(of(before), of(after))


@pytest.mark.parametrize(("before", "after"), [("CI20", "CI01"), ("CI19", "CI13"), ("AP15", "AP14"), ("CI15", "CI14")])
def test_what_courts_revert_is_backward(before: str, after: str) -> None:
    assert not may_follow(of(before), of(after))
    assert is_backward(of(before), of(after))


def test_skipping_stages_is_neither_foreseen_nor_backward() -> None:
    assert not may_follow(of("CI01"), of("CI20"))
    assert not is_backward(of("CI01"), of("CI20"))


def test_only_what_had_ended_for_good_is_reopened() -> None:
    assert is_reopening(of("AP07"), of("AP02"))
    assert is_reopening(of("CI24"), of("CI15"))
    assert not is_reopening(of("CI06"), of("CI01"))
    assert not is_reopening(of("CI24"), of("CI26"))


def test_a_warrant_is_hidden_and_a_summons_is_not() -> None:
    for code in ("AP08", "CI12"):
        at = of(code)
        assert hidden_by_rule(at, details_of(at, {}))
        assert hidden_by_rule(at, details_of(at, {"how": "orden_de_aprehension"}))
        assert not hidden_by_rule(at, details_of(at, {"how": "citatorio"}))
        assert not hidden_by_rule(at, details_of(at, {"how": "puesta_a_disposicion"}))


def test_nothing_else_is_hidden_by_rule() -> None:
    hidden = {at.code for at in EVERY_STAGE if hidden_by_rule(at, details_of(at, {}))}
    assert hidden == {"AP08", "CI12"}


@pytest.mark.parametrize(
    ("code", "details", "outcome"),
    [
        ("AP05", {}, "no_ejercicio"),
        ("AP07", {}, "no_ejercicio"),
        ("AP11", {}, "trasladada"),
        ("AP12", {}, "acumulada"),
        ("AP13", {"cause": "perdon"}, "extincion"),
        ("AP17", {}, "sobreseimiento"),
        ("AP18", {"outcome": "condenatoria"}, "sentencia_condenatoria"),
        ("AP18", {}, "otra"),
        ("CI04", {}, "acuerdo_cumplido"),
        ("CI05", {}, "abstencion"),
        ("CI07", {}, "no_ejercicio"),
        ("CI08", {}, "criterio_oportunidad"),
        ("CI10", {}, "trasladada"),
        ("CI11", {}, "acumulada"),
        ("CI23", {"outcome": "absolutoria"}, "sentencia_absolutoria"),
        ("CI24", {"cause": "inocencia"}, "sobreseimiento"),
        ("CI26", {}, "extincion"),
        ("CI26", {"cause": "desistimiento"}, "otra"),
        ("CI21", {"outcome": "condenatoria"}, None),
        ("CI01", {}, None),
    ],
)
def test_how_a_case_ended(code: str, details: dict[str, str], outcome: str | None) -> None:
    assert outcome_of(of(code), details_of(of(code), details)) == outcome


def test_icons_say_what_the_path_says() -> None:
    icons = {at.code: icon(at, details_of(at, {})) for at in EVERY_STAGE}
    assert {code for code, name in icons.items() if name == "pause"} == {"AP03", "CI06", "CI16", "CI25"}
    assert {code for code, name in icons.items() if name == "ok"} == {at.code for at in EVERY_STAGE if at.part == 4}
    assert {code for code, name in icons.items() if name == "day"} == set()


@pytest.mark.parametrize("code", ["CI09", "CI13", "CI20"])
def test_a_hearing_has_its_day_once_it_is_set(code: str) -> None:
    assert icon(of(code), details_of(of(code), {"hearing_at": "2026-11-20T10:00:00-06:00"})) == "day"


@pytest.mark.parametrize("code", ["AP19", "CI27", "CI1", "ci01", ""])
def test_an_unknown_stage_names_those_that_exist(code: str) -> None:
    with pytest.raises(StageUnknown) as refusal:
        stage(Model.CI, code)
    assert refusal.value.fields[0].field == "stage"
    assert "CI26" in (refusal.value.fields[0].params or {})["allowed"]


@pytest.mark.parametrize("at", EVERY_STAGE, ids=lambda at: at.code)
def test_sentences_are_short(at: Stage) -> None:
    sentences = [sentence for forms in at.meanings.values() for form in forms for sentence in form.split(". ")]
    assert max(len(sentence.split()) for sentence in sentences) <= 20


def test_words_of_codes_fit_behind_a_colon() -> None:
    for name in ("causes", "outcomes", "authorities"):
        for words in code_lists()[name].values():
            for text in (words["es"], words["en"]):
                assert text[0].islower()
                assert text[-1].isalpha()


RUBRICS = {
    # domain/procedures.md, transcribed a second time on purpose
    "CI01": "7.10", "CI02": "7.12 8.10", "CI03": "7.13 8.11", "CI04": "7.14 7.15 7.16", "CI05": "7.2", "CI06": "7.1",
    "CI07": "7.3", "CI08": "7.4 8.2", "CI10": "7.5", "CI11": "7.6", "CI15": "8.1", "CI16": "8.3 8.4", "CI17": "8.6 8.7",
    "CI20": "8.8", "CI21": "8.9", "CI24": "7.7 8.5", "CI26": "7.8 7.9",
}  # fmt: skip


def test_the_national_report_s_numbers_are_those_of_the_table() -> None:
    stages = [at for model in procedures().values() for at in model.stages.values()]
    assert {at.code: " ".join(at.rubrics) for at in stages if at.rubrics} == RUBRICS


def test_each_stage_but_the_one_that_no_code_knows_names_an_article() -> None:
    stages = [at for model in procedures().values() for at in model.stages.values()]
    assert [at.code for at in stages if not at.articles] == ["CI00"]
