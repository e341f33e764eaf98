"""The sign-in page: a number and a PIN, one form, one answer for every wrong try."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from casestatus.access.entries import PinMistyped
from casestatus.access.sign_in import Knock, SignedIn, SignInWrong
from casestatus.access.victim_sessions import end_session
from casestatus.cases.number_text import NumberUnreadable
from casestatus.crypto import new_token
from casestatus.database.again import again_when_given_up
from casestatus.errors import N_, CaseStatusProblem, Throttled
from casestatus.offices.listing import institutions
from casestatus.web.cookies import FORM, SESSION, cookie, give_cookie
from casestatus.web.dependencies import address_of, language_of, service_of
from casestatus.web.forms import require_own_form
from casestatus.web.pages import Found
from casestatus.web.victims.answering import page
from casestatus.web.victims.letting_in import let_in
from casestatus.wording import Wording

router = APIRouter()

NUMBER_MISSING = N_("Escribe el número de tu caso o tu folio.")
PIN_MISSING = N_("Escribe este dato.")
ZONE_OF_ALL = "America/Mexico_City"  # before sign-in we don't know her office's


@dataclass(frozen=True)
class Typed:
    """What she typed. The PIN is never sent back."""

    case_number: str = ""
    pin: str = field(default="", repr=False)
    institution: str = ""
    shared_device: bool = False


@router.api_route("/entrar", methods=["GET", "HEAD"])
def sign_in_page(request: Request, sesion: str = "") -> Response:
    """The empty form; after a session ended it says so."""
    return _form(request, Typed(), ended=sesion == "terminada")


@router.post("/entrar")
def enter(
    request: Request,
    csrf_token: Annotated[str, Form()] = "",
    case_number: Annotated[str, Form()] = "",
    pin: Annotated[str, Form()] = "",
    institution: Annotated[str, Form()] = "",
    shared_device: Annotated[str, Form()] = "",
) -> Response:
    """Opens the session and leads to the case, or says what to check."""
    require_own_form(request, csrf_token)
    typed = Typed(case_number.strip(), pin.strip(), institution, shared_device == "yes")
    words = Wording.of(language_of(request))
    if missing := _missing(typed, words):
        return _form(request, typed, status=422, found=missing)
    service = service_of(request)
    knock = Knock(
        typed.case_number, typed.pin, address_of(request), typed.institution or None, shared_device=typed.shared_device
    )
    outcome = let_in(service, knock)
    if isinstance(outcome, SignedIn):
        return _opened(request, outcome)
    return _refused(request, typed, outcome.problem, words)


@again_when_given_up
def _opened(request: Request, signed_in: SignedIn) -> Response:
    """A new session for this browser; the one it had before ends."""
    if before := cookie(request, SESSION):
        with service_of(request).database.writing() as session:
            end_session(session, before)
    answer = RedirectResponse("/caso", 303)
    give_cookie(request, answer, SESSION, signed_in.token)
    give_cookie(request, answer, FORM, new_token())  # what stood on pages before the sign-in sends no form after it
    return answer


def _refused(request: Request, typed: Typed, problem: CaseStatusProblem, words: Wording) -> Response:
    match problem:
        case Throttled():
            return _wait(request, problem, words)
        case SignInWrong():
            found = Found(f"{words.gettext(problem.title)} {words.gettext(problem.detail)}")
        case PinMistyped():
            found = Found(words.gettext(problem.detail), "pin")
        case NumberUnreadable():
            found = Found(words.gettext(NUMBER_MISSING), "case_number")
        case _:
            raise problem
    return _form(request, typed, status=problem.status, found=[found])


def _wait(request: Request, problem: Throttled, words: Wording) -> Response:
    """How long, rounded up to a whole minute, so that nobody comes too early by the clock on the wall."""
    seconds = problem.retry_after or 0
    again_at = service_of(request).database.now() + timedelta(seconds=seconds + 59)
    answer = page(
        request,
        "victims/wait.html",
        status=problem.status,
        again_at=words.clock(again_at, ZONE_OF_ALL),
        minutes=-(-seconds // 60),
    )
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _form(
    request: Request, typed: Typed, *, status: int = 200, ended: bool = False, found: list[Found] | None = None
) -> Response:
    service = service_of(request)
    with service.database.reading() as session:
        offered = institutions(session)
    shown: dict[str, Any] = {
        "ended": ended,
        "found": found or [],
        "case_number": typed.case_number,
        "shared_device": typed.shared_device,
        "institution_code": typed.institution,
        "institutions": offered,
        "pin_length": service.settings.pin_digits + 1,
    }
    return page(request, "victims/sign_in.html", status=status, **shown)


def _missing(typed: Typed, words: Wording) -> list[Found]:
    checks = [(typed.case_number, "case_number", NUMBER_MISSING), (typed.pin, "pin", PIN_MISSING)]
    return [Found(words.gettext(said), name) for value, name, said in checks if not value]
