"""Cookies: never kept after the browser closes, never read by scripts, bound to this host in production."""

from fastapi import Request, Response

from casestatus.settings import Settings
from casestatus.web.dependencies import LANGUAGE_COOKIE, service_of
from casestatus.wording import Language

SESSION = "sesion"
FORM = "formulario"


def cookie(request: Request, name: str) -> str | None:
    """The cookie of ours with this name."""
    return request.cookies.get(_full_name(service_of(request).settings, name))


def give_cookie(request: Request, response: Response, name: str, value: str) -> None:
    """Sent back by this browser to this host only, and from no other site."""
    settings = service_of(request).settings
    response.set_cookie(
        _full_name(settings, name), value, secure=settings.over_https, httponly=True, samesite="strict", path="/"
    )


def take_cookie(request: Request, response: Response, name: str) -> None:
    """The browser forgets it."""
    settings = service_of(request).settings
    response.delete_cookie(
        _full_name(settings, name), secure=settings.over_https, httponly=True, samesite="strict", path="/"
    )


def remember_language(request: Request, response: Response, language: Language) -> None:
    """A preference and no secret, so it is kept when another site's link leads here."""
    secure = service_of(request).settings.over_https
    response.set_cookie(LANGUAGE_COOKIE, language, secure=secure, httponly=True, samesite="lax", path="/")


def _full_name(settings: Settings, name: str) -> str:
    """Browsers take a `__Host-` name over https only, so the demo goes without."""
    return f"__Host-{name}" if settings.over_https else name
