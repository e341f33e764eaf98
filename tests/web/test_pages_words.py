"""What pages say and how: both languages, plain Spanish, nothing that betrays."""

import re
from html.parser import HTMLParser

import pytest

from casestatus.wording import LANGUAGES, Language
from tests.reading import reading_ease, syllables
from tests.web.sample_pages import PAGES

TELLING = re.compile(
    r"fiscal|denuncia|v[ií]ctima|delito|violencia|expediente|prosecut|crime|victim|case|caso", re.IGNORECASE
)
ROUTES = {
    "/", "/entrar", "/caso", "/caso/historia", "/caso/avisos", "/caso/contactos",
    "/caso/contactos/00000000-0000-0000-0000-000000000004", "/caso/reporte",
    *(f"/caso/contactos/00000000-0000-0000-0000-{number:012d}/cambiar" for number in range(3, 8)),
    "/caso/contactos/00000000-0000-0000-0000-000000000006",
    "/caso/contactos/nuevo", "/caso/contactos/forma", "/caso/contactos/pausa", "/caso/contactos/sesiones",
    "/caso/contactos/accesos", "/caso/contactos/accesos/00000000-0000-0000-0000-000000000008",
    "/caso/documentos", "/caso/documentos/challenge_258", "/caso/documentos/inactivity", "/caso/recordatorio",
    "/caso/documentos#constancia", "/caso/constancia", "/verificar",
    "/salir", "/salir-ya", "/perdi-mi-pin", "/avisos/baja/a",
    "/ayuda", "/ayuda/seguridad", "/ayuda/mensajes", "/ayuda/etapas", "/privacidad", "/accesibilidad", "/seguridad",
    "/estado", "/datos/", "/caso/contactos/alertas",
}  # fmt: skip


class PageReader(HTMLParser):
    """What a test asks of a page: its title, its sentences in <main>, tags and links."""

    BLOCKS = frozenset({"h1", "h2", "h3", "p", "li", "label", "summary", "td", "th", "button", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.title = ""
        self.blocks: list[str] = [""]
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in self.BLOCKS:
            self.blocks.append("")
        if tag in {"main", "title", "select", "script", "blockquote", "pre"}:  # quotes and programs aren't our voice
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside == ["title"]:
            self.title += data
        if self._inside == ["main"]:
            self.blocks[-1] += data

    @property
    def sentences(self) -> list[str]:
        parts = [part for block in self.blocks for part in re.split(r"(?<=[.!?…:])\s+", " ".join(block.split()))]
        return [part for part in parts if re.search(r"[a-záéíóúñ]{2}", part, re.IGNORECASE)]


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("caso", 2),
        ("investigación", 5),
        ("oficina", 4),
        ("guía", 2),
        ("que", 1),
        ("día", 2),
        ("país", 2),
        ("muy", 1),
        ("leer", 2),
    ],
)
def test_syllables_are_counted_as_in_speech(word: str, count: int) -> None:
    assert syllables(word) == count


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_heading_and_its_language(name: str, language: Language) -> None:
    page = PageReader(PAGES[name].html(language))
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert page.tags[0] == ("html", {"lang": {"es": "es-MX", "en": "en"}[language]})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in PAGES if name != "outbox"])
def test_a_title_is_one_neutral_word(name: str, language: Language) -> None:
    title = PageReader(PAGES[name].html(language)).title
    assert not TELLING.search(title)
    assert len(title.removeprefix("Revisa: ").removeprefix("Check: ").split()) <= 2


@pytest.mark.parametrize("name", PAGES)
def test_a_form_with_problems_says_so_in_its_title(name: str) -> None:
    assert PageReader(PAGES[name].html("es")).title.startswith("Revisa: ") == ("wrong" in name)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_no_script_or_style_stands_inside_a_page(name: str, language: Language) -> None:
    for tag, attributes in PageReader(PAGES[name].html(language)).tags:
        assert tag != "style"
        assert tag != "script" or (attributes.get("src") or "").startswith("/assets/exit-")
        assert not [attribute for attribute in attributes if attribute == "style" or attribute.startswith("on")]


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere_that_is_built(name: str) -> None:
    for tag, attributes in PageReader(PAGES[name].html("es")).tags:
        target = attributes.get("href" if tag == "a" else "action" if tag == "form" else "")
        if target and not target.startswith(("#", "tel:", "/idioma/")):
            assert target.partition("?")[0] in ROUTES


@pytest.mark.parametrize("name", PAGES)
def test_the_exit_comes_first_after_the_skip_link(name: str) -> None:
    links = [attributes for tag, attributes in PageReader(PAGES[name].html("es")).tags if tag == "a"]
    assert links[0]["href"] == "#m"
    assert links[1]["href"] == "/salir-ya"


@pytest.mark.parametrize("name", PAGES)
def test_spanish_pages_read_easily(name: str) -> None:
    assert reading_ease(PageReader(PAGES[name].html("es")).sentences) >= 60


SPANISH_SAMPLES = ("case", "history", "sign-in-w", "conf", "contacts", "new-contact-w", "doc", "prob", "outbox")


@pytest.mark.parametrize("name", [name for name in PAGES if not name.startswith(SPANISH_SAMPLES)])
def test_english_pages_hold_no_spanish(name: str) -> None:
    words = " ".join(PageReader(PAGES[name].html("en")).sentences)
    assert not re.search(r"\b(el|los|que|tu|para|está|no lo)\b", words, re.IGNORECASE)


def test_the_case_page_shows_no_number_and_no_address() -> None:
    html = PAGES["case"].html("es")
    assert "CI-FICUH" not in html
    assert "0123456789" not in html


def test_an_institution_is_not_named_before_sign_in() -> None:
    assert "Fiscalía" not in PAGES["sign-in"].html("es")
    assert "Servicio público gratuito." in PAGES["sign-in"].html("es")


def test_the_pin_is_never_sent_back() -> None:
    fields = [attributes for tag, attributes in PageReader(PAGES["sign-in-wrong"].html("es")).tags if tag == "input"]
    [pin] = [attributes for attributes in fields if attributes.get("name") == "pin"]
    assert "value" not in pin
    assert pin["autocomplete"] == "one-time-code"
    assert pin["aria-invalid"] == "true"
