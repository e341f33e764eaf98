"""The unsubscribe button of a mail program: a page that asks, and the one click of RFC 8058 that needs no page.

The token is the whole authority, so neither asks for a form of ours; and nothing here tells a good token from another.
"""

from fastapi import APIRouter, Request, Response

from casestatus.database.again import again_when_given_up
from casestatus.notices.unsubscribing import is_ours, unsubscribe
from casestatus.web.dependencies import service_of
from casestatus.web.victims.answering import page

router = APIRouter(prefix="/avisos/baja")
TEMPLATE = "victims/unsubscribe.html"


@router.api_route("/{token}", methods=["GET", "HEAD"])
def ask(request: Request, token: str) -> Response:
    """Asks, the same of everybody; it doesn't even look: programs that read her mail follow links."""
    return page(request, TEMPLATE, token=token, done=False)


@router.post("/{token}")
@again_when_given_up
def stop(request: Request, token: str) -> Response:
    """Stops, if there is something to stop, and says that it is done."""
    service = service_of(request)
    with service.database.reading() as session:
        found = is_ours(session, token)
    if found:
        with service.database.writing() as session:
            unsubscribe(session, token, keys=service.keys, settings=service.settings, now=service.database.now())
    return page(request, TEMPLATE, token=token, done=True)
