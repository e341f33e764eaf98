"""Every page with made-up contents, so that words and looks can be checked without a database."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from casestatus.cases.glossary import glossary
from casestatus.cases.right_model import RequestForm
from casestatus.offices.freshness import Freshness
from casestatus.offices.help_places import help_places
from casestatus.victims.accesses import OtherAccess
from casestatus.victims.choices import Choices
from casestatus.victims.models import ContactPolicy, Wording
from casestatus.victims.safe_hours import ZONES
from casestatus.web.freshness import FreshnessView
from casestatus.web.pages import Found, Frame, render_page
from casestatus.web.papers import reminders_of, requests_of
from casestatus.web.right_view import OTHER_DAY
from casestatus.web.stages_view import stage_tables
from casestatus.web.victims.contacts import texts_of
from casestatus.web.victims.reading import ContactNews
from casestatus.web.victims.reporting import REASONS
from casestatus.web.views import (
    CaseView,
    ContactView,
    DeadlineView,
    MessageView,
    OfficeView,
    ProceedingView,
    RightView,
    SessionView,
    TimelineView,
)
from casestatus.wording import Language

INSTITUTION = "Fiscalía General de Justicia (ejemplo)"
RECEIVED_AT = datetime(2026, 11, 12, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class SamplePage:
    """A page in one of its states."""

    template: str
    path: str
    context: dict[str, Any] = field(default_factory=dict)
    signed_in: bool = False
    to_check: bool = False

    def html(self, language: Language) -> str:
        frame = Frame(
            language,
            self.path,
            "Consulta",
            signed_in=self.signed_in,
            csrf_token="token",
            institution=INSTITUTION if self.signed_in else None,
            to_check=self.to_check,
        )
        return render_page(frame, self.template, **self.context)


def _event(stage: str, name: str, day: date, **changes: Any) -> TimelineView:
    given: dict[str, Any] = {
        "stage": stage,
        "stage_name": name,
        "occurred_on": day,
        "received_at": RECEIVED_AT,
        "corrected": False,
        "received_on": RECEIVED_AT.date(),
        "formal_notices_on": (),
    }
    return TimelineView(**(given | changes))


PAUSED = ProceedingView(
    ordinal=1,
    model="CI",
    stage="CI06",
    stage_name="En pausa por falta de datos",
    legal_name="Archivo temporal",
    meaning="Tu caso está en pausa por falta de datos. No está cerrado. "
    "Puedes pedir a un juez que lo revise o aportar datos.",
    since=date(2026, 11, 11),
    part=1,
    icon="pause",
    timeline=(
        _event("CI06", "En pausa por falta de datos", date(2026, 11, 11), formal_notices_on=(date(2026, 11, 12),)),
        _event("CI01", "Investigación inicial", date(2026, 4, 8), corrected=True),
        _event("CI00", "Reporte registrado", date(2026, 4, 2)),
    ),
)
WITH_RIGHTS = PAUSED.model_copy(
    update={
        "rights": (
            RightView(
                name="que un juez revise la pausa",
                what_to_do="Puedes pedirlo por escrito. Tu asesor jurídico te ayuda sin costo.",
                article="Artículo 258 del Código Nacional de Procedimientos Penales.",
                deadline=DeadlineView(
                    on=date(2026, 11, 27), counts_from=date(2026, 11, 12), verified=False, note=OTHER_DAY
                ),
                code="judicial_review",
                state="unverified",
                no_limit=False,
                form=RequestForm.CHALLENGE_258,
            ),
        ),
        "next_steps": ("Lleva datos nuevos cuando los tengas.", "Habla con tu asesor jurídico."),
    }
)
MOVED = ProceedingView(
    ordinal=2,
    model="CI",
    stage="CI10",
    stage_name="Pasó a otra autoridad",
    legal_name="Incompetencia",
    meaning="Tu caso pasó a otra autoridad.",
    since=date(2026, 8, 20),
    part=None,
    icon="clock",
    timeline=(_event("CI10", "Pasó a otra autoridad", date(2026, 8, 20)),),
)
ENDED = MOVED.model_copy(
    update={
        "ordinal": 3,
        "stage": "CI24",
        "stage_name": "Cerrado por el juez",
        "legal_name": "Sobreseimiento",
        "meaning": "El juez cerró el caso.",
        "part": 4,
        "icon": "ok",
        "next_steps": ("Pregunta por la reparación del daño.",),
    }
)
MESSAGES = tuple(
    MessageView(
        channel=channel,
        state=state,
        sent_at=sent_at,
        reference=reference,
        ending=ending,
        day=RECEIVED_AT.date(),
        state_name="Espera su hora",  # told in her language before it comes here
        reported_at=sent_at if state == "proved" else None,
        reported_on=RECEIVED_AT.date(),
        seen_at=sent_at if state == "handed_over" else None,
        seen_on=RECEIVED_AT.date(),
    )
    for channel, state, sent_at, reference, ending in [
        ("sms", "proved", RECEIVED_AT, "K7M", "42"),
        ("sms", "handed_over", RECEIVED_AT, "3QX", "42"),
        ("sms", "waiting", None, None, "42"),
        (None, "no_contact", None, None, None),
    ]
)
CASE = CaseView(
    case_number="CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026",
    folio="0123456789",
    office=OfficeView(
        name="Agencia CUH-2",
        public_phone="55 0000 0000",
        hours="Lunes a viernes, 9:00 a 15:00",
        time_zone="America/Mexico_City",
        region="09",
    ),
    information_as_of=date(2026, 11, 21),
    stale=False,
    proceedings=(PAUSED,),
    notices=MESSAGES,
)
STALLED = PAUSED.model_copy(
    update={
        "stage": "CI01",
        "icon": "clock",
        "stalled": True,
        "unchanged": True,
        "days_still": 94,
        "since": date(2026, 8, 21),
    }
)
OFFICES = [
    FreshnessView(institution=INSTITUTION, office=office, last_signal_on=last_signal, state=state)
    for office, last_signal, state in [
        ("Agencia CUH-1", date(2026, 11, 22), Freshness.UP_TO_DATE),
        ("Agencia CUH-2", date(2026, 11, 18), Freshness.BEHIND),
        ("Agencia CUH-3", date(2026, 10, 1), Freshness.NO_SIGNAL),
        ("Agencia CUH-4", None, Freshness.NO_SIGNAL),
    ]
]
STALLED_STALE = STALLED.model_copy(update={"stalled": False, "stale": True})
STILL = PAUSED.model_copy(update={"stalled": True, "unchanged": True})
OFFERING = CASE.model_copy(update={"proceedings": (MOVED, WITH_RIGHTS, STILL)})
HELP = help_places()
SESSION = SessionView(ends_at=datetime(2026, 11, 23, 20, 42, tzinfo=UTC), idle_minutes=10, shared_device=False)


def _contact(number: int, ending: str, state: str, **changes: Any) -> ContactView:
    usual: dict[str, Any] = {
        "id": UUID(int=number),
        "channel": "sms",
        "ending": ending,
        "state": state,
        "hours": None,
        "time_zone": "America/Mexico_City",
        "starts_at": None,
        "starts_on": None,
        "reconfirm_by": None,
        "confirmed_in_person": False,
        "wants_code": False,
        "asked_again": False,
    }
    return ContactView(**(usual | changes))


CONTACTS = [
    _contact(3, "42", "confirmed", hours="09:00-18:00"),
    _contact(5, "31", "to_be_confirmed"),
    _contact(4, "17", "to_be_confirmed", wants_code=True),
]
OTHER_CONTACTS = [
    _contact(3, "42", "waiting", starts_at=RECEIVED_AT, starts_on=date(2026, 11, 25)),
    _contact(4, "ez", "stopped", channel="email"),
    _contact(5, "31", "stopped"),
    _contact(6, "32", "confirm_again", wants_code=True),
    _contact(7, "33", "confirmed", reconfirm_by=date(2026, 12, 5), asked_again=True),
]
OTHERS = [
    (OtherAccess(UUID(int=8), RECEIVED_AT, represents_her=True), RECEIVED_AT.date()),
    (OtherAccess(UUID(int=9), RECEIVED_AT, represents_her=False), RECEIVED_AT.date()),
]
CHOICES = Choices(
    stall_alerts=False,
    urgent_alerts=False,
    wording=Wording.NEUTRAL,
    policy=ContactPolicy.NOTIFY,
    has_code_word=False,
    language="es",
    institution="FGJ-09",
    high_risk=False,
)
FORM: dict[str, Any] = {"opens": "09:00", "closes": "18:00", "time_zone": "America/Mexico_City", "zones": ZONES}
NEW_CONTACT = FORM | {"address": "", "safe": "", "found": ()}
SIGN_IN: dict[str, Any] = {
    "ended": False,
    "found": (),
    "case_number": "",
    "shared_device": False,
    "institutions": [("09", "Ciudad de México"), ("16", "Michoacán")],
    "institution_code": "",
    "pin_length": 11,
}
REPORT: dict[str, Any] = {"view": CASE, "reasons": REASONS, "line": 1, "told": False, "found": ()}
WRONG = (
    Found("No pudimos abrir con esos datos. Revisa el número de tu caso y tu PIN."),
    Found("Escribe el número de tu caso o tu folio.", "case_number"),
    Found("El PIN parece tener un número cambiado o de menos.", "pin"),
)


def _case(**changes: Any) -> dict[str, Any]:
    shown = {"view": CASE.model_copy(update=changes), "session": SESSION, "today": TODAY}
    return shown | {"help_near": HELP.near(CASE.office.region), "contact_news": ContactNews(None, not_arrived=False)}


def _contacts(contacts: list[ContactView], **changes: Any) -> dict[str, Any]:
    choices = changes.pop("choices", CHOICES)
    usual = {
        "others": None,
        "done": "",
        "found": (),
        "stall_alerts": False,
        "urgent_alerts": False,
        "wording": choices.wording,
        "choices": choices,
    }
    return {"contacts": contacts, "texts": texts_of(choices)} | usual | changes


def _documents(view: CaseView, **changes: Any) -> dict[str, Any]:
    offered = {"requests": requests_of(view), "reminders": reminders_of(view), "lines": len(view.proceedings)}
    return {"view": view, "shared": False, "found": ()} | offered | changes


def _signed_in(template: str, path: str, context: dict[str, Any]) -> SamplePage:
    return SamplePage(template, path, context, signed_in=True)


PAGES = {
    "home": SamplePage("victims/home.html", "/"),
    "home-signed-in": _signed_in("victims/home.html", "/", {}),
    "sign-in": SamplePage("victims/sign_in.html", "/entrar", SIGN_IN),
    "sign-in-ended": SamplePage("victims/sign_in.html", "/entrar", SIGN_IN | {"ended": True}),
    "sign-in-wrong": SamplePage(
        "victims/sign_in.html",
        "/entrar",
        SIGN_IN | {"found": WRONG, "case_number": "ci-123", "shared_device": True, "institution_code": "16"},
        to_check=True,
    ),
    "wait": SamplePage("victims/wait.html", "/entrar", {"again_at": "14:42", "minutes": 4}),
    "case": _signed_in("victims/case.html", "/caso", _case()),
    "case-rights": _signed_in("victims/case.html", "/caso", _case(proceedings=(MOVED, WITH_RIGHTS, ENDED))),
    "case-stalled": _signed_in("victims/case.html", "/caso", _case(proceedings=(STALLED,))),
    "case-stalled-stale": _signed_in("victims/case.html", "/caso", _case(proceedings=(STALLED_STALE,), stale=True)),
    "case-shared": _signed_in(
        "victims/case.html",
        "/caso",
        _case(proceedings=(WITH_RIGHTS, STALLED)) | {"session": SESSION.model_copy(update={"shared_device": True})},
    ),
    "offices": SamplePage("victims/freshness.html", "/estado", {"offices": OFFICES}),
    "case-contacts": _signed_in(
        "victims/case.html", "/caso", _case() | {"contact_news": ContactNews(TODAY, not_arrived=True)}
    ),
    "case-stale": _signed_in("victims/case.html", "/caso", _case(stale=True, notices=())),
    "case-never-fresh": _signed_in("victims/case.html", "/caso", _case(stale=True, information_as_of=None)),
    "case-empty": _signed_in("victims/case.html", "/caso", _case(proceedings=(), notices=())),
    "history": _signed_in("victims/history.html", "/caso/historia", _case(proceedings=(PAUSED, MOVED))),
    "history-empty": _signed_in("victims/history.html", "/caso/historia", _case(proceedings=())),
    "messages": _signed_in("victims/messages.html", "/caso/avisos", _case()),
    "messages-none": _signed_in("victims/messages.html", "/caso/avisos", _case(notices=())),
    "contacts": _signed_in("victims/contacts.html", "/caso/contactos", _contacts(CONTACTS)),
    "contacts-confirmed": _signed_in(
        "victims/contacts.html", "/caso/contactos", _contacts(OTHER_CONTACTS, done="confirmado")
    ),
    "contacts-none": _signed_in(
        "victims/contacts.html",
        "/caso/contactos",
        _contacts([], done="guardado", stall_alerts=True, urgent_alerts=True),
    ),
    "contacts-paused": _signed_in(
        "victims/contacts.html",
        "/caso/contactos",
        _contacts(CONTACTS, choices=replace(CHOICES, policy=ContactPolicy.PAUSED, has_code_word=True)),
    ),
    "contacts-never": _signed_in(
        "victims/contacts.html",
        "/caso/contactos",
        _contacts([], done="quitado", choices=replace(CHOICES, policy=ContactPolicy.DO_NOT_CONTACT, high_risk=True)),
    ),
    "contacts-others": _signed_in("victims/contacts.html", "/caso/contactos", _contacts(CONTACTS, others=OTHERS)),
    "contacts-nobody-else": _signed_in("victims/contacts.html", "/caso/contactos", _contacts([], others=[])),
    "new-contact": _signed_in("victims/new_contact.html", "/caso/contactos/nuevo", NEW_CONTACT),
    "new-contact-wrong": SamplePage(
        "victims/new_contact.html",
        "/caso/contactos/nuevo",
        NEW_CONTACT
        | {
            "found": (
                Found("Ese número o correo no se puede usar. Revísalo o escribe otro.", "address"),
                Found("Elige una opción.", "safe"),
                Found("Escribe dos horas, como 09:00 y 18:00, o deja las dos vacías.", "opens"),
                Found("Escribe tu PIN para confirmar que eres tú.", "pin"),
            )
        },
        signed_in=True,
        to_check=True,
    ),
    "change-contact-stopped": _signed_in(
        "victims/change_contact.html",
        "/caso/contactos/00000000-0000-0000-0000-000000000004/cambiar",
        FORM | {"contact": OTHER_CONTACTS[1], "found": ()},
    ),
    "change-contact": _signed_in(
        "victims/change_contact.html",
        "/caso/contactos/00000000-0000-0000-0000-000000000003/cambiar",
        FORM | {"contact": CONTACTS[0], "found": ()},
    ),
    "contacts-pin-wrong": SamplePage(
        "victims/contacts.html",
        "/caso/contactos",
        _contacts(CONTACTS, found=(Found("No pudimos confirmar que eres tú. Mira otra vez tu PIN.", "pin-words"),)),
        signed_in=True,
        to_check=True,
    ),
    "documents": _signed_in("victims/documents.html", "/caso/documentos", _documents(OFFERING)),
    "documents-one-line": _signed_in(
        "victims/documents.html",
        "/caso/documentos",
        _documents(CASE.model_copy(update={"proceedings": (WITH_RIGHTS,)})),
    ),
    "documents-unmarked-wrong": SamplePage(
        "victims/documents.html",
        "/caso/documentos",
        _documents(OFFERING, found=(Found("Marca la casilla «Sé que el archivo queda en este equipo»."),)),
        signed_in=True,
        to_check=True,
    ),
    "check": SamplePage("victims/check.html", "/verificar", {"issued_on": None, "found": ()}),
    "check-genuine": SamplePage("victims/check.html", "/verificar", {"issued_on": TODAY, "found": ()}),
    "check-wrong": SamplePage(
        "victims/check.html",
        "/verificar",
        {"issued_on": None, "found": (Found("No encontramos ese código.", "code"),)},
        to_check=True,
    ),
    "documents-none": _signed_in("victims/documents.html", "/caso/documentos", _documents(CASE)),
    "documents-shared": _signed_in("victims/documents.html", "/caso/documentos", _documents(OFFERING, shared=True)),
    "confirm-contact": _signed_in(
        "victims/confirm_contact.html", "/caso/contactos/00000000-0000-0000-0000-000000000004", {"found": ()}
    ),
    "confirm-contact-wrong": SamplePage(
        "victims/confirm_contact.html",
        "/caso/contactos/00000000-0000-0000-0000-000000000004",
        {"found": (Found("Ese código no sirve o ya venció.", "code"),)},
        signed_in=True,
        to_check=True,
    ),
    "report": _signed_in("victims/report.html", "/caso/reporte", REPORT),
    "report-told": _signed_in("victims/report.html", "/caso/reporte", REPORT | {"told": True}),
    "report-wrong": SamplePage(
        "victims/report.html",
        "/caso/reporte",
        REPORT | {"found": (Found("Elige una opción.", "reason"),)},
        signed_in=True,
        to_check=True,
    ),
    "signed-out": SamplePage("victims/signed_out.html", "/salir"),
    "unsubscribe": SamplePage("victims/unsubscribe.html", "/avisos/baja/a", {"token": "a", "done": False}),
    "unsubscribed": SamplePage("victims/unsubscribe.html", "/avisos/baja/a", {"token": "a", "done": True}),
    "lost-pin": SamplePage("victims/lost_pin.html", "/perdi-mi-pin"),
    "help-stages": SamplePage(
        "victims/help_stages.html", "/ayuda/etapas", {"tables": stage_tables, "glossary": glossary()}
    ),
    "help-safety": SamplePage("victims/help_safety.html", "/ayuda/seguridad", {"help_places": HELP}),
    "help-messages": SamplePage("victims/help_messages.html", "/ayuda/mensajes"),
    "help-privacy": SamplePage("victims/help_privacy.html", "/privacidad"),
    "help-accessibility": SamplePage("victims/help_accessibility.html", "/accesibilidad"),
    "problem": SamplePage(
        "errors/problem.html",
        "/nada",
        {
            "title": "No encontramos esa página",
            "detail": "Puede que la dirección cambiara.",
            "found": (),
            "reference": "ab12",
        },
    ),
    "outbox": SamplePage(
        "demo/outbox.html",
        "/outbox",
        {
            "messages": [
                {"channel": "sms", "to": "+525500000042", "subject": "", "body": "Hay una novedad.", "at": RECEIVED_AT}
            ]
        },
    ),
}
