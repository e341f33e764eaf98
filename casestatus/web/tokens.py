"""Where offices' systems get their access tokens: OAuth 2.0 client credentials (RFC 6749 §4.4)."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated
from urllib.parse import unquote_plus

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse

from casestatus.access.clients import OAuthRefused, grant_access
from casestatus.web.dependencies import Service, service_of

router = APIRouter(prefix="/oauth", tags=["offices"])
Parameter = Annotated[Sequence[str], Form()]


@router.post("/token")
def token(
    request: Request,
    parts: Annotated[Service, Depends(service_of)],
    grant_type: Parameter = (),
    client_id: Parameter = (),
    client_secret: Parameter = (),
    scope: Parameter = (),
) -> JSONResponse:
    """An access token for ten minutes. Credentials come by HTTP Basic or in the body; other fields are ignored."""
    try:
        asked_grant = _only(grant_type)
        if asked_grant != "client_credentials":
            raise OAuthRefused("unsupported_grant_type" if asked_grant else "invalid_request")
        in_body = (_only(client_id), _only(client_secret))
        named = _credentials(_basic(request.headers.get("authorization", "")), in_body)
        with parts.database.reading() as session:
            granted = grant_access(
                session,
                parts.keys,
                client_id=named[0],
                client_secret=named[1],
                scope=_only(scope) or None,
                limits=parts.settings.limits,
                now=parts.database.now(),
            )
    except OAuthRefused as refused:
        return _refusal(refused)
    return JSONResponse(asdict(granted), headers={"Pragma": "no-cache"})


def _only(values: Sequence[str]) -> str:
    """A parameter's value, empty if it wasn't sent. RFC 6749 §3.2: none may be sent twice."""
    if len(values) > 1:
        raise OAuthRefused("invalid_request")
    return values[0] if values else ""


def _credentials(by_basic: tuple[str, str] | None, in_body: tuple[str, str]) -> tuple[str, str]:
    """One of both. RFC 6749 §2.3: a client uses one way to authenticate; its bare name may stand in the body, too."""
    if by_basic is None:
        return in_body
    if in_body[1] or in_body[0] not in {"", by_basic[0]}:
        raise OAuthRefused("invalid_request")
    return by_basic


def _refusal(refused: OAuthRefused) -> JSONResponse:
    """RFC 6749 §5.2's own form."""
    headers = {"WWW-Authenticate": 'Basic realm="casestatus"'} if refused.status == 401 else {}
    return JSONResponse({"error": refused.error}, refused.status, headers=headers)


def _basic(header: str) -> tuple[str, str] | None:
    """Identifier and secret of HTTP Basic, each form-encoded first (RFC 6749 §2.3.1); None when it isn't used."""
    kind, _, credentials = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise OAuthRefused("invalid_client", 401) from None
    return unquote_plus(name), unquote_plus(secret)
