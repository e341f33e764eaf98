"""Her contacts: which there are, and what she chose of how she is written to."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, Literal, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from casestatus.access.closing import end_representation
from casestatus.access.victim_sessions import end_sessions
from casestatus.database.again import again_when_given_up
from casestatus.errors import N_, CaseStatusProblem, NotFound
from casestatus.notices.words import sms_text
from casestatus.victims.accesses import other_accesses
from casestatus.victims.choices import (
    Choices,
    choices_of,
    choose_code_word,
    choose_policy,
    choose_stall_alerts,
    choose_urgent_alerts,
    choose_wording,
)
from casestatus.victims.contacts import zone_of_office
from casestatus.victims.models import ContactPolicy, Wording
from casestatus.web.dependencies import service_of
from casestatus.web.pages import Found
from casestatus.web.victims.answering import Visit, her_page, to_the_door
from casestatus.web.victims.own_pin import her_by_pin
from casestatus.web.victims.reading import contacts_of

router = APIRouter(prefix="/caso/contactos")

Done = Literal["", "confirmado", "guardado", "quitado"]
Part = Literal["alerts", "words", "pause", "accesses", "sessions"]
POLICIES = {
    "pause": ContactPolicy.PAUSED,
    "never": ContactPolicy.DO_NOT_CONTACT,
    "resume": ContactPolicy.NOTIFY,
}
CHOOSE = N_("Elige una opción.")
SAMPLE_REFERENCE = "K7M"


@router.get("")
def contacts_page(request: Request, hecho: str = "") -> Response:
    """The list, what still waits for a code, and her choices."""
    done = hecho if hecho in get_args(Done) else ""
    return her_page(request, "victims/contacts.html", lambda visit: {**_shown(visit), "done": done})


@router.get("/{form}")
def after_a_form(form: Literal["alertas", "forma", "pausa", "accesos", "sesiones"]) -> Response:
    """Where the link to the other language leads from a page that answered a form."""
    return RedirectResponse(f"/caso/contactos#{form}", 303)


@router.post("/alertas")
def choose_alerts(
    request: Request,
    csrf_token: Annotated[str, Form()] = "",
    stall_alerts: Annotated[str, Form()] = "",
    urgent_alerts: Annotated[str, Form()] = "",
    pin: Annotated[str, Form()] = "",
) -> Response:
    """Keeps whether she wants to be told when nothing moves, and at any hour of what is urgent, after her PIN."""
    chosen = {"stall_alerts": stall_alerts == "yes", "urgent_alerts": urgent_alerts == "yes"}

    def keep(session: Session, her: UUID) -> None:
        choose_stall_alerts(session, her, wanted=chosen["stall_alerts"])
        choose_urgent_alerts(session, her, wanted=chosen["urgent_alerts"])

    return _change(request, csrf_token, pin, "alerts", keep, chosen)


@router.post("/forma")
def choose_words(
    request: Request,
    csrf_token: Annotated[str, Form()] = "",
    wording: Annotated[str, Form()] = "",
    code_word: Annotated[str, Form()] = "",
    pin: Annotated[str, Form()] = "",
) -> Response:
    """Keeps in which words she is written to; a code word left empty stays as it is."""
    if wording not in set(Wording):
        return _again(request, [(CHOOSE, "words")], 422, {})
    keys = service_of(request).keys

    def keep(session: Session, her: UUID) -> None:
        if code_word.strip():
            choose_code_word(session, her, code_word, keys=keys)
        choose_wording(session, her, Wording(wording))

    return _change(request, csrf_token, pin, "words", keep, {"wording": Wording(wording)})


@router.post("/pausa")
def choose_pause(
    request: Request,
    csrf_token: Annotated[str, Form()] = "",
    act: Annotated[str, Form()] = "",
    pin: Annotated[str, Form()] = "",
) -> Response:
    """Nothing is sent from now on, or again."""
    if act not in POLICIES:
        return _again(request, [(CHOOSE, "pin-pause")], 422, {})

    def keep(session: Session, her: UUID) -> None:
        choose_policy(session, her, POLICIES[act])

    return _change(request, csrf_token, pin, "pause", keep, {})


@router.post("/accesos")
def show_accesses(
    request: Request, csrf_token: Annotated[str, Form()] = "", pin: Annotated[str, Form()] = ""
) -> Response:
    """Who else has access, once her PIN says that it is she: whoever stands behind her needn't learn of an adviser."""
    her = her_by_pin(request, csrf_token, pin)
    if her is None:
        return to_the_door(request)
    if isinstance(her, CaseStatusProblem):
        return _refused(request, her, "pin-accesses", {})

    def context(visit: Visit) -> Mapping[str, Any]:
        zone = ZoneInfo(zone_of_office(visit.session, her))
        others = [(other, other.given_at.astimezone(zone).date()) for other in other_accesses(visit.session, her)]
        return {**_shown(visit), "others": others}

    return her_page(request, "victims/contacts.html", context)


