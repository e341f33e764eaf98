"""Who asks, by the token that a sign-in gave to a program; and what a program may write on one line."""

import unicodedata
from datetime import datetime
from typing import Annotated

from fastapi import Request
from pydantic import AfterValidator, Field
from sqlalchemy.orm import Session

from casestatus.access.victim_sessions import CurrentSession, current_session
from casestatus.errors import Unauthorized
from casestatus.web.dependencies import service_of


def _printable(value: str) -> str:
    """What is pasted may bring blanks along; NUL and its like are nobody's typing, and PostgreSQL can't keep them."""
    if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in value if sign not in "\t\n\v\f\r"):
        raise ValueError("with control characters")
    return value


Line = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_printable)]


def current_of(request: Request, session: Session, *, now: datetime) -> CurrentSession:
    """The session of the token that the request carries. Raises Unauthorized when it ended or never was."""
    service = service_of(request)
    current = current_session(session, token_of(request), service.last_seen, service.settings.limits, now=now)
    if current is None:
        raise Unauthorized
    return current


def require_session(request: Request) -> None:
    """A dependency: 401 before a word is said of what a body holds. Raises Unauthorized as `current_of`."""
    database = service_of(request).database
    with database.reading() as session:
        current_of(request, session, now=database.now())


def token_of(request: Request) -> str:
    """The bearer token (RFC 6750). Raises Unauthorized when there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized
    return token.strip()
