"""What everybody may read: the first page, help, and the choice of language."""

import re

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from casestatus.cases.glossary import glossary
from casestatus.errors import NotFound
from casestatus.web.cookies import remember_language
from casestatus.web.dependencies import service_of
from casestatus.web.stages_view import stage_tables
from casestatus.web.victims.answering import is_signed_in, page
from casestatus.wording import LANGUAGES

router = APIRouter()

TEMPLATES = {
    "/": "victims/home.html",
    "/perdi-mi-pin": "victims/lost_pin.html",
    "/ayuda": "victims/help_safety.html",
    "/ayuda/seguridad": "victims/help_safety.html",
    "/seguridad": "victims/help_safety.html",
    "/ayuda/mensajes": "victims/help_messages.html",
    "/privacidad": "victims/help_privacy.html",
    "/accesibilidad": "victims/help_accessibility.html",
}
OWN_PATH = re.compile(r"/(?:[A-Za-z0-9][A-Za-z0-9/._-]*(?:\?[A-Za-z0-9=&.%+_~-]*)?)?")


def public_page(request: Request) -> Response:
    """The same for everybody, but for the way back to her case while she is signed in."""
    help_places = service_of(request).help_places
    return page(request, TEMPLATES[request.url.path], signed_in=is_signed_in(request), help_places=help_places)


for path in TEMPLATES:
    router.add_api_route(path, public_page, methods=["GET", "HEAD"])


@router.api_route("/ayuda/etapas", methods=["GET", "HEAD"])
def stages_page(request: Request) -> Response:
    """What each stage means: both models drawn and as tables, and the law's words in plain ones."""
    signed_in = is_signed_in(request)
    return page(request, "victims/help_stages.html", signed_in=signed_in, tables=stage_tables, glossary=glossary())


@router.get("/idioma/{language}")
def choose_language(request: Request, language: str, volver: str = "/") -> Response:
    """Keeps the choice and leads back to where she was, on this site only."""
    for offered in LANGUAGES:
        if language == offered:
            answer = RedirectResponse(volver if OWN_PATH.fullmatch(volver) else "/", 303)
            remember_language(request, answer, offered)
            return answer
    raise NotFound
