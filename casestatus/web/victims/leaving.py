"""Signing out, and leaving at once."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from casestatus.access.victim_sessions import end_session
from casestatus.database.again import again_when_given_up
from casestatus.web.cookies import FORM, SESSION, cookie, take_cookie
from casestatus.web.dependencies import service_of
from casestatus.web.forms import require_own_form
from casestatus.web.victims.answering import page, visit_of

router = APIRouter()


@router.post("/salir")
def sign_out(request: Request, csrf_token: Annotated[str, Form()] = "") -> Response:
    """Ends the session, then says so on a page of its own that may be loaded again."""
    require_own_form(request, csrf_token)
    _end_session(request)
    answer = RedirectResponse("/salir", 303)
    take_cookie(request, answer, SESSION)
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


@router.get("/salir")
def signed_out(request: Request) -> Response:
    """Says that the session ended; leads back to the case while it hasn't."""
    database = service_of(request).database
    with database.reading() as session:
        still_in = visit_of(request, session, now=database.now()) is not None
    return RedirectResponse("/caso", 303) if still_in else page(request, "victims/signed_out.html")


@router.get("/salir-ya")
def leave_now(request: Request) -> Response:
    """Away at once: the one GET that changes state, and all it does is to end her session."""
    _end_session(request)
    answer = RedirectResponse(service_of(request).settings.exit_url, 303)
    for name in (SESSION, FORM):
        take_cookie(request, answer, name)
    answer.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return answer


@again_when_given_up
def _end_session(request: Request) -> None:
    if token := cookie(request, SESSION):
        with service_of(request).database.writing() as session:
            end_session(session, token)
