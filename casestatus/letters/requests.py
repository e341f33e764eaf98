"""A printable request as PDF: the Spanish is the form, another language stands in grey beneath each part."""

from collections.abc import Callable, Sequence

from casestatus.letters import forms
from casestatus.letters.forms import FORMS, Facts, Page
from casestatus.letters.paper import Paper
from casestatus.wording import SOURCE_LANGUAGE, Language, Wording

BLANK = "____________"
TITLE, TAG = "Documento", "es-MX"


def request_pdf(form: str, facts: Facts, *, language: Language) -> bytes:
    """The form (a key of FORMS), translated unless `language` is its own; the same facts give the same bytes."""
    return _Writer(form, facts, language).written()


class _Writer:
    """Writes one form."""

    def __init__(self, form: str, facts: Facts, language: Language) -> None:
        self.form = FORMS[form]
        self.facts = facts
        languages = dict.fromkeys((SOURCE_LANGUAGE, language))
        self.wordings = [Wording.of(each) for each in languages]
        footnote = "" if facts.checked else " · ".join(self._said(forms.FOOTNOTE))
        self.paper = Paper(title=TITLE, language=TAG, footnote=footnote)

    def written(self) -> bytes:
        for page in self.form.pages:
            self._page(page)
        self.paper.gap(4)
        if for_her := self._for_her():
            self._write([" ".join(said) for said in zip(*map(self._said, for_her), strict=True)], self.paper.hint)
        return bytes(self.paper.output())

    def _page(self, page: Page) -> None:
        self.paper.add_page()
        self._block(page.heading, self.paper.heading)
        if self.facts.joined_at:
            self._block(forms.JOINED, self.paper.paragraph)
        for part in page.parts:
            text = part.where_joined if self.facts.joined_at else ""
            self._block(text or part.text, self.paper.paragraph)
            self.paper.rules(part.rules)
            self.paper.gap(1)
        self.paper.gap(4)
        self.paper.signatures(*("\n".join(self._said(text)) for text in (forms.PLACE_AND_SIGNATURE, forms.STAMP)))

    def _block(self, text: str, write: Callable[[str], None]) -> None:
        self._write(self._said(text), write)

    def _write(self, said: Sequence[str], write: Callable[[str], None]) -> None:
        """The same in each language, the form's own first."""
        original, *translation = said
        write(original)
        for gloss in translation:
            self.paper.gloss(gloss)
        self.paper.gap(2.5)

    def _for_her(self) -> list[str]:
        """What she should know about handing it in."""
        told = []
        if self.facts.past:
            told.append(forms.DATE_WAS)
        elif self.facts.last_day:
            told.append(forms.HAND_IN_BY)
        elif self.facts.has_deadline:
            told.append(forms.HAND_IN_SOON)
        if self.facts.notified_on:
            told += [forms.WRITE_YOUR_DAY, *([forms.MAY_BE_IN_TIME] if self.facts.past else [])]
        return told + ([forms.GO_TO_THE_HEARING] if self.form.has_hearing else [])

    def _said(self, text: str) -> list[str]:
        """The text in each language, the form's own first."""
        return [words.gettext(text, **self._filled(words)) for words in self.wordings]

    def _filled(self, words: Wording) -> dict[str, object]:
        facts = self.facts
        return {
            "number": facts.number.replace(" ", "\N{NO-BREAK SPACE}") or BLANK,
            "office": facts.office,
            "line": facts.line,
            "stage": facts.joined_at.get(words.language, ""),
            "since": words.day(facts.unchanged_since),
            "notified_on": words.day(facts.notified_on) if facts.notified_on else BLANK,
            "last_day": words.day(facts.last_day) if facts.last_day else BLANK,
            "checked": words.gettext(forms.CHECKED if facts.checked else forms.NOT_CHECKED),
        }
