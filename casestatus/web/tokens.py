"""Where offices' systems get their access tokens: OAuth 2.0 client credentials (RFC 6749 §4.4)."""

import base64
import binascii
from dataclasses import asdict
from typing import Annotated
from urllib.parse import unquote_plus

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse

from casestatus.access.clients import OAuthRefused, grant_access
from casestatus.web.dependencies import Service, service_of

router = APIRouter(prefix="/oauth", tags=["offices"])


@router.post("/token")
def token(
    request: Request,
    parts: Annotated[Service, Depends(service_of)],
    grant_type: Annotated[str, Form()] = "",
    client_id: Annotated[str, Form()] = "",
    client_secret: Annotated[str, Form()] = "",
    scope: Annotated[str | None, Form()] = None,
) -> JSONResponse:
    """An access token for ten minutes. Credentials come by HTTP Basic or in the body; other fields are ignored."""
    try:
        if grant_type != "client_credentials":
            raise OAuthRefused("unsupported_grant_type" if grant_type else "invalid_request")
        named = _basic(request.headers.get("authorization", "")) or (client_id, client_secret)
        with parts.database.reading() as session:
            granted = grant_access(
                session,
                parts.keys,
                client_id=named[0],
                client_secret=named[1],
                scope=scope,
                limits=parts.settings.limits,
                now=parts.database.now(),
            )
    except OAuthRefused as refused:
        return _refusal(refused)
    return JSONResponse(asdict(granted), headers={"Pragma": "no-cache"})


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
