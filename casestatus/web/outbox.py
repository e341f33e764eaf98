"""The demo's message page: what a real service would send, on this machine only. Mounted in demo mode alone."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from casestatus.notices.models import OutboxMessage
from casestatus.notices.outbox import outbox_messages
from casestatus.web.dependencies import Service, language_of, service_of
from casestatus.web.pages import Frame, render_page

router = APIRouter(include_in_schema=False)


@router.get("/demo/mensajes")
def outbox(request: Request, parts: Annotated[Service, Depends(service_of)]) -> Response:
    """The newest messages first, as a page or, for `Accept: application/json`, as a list."""
    with parts.database.reading() as session:
        messages = outbox_messages(session)
        session.expunge_all()
    if "application/json" in request.headers.get("accept", ""):
        listed = [
            {
                "channel": each.channel,
                "to": each.to,
                "subject": each.subject,
                "body": each.body,
                "at": each.at.isoformat(),
            }
            for each in messages
        ]
        return JSONResponse(listed)
    language = language_of(request)
    frame = Frame(language=language, path=request.url.path, service_name=parts.settings.service_name)
    return HTMLResponse(render_page(frame, "demo/outbox.html", messages=messages))


def _listed(message: OutboxMessage) -> dict[str, str]:
    return {
        "channel": message.channel,
        "to": message.to,
        "subject": message.subject,
        "body": message.body,
        "at": message.at.isoformat(),
    }