@router.post("/accesos/{other_id:uuid}")
def end_access(
    request: Request, other_id: UUID, csrf_token: Annotated[str, Form()] = "", pin: Annotated[str, Form()] = ""
) -> Response:
    """Ends the access of somebody who represents her."""
    now = service_of(request).database.now()

    def keep(session: Session, her: UUID) -> None:
        end_representation(session, her, other_id, now=now)

    return _change(request, csrf_token, pin, "accesses", keep, {})


@router.post("/sesiones")
def close_everywhere(
    request: Request, csrf_token: Annotated[str, Form()] = "", pin: Annotated[str, Form()] = ""
) -> Response:
    """Signs out on every device, this one too."""
    answer = _change(request, csrf_token, pin, "sessions", end_sessions, {})
    return to_the_door(request) if answer.status_code == HTTPStatus.SEE_OTHER else answer


def _change(
    request: Request,
    csrf_token: str,
    pin: str,
    part: Part,
    keep: Callable[[Session, UUID], None],
    typed: Mapping[str, Any],
) -> Response:
    """Keep a choice after her PIN, or say on the same page what to check."""
    her = her_by_pin(request, csrf_token, pin)
    if her is None:
        return to_the_door(request)
    if isinstance(her, CaseStatusProblem):
        return _refused(request, her, f"pin-{part}", typed)

    @again_when_given_up
    def kept() -> None:
        with service_of(request).database.writing() as session:
            keep(session, her)

    try:
        kept()
    except NotFound:
        raise
    except CaseStatusProblem as problem:
        return _refused(request, problem, problem.fields[0].field if problem.fields else f"pin-{part}", typed)
    return RedirectResponse("/caso/contactos?hecho=guardado", 303)


def _refused(request: Request, problem: CaseStatusProblem, field: str, typed: Mapping[str, Any]) -> Response:
    """Her page again with what to check: the PIN is never sent back, her choice is."""
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise problem
    answer = _again(request, [(problem.detail, field)], problem.status, typed)
    if problem.retry_after:
        answer.headers["Retry-After"] = str(problem.retry_after)
    return answer


def _again(request: Request, found: list[tuple[str, str]], status: int, typed: Mapping[str, Any]) -> Response:
    def context(visit: Visit) -> Mapping[str, Any]:
        problems = [Found(visit.words.gettext(said), field) for said, field in found]
        return {**_shown(visit), **typed, "found": problems}

    return her_page(request, "victims/contacts.html", context, status=status)


def _shown(visit: Visit) -> dict[str, Any]:
    choices = choices_of(visit.session, visit.current.victim_id)
    return {
        "contacts": contacts_of(visit.session, visit.current, now=visit.now),
        "choices": choices,
        "texts": texts_of(choices),
        "wording": choices.wording,
        "stall_alerts": choices.stall_alerts,
        "urgent_alerts": choices.urgent_alerts,
        "others": None,
        "done": "",
        "found": (),
    }


def texts_of(choices: Choices) -> dict[Wording, str]:
    """The very messages among which she chooses, in the language in which she gets them."""
    language: Literal["es", "en"] = "en" if choices.language == "en" else "es"
    return {
        wording: sms_text(
            "notice", language, wording.value, reference=SAMPLE_REFERENCE, institution=choices.institution
        )
        for wording in Wording
    }
