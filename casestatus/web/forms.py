"""Forms of ours only: another site can't send them in a visitor's name (security.md, "Sessions")."""

import hmac
from urllib.parse import urlsplit

from fastapi import Request

from casestatus.crypto import new_token
from casestatus.errors import N_, Forbidden
from casestatus.web.cookies import FORM, cookie


class FormNotOurs(Forbidden):
    """403: the form didn't come from a page that we gave to this browser."""

    type = "form-not-ours"
    title = N_("Abre la página otra vez.")
    detail = N_("La página estuvo abierta mucho tiempo o no es de aquí. Empieza desde el inicio. No se cambió nada.")


def form_token(request: Request) -> str:
    """What this browser's forms carry, and its cookie too; a new one if it has none."""
    return cookie(request, FORM) or new_token()


def require_own_form(request: Request, token: str) -> None:
    """Raises FormNotOurs. What the browser says of a form's origin decides first; the token is needed always."""
    ours = cookie(request, FORM)
    same_token = ours is not None and hmac.compare_digest(ours.encode(), token.encode())
    if not (same_token and _is_from_here(request)):
        raise FormNotOurs


def _is_from_here(request: Request) -> bool:
    if site := request.headers.get("sec-fetch-site"):
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
