"""What a message may say: it may be read by someone else."""

import re
from itertools import product
from typing import get_args

import pytest

from casestatus.notices.words import DISGUISED_KINDS, DISGUISES, Kind, TextUnsendable, Variant, sms_text
from casestatus.wording import LANGUAGES, Language

INSTITUTION = "Fiscalía General de Justicia del Estado de Michoacán"
EVERY_TEXT = list(product(get_args(Kind), LANGUAGES, get_args(Variant)))
EVERY_KIND = list(product(get_args(Kind), LANGUAGES))
TELLING = ("cita", "urgen", "caso", "case", "denuncia", "delito", "crime", "victim", "etapa", "stage", "pin")


def _text(kind: Kind, language: Language, variant: Variant) -> str:
    return sms_text(
        kind, language, variant, reference="K7M", code="482193", institution=INSTITUTION, code_word="girasol azul"
    )


@pytest.mark.parametrize(("kind", "language", "variant"), EVERY_TEXT)
def test_a_text_fits_one_plain_sms(kind: Kind, language: Language, variant: Variant) -> None:
    text = _text(kind, language, variant)
    assert text.isascii()
    assert text.isprintable()
    assert len(text) <= 160


@pytest.mark.parametrize(("kind", "language", "variant"), EVERY_TEXT)
def test_a_text_tells_nothing_and_leads_nowhere(kind: Kind, language: Language, variant: Variant) -> None:
    text = _text(kind, language, variant).lower()
    assert not [word for word in TELLING if re.search(rf"\b{word}", text)]
    assert not re.search(r"https?:|www\.|[a-z0-9]\.[a-z]{2,}|@|/", text)
    assert re.sub(r"\D", " ", text).split() == (["482193", "10", "7"] if kind == "confirm" else ["7"])


@pytest.mark.parametrize(("kind", "language"), EVERY_KIND)
def test_a_neutral_text_names_nobody(kind: Kind, language: Language) -> None:
    assert "fiscal" not in _text(kind, language, "neutral").lower()


@pytest.mark.parametrize(("kind", "language"), EVERY_KIND)
def test_a_recognisable_text_names_the_institution_without_accents(kind: Kind, language: Language) -> None:
    assert "Fiscalia General de: " in _text(kind, language, "recognisable")


@pytest.mark.parametrize(("kind", "language", "variant"), EVERY_TEXT)
def test_a_text_ends_with_its_reference(kind: Kind, language: Language, variant: Variant) -> None:
    assert _text(kind, language, variant).endswith("Ref K7M")


@pytest.mark.parametrize(("kind", "language", "variant"), EVERY_TEXT)
def test_with_the_question_whether_she_saw_it_a_text_still_fits_and_ends_with_its_reference(
    kind: Kind, language: Language, variant: Variant
) -> None:
    usual = _text(kind, language, variant)
    asking = sms_text(
        kind,
        language,
        variant,
        reference="K7M",
        code="482193",
        institution=INSTITUTION,
        code_word="girasol azul",
        asks_reply=True,
    )
    question = {"es": " Responde 1 si lo viste.", "en": " Reply 1 if seen."}[language]
    assert len(asking) <= 160
    assert asking.endswith(" Ref K7M")
    assert asking in {usual, usual.removesuffix(" Ref K7M") + question + " Ref K7M"}
    if kind in {"notice", "correction"} and variant == "neutral":
        assert question in asking
    if variant in DISGUISES:
        assert asking == usual


@pytest.mark.parametrize(
    ("variant", "language", "text"),
    [
        ("account", "es", "Hay contenido nuevo en tu cuenta. BAJA para no recibir. Ref K7M"),
        ("inbox", "es", "Tienes un mensaje nuevo en tu buzon. BAJA para no recibir. Ref K7M"),
        ("record", "es", "Tu registro se actualizo. BAJA para no recibir. Ref K7M"),
        ("account", "en", "There is new content in your account. STOP to end. Ref K7M"),
        ("inbox", "en", "You have a new message in your inbox. STOP to end. Ref K7M"),
        ("record", "en", "Your record was updated. STOP to end. Ref K7M"),
    ],
)
def test_a_disguised_text_is_alike_for_all_that_may_be_disguised(
    variant: Variant, language: Language, text: str
) -> None:
    assert {
        sms_text(kind, language, variant, reference="K7M") for kind in get_args(Kind) if kind in DISGUISED_KINDS
    } == {text}


def test_the_code_word_shows_that_a_notice_is_ours_but_stays_out_of_a_code() -> None:
    assert _text("notice", "es", "neutral").startswith("girasol azul. Hay una novedad")
    assert "girasol" not in _text("confirm", "es", "neutral")


def test_the_words_are_those_agreed_with_advocates() -> None:
    assert sms_text("notice", "es", "neutral", reference="K7M") == (
        "Hay una novedad en tu tramite. Consultala por el medio que ya conoces. BAJA para no recibir. Ref K7M"
    )
    assert sms_text("notice", "en", "neutral", reference="K7M") == (
        "There is news on your request. Check it the way you already know. STOP to end. Ref K7M"
    )
    assert sms_text("reminder", "es", "neutral", reference="K7M") == (
        "Recordatorio: revisa las fechas de tu tramite por el medio que ya conoces. BAJA para no recibir. Ref K7M"
    )
    assert sms_text("contact_changed", "en", "recognisable", reference="K7M", institution="FGJ") == (
        "FGJ: a change to your notices was requested. If it was not you, tell your office. STOP to end. Ref K7M"
    )


def test_a_text_that_does_not_fit_is_refused_without_repeating_it() -> None:
    with pytest.raises(TextUnsendable) as refusal:
        sms_text("confirm", "es", "neutral", reference="K7M", code="4" * 60)
    assert "4444" not in str(refusal.value)
