"""Files for her to keep: printable requests, a neutral reminder, a constancia of her messages.

None on a shared device, none without a warning.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from casestatus.access.turns import take_turn
from casestatus.errors import N_, NotFound
from casestatus.notices.constancias import HERS, issue
from casestatus.web.dependencies import service_of
from casestatus.web.forms import require_own_form
from casestatus.web.pages import Found
from casestatus.web.papers import reminders_of, requests_of
from casestatus.web.victims.answering import Visit, her_page, to_the_door, visit_of
from casestatus.web.victims.reading import case_of
from casestatus.web.views import CaseView

router = APIRouter(prefix="/caso")

PAGE = "/caso/documentos"
REMINDER = N_("Recordatorio")
NOT_MARKED = N_("Marca la casilla «Sé que el archivo queda en este equipo».")
A_DAY = timedelta(hours=24)
Chosen = TypeVar("Chosen")
Line = Annotated[int, Form()]
Marked = Annotated[bool, Form()]


@router.get("/documentos")
def documents_page(request: Request, falta: str = "") -> Response:
    """What her lines offer now, after a warning; on a shared device only where to get it."""
    return _documents(request, unmarked=falta == "si")


@router.post("/documentos/{form}")
def download_request(
    request: Request, form: str, line: Line, csrf_token: Annotated[str, Form()] = "", knows: Marked = False
) -> Response:
    """A printable request of a line of hers, as PDF."""

    def made(visit: Visit, view: CaseView) -> Response:
        from casestatus.letters.requests import request_pdf  # fpdf2 is slow to import, and seldom needed

        chosen = _only([each for each in requests_of(view) if (each.line, each.form) == (line, form)])
        pdf = request_pdf(chosen.paper, chosen.facts, language=visit.words.language)
        return _file(pdf, "documento.pdf", "application/pdf")

    return _download(request, csrf_token, knows=knows, made=made)


@router.post("/recordatorio")
def download_reminder(
    request: Request,
    line: Line,
    right: Annotated[str, Form()],
    csrf_token: Annotated[str, Form()] = "",
    knows: Marked = False,
) -> Response:
    """A last day of a line of hers, for a calendar."""

    def made(visit: Visit, view: CaseView) -> Response:
        from casestatus.letters.reminder import reminder  # so is icalendar

        chosen = _only([each for each in reminders_of(view) if (each.line, each.right) == (line, right)])
        today = visit.now.astimezone(ZoneInfo(view.office.time_zone)).date()
        summary = visit.words.gettext(REMINDER)
        return _file(
            reminder(chosen.on, summary, today=today, uid=uuid4(), now=visit.now),
            "recordatorio.ics",
            "text/calendar; charset=utf-8",
        )

    return _download(request, csrf_token, knows=knows, made=made)


@router.post("/constancia")
def download_constancia(request: Request, csrf_token: Annotated[str, Form()] = "", knows: Marked = False) -> Response:
    """A document, as PDF, that proves which messages left for her."""

    def made(visit: Visit, _view: CaseView) -> Response:
        service, victim_id = visit.service, visit.current.victim_id
        with service.database.writing() as session:
            subject = service.keys.lookup("throttle", "constancia", str(victim_id))
            take_turn(session, subject, most=service.settings.limits.constancias_per_day, within=A_DAY, now=visit.now)
        pdf = issue(service.database, victim_id, HERS, language=visit.words.language, keys=service.keys, now=visit.now)
        return _file(pdf, "documento.pdf", "application/pdf")

    return _download(request, csrf_token, knows=knows, made=made)


def _download(
    request: Request, csrf_token: str, *, knows: bool, made: Callable[[Visit, CaseView], Response]
) -> Response:
    """The file, unless the device is shared or the warning wasn't marked as read."""
    require_own_form(request, csrf_token)
    service = service_of(request)
    with service.database.reading() as session:
        visit = visit_of(request, session, now=service.database.now())
        if visit is None:
            return to_the_door(request)
        view = _view(visit) if knows else None
    if visit.current.shared_device:
        return _documents(request, status=403)
    if view is None:  # back to the neutral address: the form's own would stay in the browser's history
        return RedirectResponse(f"{PAGE}?falta=si", 303)
    return made(visit, view)


def _documents(request: Request, *, unmarked: bool = False, status: int = 200) -> Response:
    def context(visit: Visit) -> Mapping[str, Any]:
        view = _view(visit)
        return {
            "view": view,
            "requests": requests_of(view),
            "reminders": reminders_of(view),
            "lines": len(view.proceedings),
            "shared": visit.current.shared_device,
            "found": [Found(visit.words.gettext(NOT_MARKED))] if unmarked else [],
        }

    return her_page(request, "victims/documents.html", context, status=status)


def _view(visit: Visit) -> CaseView:
    return case_of(visit.service, visit.session, visit.current, visit.words, now=visit.now)


def _only(found: list[Chosen]) -> Chosen:
    """Raises NotFound for what her lines don't offer: another's line and a hidden one are as good as none."""
    if not found:
        raise NotFound
    return found[0]


def _file(content: bytes, name: str, media_type: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
