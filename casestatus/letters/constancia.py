"""The constancia as PDF (pages.md §6.2): which messages left, when, and what the network said of them; no address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from casestatus.errors import N_
from casestatus.letters.paper import Paper
from casestatus.wording import SOURCE_LANGUAGE, Language, Wording

HEADING = N_("Constancia de mensajes")
ISSUER = N_("%(institution)s hace constar lo siguiente.")
UNNAMED_ISSUER = N_("Se hace constar lo siguiente.")
SENT = N_("El folio termina en %(ending)s. Del %(first)s al %(last)s salieron estos mensajes:")
NONE_SENT = N_("El folio termina en %(ending)s. Hasta el %(last)s no salió ningún mensaje.")
COLUMNS = (
    ("Ref", 14),
    (N_("Medio"), 20),
    (N_("Tipo"), 24),
    (N_("Se entregó a la red"), 41),
    (N_("Lo que informó la red"), 40),
    (N_("Cuándo"), 41),
)
NOT_READ = N_("Que la red informe entrega no prueba que una persona lo leyó.")
NOT_FORMAL = N_(
    "Estos mensajes son avisos. No son la notificación formal y no hacen correr plazos, salvo que la autoridad lo diga "
    "por escrito."
)
ISSUED = N_(
    "Emitida el %(day)s a las %(time)s, %(zone)s. Código de revisión: %(code)s. "
    "Se revisa en la página «Revisar un documento»."
)
NOTHING = "—"
TITLE, TAG = "Documento", "es-MX"


@dataclass(frozen=True)
class SentRow:
    """One message that left. `channel`, `kind` and `report` are Spanish words of ours, marked for translation."""

    reference: str
    channel: str
    kind: str
    handed_over_at: datetime
    report: str
    reported_at: datetime | None


@dataclass(frozen=True)
class Constancia:
    """All that is ever printed. `institution` is None where its name would tell what the case is about.

    `zone` is the IANA name of the clocks that are read, `zone_name` how people call it; `code` as it is shown.
    """

    institution: str | None
    folio_ending: str
    rows: Sequence[SentRow]
    zone: str
    zone_name: str
    issued_at: datetime
    code: str

    @property
    def issued_on(self) -> date:
        return self.day_of(self.issued_at)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()


def constancia_pdf(constancia: Constancia, *, language: Language) -> bytes:
    """The document, translated beneath unless `language` is its own."""
    return _Writer(constancia, language).written()


class _Writer:
    """Writes one constancia."""

    def __init__(self, constancia: Constancia, language: Language) -> None:
        self.constancia = constancia
        self.wordings = [Wording.of(each) for each in dict.fromkeys((SOURCE_LANGUAGE, language))]
        self.paper = Paper(title=TITLE, language=TAG, footnote="")

    def written(self) -> bytes:
        paper, facts = self.paper, self.constancia
        paper.add_page()
        self._block(HEADING, paper.heading)
        self._block(ISSUER if facts.institution else UNNAMED_ISSUER, paper.paragraph)
        self._block(SENT if facts.rows else NONE_SENT, paper.paragraph)
        if facts.rows:
            paper.rows([self._both(name) for name, _ in COLUMNS], self._cells(), widths=[width for _, width in COLUMNS])
            paper.gap(4)
            self._block(NOT_READ, paper.paragraph)
        self._block(NOT_FORMAL, paper.paragraph)
        self._block(ISSUED, paper.paragraph)
        return bytes(paper.output())

    def _block(self, text: str, write: Callable[[str], None]) -> None:
        original, *translation = self._said(text)
        write(original)
        for gloss in translation:
            self.paper.gloss(gloss)
        self.paper.gap(2.5)

    def _cells(self) -> list[list[str]]:
        return [
            [
                row.reference,
                self._both(row.channel),
                self._both(row.kind),
                self._moment(row.handed_over_at),
                self._both(row.report),
                self._moment(row.reported_at),
            ]
            for row in self.constancia.rows
        ]

    def _moment(self, moment: datetime | None) -> str:
        if moment is None:
            return NOTHING
        words, facts = self.wordings[0], self.constancia
        return f"{words.day(facts.day_of(moment))}, {words.clock(moment, facts.zone)}"

    def _both(self, text: str) -> str:
        """In each language, one line each; what reads alike once."""
        return "\n".join(dict.fromkeys(words.gettext(text) for words in self.wordings))

    def _said(self, text: str) -> list[str]:
        return [words.gettext(text, **self._filled(words)) for words in self.wordings]

    def _filled(self, words: Wording) -> dict[str, object]:
        facts = self.constancia
        return {
            "institution": facts.institution,
            "ending": facts.folio_ending,
            "first": words.day(facts.day_of(facts.rows[0].handed_over_at)) if facts.rows else "",
            "last": words.day(facts.issued_on),
            "day": words.day(facts.issued_on),
            "time": words.clock(facts.issued_at, facts.zone),
            "zone": words.gettext(facts.zone_name),
            "code": facts.code.replace(" ", "\N{NO-BREAK SPACE}"),
        }
