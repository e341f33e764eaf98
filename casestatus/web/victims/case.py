"""Her case, its history, and the messages that left."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from casestatus.web.victims.answering import Visit, her_page
from casestatus.web.victims.reading import case_of, contact_news
from casestatus.web.views import SessionView

router = APIRouter(prefix="/caso")


@router.get("")
def case_page(request: Request) -> Response:
    """Where each line stands, what it means, and how fresh that is."""
    return her_page(request, "victims/case.html", _case_and_help)


@router.get("/historia")
def history_page(request: Request) -> Response:
    """Every visible event, the newest first."""
    return her_page(request, "victims/history.html", _case)


@router.get("/avisos")
def messages_page(request: Request) -> Response:
    """What left, when, and what is known of it."""
    return her_page(request, "victims/messages.html", _case)


def _case(visit: Visit) -> Mapping[str, Any]:
    view = case_of(visit.service, visit.session, visit.current, visit.words, now=visit.now)
    today = visit.now.astimezone(ZoneInfo(view.office.time_zone)).date()
    return {"view": view, "session": _session(visit), "today": today}


def _case_and_help(visit: Visit) -> Mapping[str, Any]:
    shown = _case(visit)
    news = contact_news(visit.session, visit.current, now=visit.now)
    return {**shown, "contact_news": news, "help_near": visit.service.help_places.near(shown["view"].office.region)}


def _session(visit: Visit) -> SessionView:
    current, limits = visit.current, visit.service.settings.limits
    idle = limits.session_idle_shared if current.shared_device else limits.session_idle
    return SessionView(
        ends_at=min(current.idle_ends_at, current.ends_at),
        idle_minutes=idle // 60,
        shared_device=current.shared_device,
    )
