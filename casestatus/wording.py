"""Words for people: templates, catalogues and dates in Spanish (the source language) and English."""

from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from casestatus.settings import resource_dir

Language = Literal["es", "en"]

SOURCE_LANGUAGE: Language = "es"
LANGUAGES: tuple[Language, ...] = ("es", "en")
LOCALES = {"es": "es_MX", "en": "en_US"}
CLOCK_PATTERNS = {"es": "H:mm", "en": "h:mm a"}
WEEKDAY_PATTERNS = {"es": "EEEE d 'de' MMMM 'de' y", "en": "EEEE, MMMM d, y"}
MONTH_PATTERNS = {"es": "MMMM 'de' y", "en": "MMMM y"}


class Wording:
    """Everything said in one language; get it from `Wording.of`, which keeps one per language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._locale = LOCALES[language]
        self._catalogue = _catalogue(language)
        self._environment = self._new_environment()

    @staticmethod
    @cache
    def of(language: Language) -> "Wording":
        return Wording(language)

    def render(self, template_name: str, **context: Any) -> str:
        """The template in this language; a variable that the template names and `context` lacks raises."""
        return self._environment.get_template(template_name).render(**context)

    def gettext(self, text: str, **params: Any) -> str:
        """The Spanish `text` in this language, its %-placeholders filled from `params`."""
        words = self._catalogue.gettext(text)
        return words % params if params else words

    def day(self, day: date) -> str:
        return format_date(day, "long", locale=self._locale)

    def weekday_day(self, day: date) -> str:
        return format_date(day, WEEKDAY_PATTERNS[self.language], locale=self._locale)

    def month(self, month: date) -> str:
        """The month in which this day lies, with its year."""
        return format_date(month, MONTH_PATTERNS[self.language], locale=self._locale)

    def short_month(self, month: date) -> str:
        """The same for the axis of a picture."""
        return format_date(month, "MMM yy", locale=self._locale)

    def clock(self, moment: datetime, zone: str) -> str:
        """Hours and minutes of `moment` as the clock on a wall in `zone` (an IANA name) shows them."""
        return format_time(moment, CLOCK_PATTERNS[self.language], tzinfo=ZoneInfo(zone), locale=self._locale)

    def _new_environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(resource_dir("templates")),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.policies["ext.i18n.trimmed"] = True
        environment.install_gettext_translations(self._catalogue, newstyle=True)  # type: ignore[attr-defined]  # i18n's own
        environment.globals["language"] = self.language
        environment.filters |= {"day": self._marked_day, "weekday_day": self._marked_weekday_day, "clock": self.clock}
        return environment

    def _marked_day(self, day: date) -> Markup:
        return _marked(day, self.day(day))

    def _marked_weekday_day(self, day: date) -> Markup:
        return _marked(day, self.weekday_day(day))


def negotiate(accept_language: str | None, cookie: str | None) -> Language:
    """The language to answer in: the reader's own choice (cookie), else what the browser asks for, else Spanish."""
    for language in LANGUAGES:
        if cookie == language:
            return language
    for wanted in _by_preference(accept_language or ""):
        for language in LANGUAGES:
            if wanted.partition("-")[0] == language:
                return language
    return SOURCE_LANGUAGE


def _by_preference(accept_language: str) -> list[str]:
    """Language tags of an Accept-Language header (RFC 9110 §12.5.4), the most wanted first, refused ones left out."""
    weighed = []
    for part in accept_language.split(","):
        tag, _, weight = part.partition(";")
        weighed.append((_weight(weight), tag.strip().lower()))
    return [tag for weight, tag in sorted(weighed, key=lambda pair: -pair[0]) if tag and weight > 0]


def _weight(text: str) -> float:
    name, _, value = text.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _catalogue(language: Language) -> NullTranslations:
    """The catalogue straight from its .po: nothing to compile, nothing that can be out of date."""
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    source = Path(__file__).parent / "locales" / language / "LC_MESSAGES" / "casestatus.po"
    with source.open("rb") as lines:
        catalogue = read_po(lines, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _marked(day: date, words: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat()[:10], words)
