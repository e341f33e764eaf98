"""How a page becomes an answer: its frame, its form token, and the way back to the door for whoever isn't signed in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from casestatus.access.victim_sessions import CurrentSession, current_session
from casestatus.victims.status import institution_to_name
from casestatus.web.cookies import FORM, SESSION, cookie, give_cookie, take_cookie
from casestatus.web.dependencies import Service, language_of, service_of
from casestatus.web.forms import form_token
from casestatus.web.pages import Frame, render_page
from casestatus.wording import Wording


@dataclass(frozen=True)
class Visit:
    """One request of a victim who is signed in, inside one transaction."""

    service: Service
    session: Session
    current: CurrentSession
    words: Wording
    now: datetime


def page(
    request: Request,
    template_name: str,
    *,
    status: int = 200,
    signed_in: bool = False,
    institution: str | None = None,
    **context: Any,
) -> Response:
    """The page in the reader's language, with a token for its forms."""
    token = form_token(request)
    frame = Frame(
        language=language_of(request),
        path=request.url.path,
        service_name=service_of(request).settings.service_name,
        signed_in=signed_in,
        csrf_token=token,
        institution=institution,
        to_check=bool(context.get("found")),
    )
    html = render_page(frame, template_name, **context)
    answer = HTMLResponse(html, status)
    if token in html and cookie(request, FORM) != token:  # a page without a form leaves no trace in the browser
        give_cookie(request, answer, FORM, token)
    return answer


def her_page(
    request: Request, template_name: str, context: Callable[[Visit], Mapping[str, Any]], *, status: int = 200
) -> Response:
    """A page of hers, or the way to the door. `context` reads what the page shows."""
    service = service_of(request)
    with service.database.reading() as session:
        visit = visit_of(request, session, now=service.database.now())
        if visit is None:
            return to_the_door(request)
        institution = institution_to_name(session, visit.current.victim_id)
        shown = context(visit)
    return page(request, template_name, status=status, signed_in=True, institution=institution, **shown)


def visit_of(request: Request, session: Session, *, now: datetime) -> Visit | None:
    """Who is signed in by the cookie; None when nobody is, or not any more."""
    service, token = service_of(request), cookie(request, SESSION)
    if not token:
        return None
    current = current_session(session, token, service.last_seen, service.settings.limits, now=now)
    return Visit(service, session, current, Wording.of(language_of(request)), now) if current else None


def is_signed_in(request: Request) -> bool:
    """Whether a page that everybody may read should lead back to her case."""
    if not cookie(request, SESSION):
        return False
    database = service_of(request).database
    with database.reading() as session:
        return visit_of(request, session, now=database.now()) is not None


def to_the_door(request: Request) -> Response:
    """To the sign-in page, which says so when a session has ended."""
    ended = cookie(request, SESSION) is not None
    answer = RedirectResponse("/entrar?sesion=terminada" if ended else "/entrar", 303)
    if ended:
        take_cookie(request, answer, SESSION)
    return answer
