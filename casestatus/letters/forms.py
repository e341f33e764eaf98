"""The words of the printable requests (pages.md §6.3, §6.4), and all that is ever filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from casestatus.errors import N_
from casestatus.wording import Language


@dataclass(frozen=True)
class Facts:
    """All that is ever filled in; names, reasons and signature are written by hand.

    `line` is her page's number for it. `joined_at` is filled where it goes on in a case that hers was joined into: the
    legal name of its stage in each language, for that office knows neither her number's lines nor her page's.
    `unchanged_since` is the day of the line's last visible change. `last_day` is the right's, None while it isn't known
    or when none runs; `checked` says that the office has checked it, `past` that it is over.
    """

    number: str
    office: str
    line: int
    unchanged_since: date
    notified_on: date | None = None
    last_day: date | None = None
    has_deadline: bool = False
    checked: bool = False
    past: bool = False
    joined_at: Mapping[Language, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One paragraph, how many empty lines follow it, and its words where the line goes on in another case than hers."""

    text: str
    rules: int = 0
    where_joined: str = ""


@dataclass(frozen=True)
class Page:
    """One page of a form: what it asks and of whom, then its paragraphs."""

    heading: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Form:
    """Its pages, and whether handing it in leads to a hearing."""

    pages: tuple[Page, ...]
    has_hearing: bool = False


PLACE_AND_SIGNATURE = N_("Lugar, fecha y firma o huella")
STAMP = N_("Sello de recibido")
FOOTNOTE = N_("Revisar con una persona abogada")

I_AM_A_VICTIM = Part(N_("Yo, ____________, soy víctima en esta carpeta."))
WITH_MY_ADVISER = Part(
    N_("Yo, ____________, soy víctima en esta carpeta. Mi asesor jurídico es: ____________ ☐ no tengo y pido uno.")
)
NOTHING_PUBLISHED = Part(
    N_("Desde el %(since)s la oficina no ha publicado cambios en la línea %(line)s."),
    where_joined=N_("Desde el %(since)s la oficina no ha publicado cambios en esa línea."),
)
# Her own number and what she sees: the number of the case that hers was joined into is another family's.
JOINED = N_(
    "Mi caso %(number)s se unió a otro, que lleva %(office)s. "
    "Hablo de la línea que está en «%(stage)s» desde el %(since)s."
)
WHAT_I_ASK = Part(
    N_(
        "Pido por escrito:\n1. En qué va y qué falta por hacer.\n2. Qué se hará y en qué fecha.\n"
        "3. Ver mi expediente y una copia gratis.\n4. Un asesor jurídico, si no tengo."
    )
)
HOW_TO_ANSWER = Part(N_("Quiero la respuesta así: ☐ en persona ☐ por este medio seguro: ________."))

INACTIVITY = (
    Page(
        N_("Asunto: pido informe y avance de mi carpeta %(number)s.\nA: Ministerio Público de %(office)s."),
        (
            I_AM_A_VICTIM,
            NOTHING_PUBLISHED,
            WHAT_I_ASK,
            Part(
                N_(
                    "Me baso en la Constitución, artículo 20, apartado C. También en el Código Nacional, artículo 109, "
                    "fracciones V, XXI y XXII."
                )
            ),
            HOW_TO_ANSWER,
        ),
    ),
    Page(
        N_(
            "Al juez de control: pido que revise la falta de avance del Ministerio Público "
            "(artículo 258; jurisprudencia 1a./J. 27/2018)."
        ),
        (Part(N_("Carpeta %(number)s.")), I_AM_A_VICTIM, NOTHING_PUBLISHED),
    ),
)
# Today's code doesn't hold for it, and no supervising judge looks at it.
INACTIVITY_BEFORE_2016 = (
    Page(
        N_("Asunto: pido informe y avance de mi averiguación previa %(number)s.\nA: Ministerio Público de %(office)s."),
        (
            Part(N_("Yo, ____________, soy víctima en esta averiguación previa.")),
            NOTHING_PUBLISHED,
            WHAT_I_ASK,
            Part(N_("Me baso en la Constitución, artículo 20, apartado C.")),
            HOW_TO_ANSWER,
        ),
    ),
)
CHALLENGE = (
    Page(
        N_("Asunto: pido que un juez revise una decisión. Carpeta %(number)s.\nAl juez de control en turno."),
        (
            WITH_MY_ADVISER,
            Part(
                N_(
                    "El %(notified_on)s me notificaron formalmente esta decisión: ☐ no investigar ☐ archivo temporal "
                    "☐ no ejercicio ☐ criterio de oportunidad ☐ otra u omisión: ______."
                )
            ),
            Part(N_("No estoy de acuerdo porque: ________ (si no sabes qué poner, tu asesor te ayuda)."), rules=3),
            Part(
                N_(
                    "Pido:\n1. Que me cite a audiencia.\n2. Que deje sin efecto la decisión.\n"
                    "3. Que ordene seguir la investigación.\n4. Que mis datos queden en reserva."
                )
            ),
            Part(
                N_(
                    "Me baso en el artículo 20, apartado C, fracción VII, de la Constitución y en el 258 del "
                    "Código Nacional."
                )
            ),
        ),
    ),
)
JOIN = (
    Page(
        N_("Asunto: quiero sumarme a la acusación. Carpeta %(number)s.\nAl juez de control."),
        (
            WITH_MY_ADVISER,
            Part(N_("El %(notified_on)s me notificaron formalmente la acusación.")),
            Part(N_("Quiero sumarme a la acusación y pido la reparación del daño.")),
            Part(
                N_(
                    "Pido:\n1. Que me tenga como coadyuvante.\n2. Que se corrija esto de la acusación: ____________\n"
                    "3. Que se reciban estas pruebas: ____________\n4. Que me paguen el daño. El monto es: ________\n"
                    "5. Que mis datos queden en reserva."
                ),
                rules=2,
            ),
            Part(
                N_(
                    "Me baso en el artículo 20, apartado C, fracciones II y IV, de la Constitución y en el 338 del "
                    "Código Nacional."
                )
            ),
        ),
    ),
)
FORMS: Mapping[str, Form] = {
    "inactivity": Form(INACTIVITY),
    "inactivity_before_2016": Form(INACTIVITY_BEFORE_2016),
    "challenge_258": Form(CHALLENGE, has_hearing=True),
    "join_338": Form(JOIN),
}

HAND_IN_BY = N_("Entrégalo a más tardar el %(last_day)s (%(checked)s). Pide copia con sello.")
HAND_IN_SOON = N_("El plazo empieza con tu notificación formal. Entrégalo cuanto antes y pide copia con sello.")
DATE_WAS = N_("La fecha era el %(last_day)s. Habla con tu asesor: puede haber otro camino.")
WRITE_YOUR_DAY = N_("Si te notificaron otro día, tacha la fecha de arriba y escribe la tuya.")
MAY_BE_IN_TIME = N_("Si te notificaron después, aún puedes estar a tiempo: pregunta hoy en tu oficina.")
GO_TO_THE_HEARING = N_("Ve a la audiencia con tu asesor: si no vas, tu petición puede quedar sin efecto.")
CHECKED, NOT_CHECKED = N_("revisada"), N_("sin revisar")
