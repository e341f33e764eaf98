"""What an e-mail may say: somebody else may read it, or see it on a locked screen."""

import re
from html.parser import HTMLParser
from itertools import product
from typing import get_args

import pytest

from casestatus.notices.email_words import EmailWords, email_words
from casestatus.notices.words import WITHOUT_CODE_WORD, Kind, Variant
from casestatus.wording import LANGUAGES, Language

INSTITUTION = "Fiscalía <General> de Michoacán"
EVERY_TEXT = list(product(get_args(Kind), LANGUAGES, get_args(Variant)))
EVERY_KIND = list(product(get_args(Kind), LANGUAGES))
TELLING = ("cita", "urgen", "caso", "case", "denuncia", "delito", "crime", "victim", "etapa", "stage", "expediente")
ALLOWED_TAGS = {"html", "head", "meta", "title", "body", "p"}


class Read(HTMLParser):
    """What a mail program makes of the HTML: its tags, its attributes, and the lines of its paragraphs."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.paragraphs: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "p":
            self.paragraphs.append("")

    def handle_data(self, data: str) -> None:
        if self.paragraphs:
            self.paragraphs[-1] += data.strip()


def _words(kind: Kind, language: Language, variant: Variant) -> EmailWords:
    return email_words(
        kind, language, variant, reference="K7M", code="482193", institution=INSTITUTION, code_word="girasol <azul>"
    )


@pytest.mark.parametrize(("kind", "language", "variant"), EVERY_TEXT)
def test_an_email_tells_nothing_and_leads_nowhere(kind: Kind, language: Language, variant: Variant) -> None:
    words = _words(kind, language, variant)
    for text in (words.sender, words.subject, words.text, words.html):
        assert not [word for word in TELLING if re.search(rf"\b{word}", text.lower())]
        assert not re.search(r"https?:|www\.|[a-z0-9]\.[a-z]{2,}\b|@|://", text.replace("initial-scale=1", ""))
    assert set(re.findall(r"\d+", words.subject + words.text)) == (
        {"482193", "10", "7"} if kind == "confirm" else {"7"}
    )


@pytest.mark.parametrize(("kind", "language", "variant"), EVERY_TEXT)
def test_the_html_is_the_text_in_one_column_and_loads_nothing(kind: Kind, language: Language, variant: Variant) -> None:
    words = _words(kind, language, variant)
    read = Read(words.html)
    assert read.paragraphs == [line for line in words.text.splitlines() if line]
    assert read.tags == ALLOWED_TAGS
    assert read.attributes <= {"lang", "charset", "name", "content", "style"}
    assert "url(" not in words.html
    assert "color" not in words.html


@pytest.mark.parametrize(("kind", "language", "variant"), EVERY_TEXT)
def test_a_header_is_one_line_and_the_text_ends_with_its_reference(
    kind: Kind, language: Language, variant: Variant
) -> None:
    words = _words(kind, language, variant)
    assert "\n" not in words.subject + words.sender
    assert words.text.endswith("Ref K7M")


@pytest.mark.parametrize(("kind", "language"), EVERY_KIND)
def test_only_the_recognisable_variant_names_the_institution(kind: Kind, language: Language) -> None:
    neutral, recognisable = _words(kind, language, "neutral"), _words(kind, language, "recognisable")
    assert neutral.sender == {"es": "Avisos", "en": "Notices"}[language]
    assert "fiscal" not in (neutral.sender + neutral.subject + neutral.text + neutral.html).lower()
    assert recognisable.sender == INSTITUTION
    assert recognisable.subject == f"{INSTITUTION}: {neutral.subject}"
    assert {"es": "Te escribe ", "en": "This is "}[language] + INSTITUTION + "." in recognisable.text


@pytest.mark.parametrize(("kind", "language"), EVERY_KIND)
def test_the_code_word_shows_that_a_notice_is_ours_but_stays_out_of_what_she_waits_for(
    kind: Kind, language: Language
) -> None:
    assert _words(kind, language, "neutral").text.startswith("girasol <azul>.") == (kind not in WITHOUT_CODE_WORD)


def test_the_words_are_those_agreed_with_advocates() -> None:
    words = email_words("notice", "es", "neutral", reference="K7M")
    assert words.subject == "Hay una novedad"
    told, close = words.text.split("\n\n")
    assert told == "Hay una novedad en tu trámite. Consúltala por el medio que ya conoces, cuando sea seguro para ti."
    assert close == (
        "Este correo es automático; no lo contestes. Nunca pedimos tu PIN ni dinero. "
        "Para no recibir más, usa el botón de baja de tu correo. Ref K7M"
    )
