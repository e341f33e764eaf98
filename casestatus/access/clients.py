"""Offices' own systems: their secrets, their access tokens (OAuth 2.0 client credentials), and who is calling."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from casestatus.access.scopes import Scope, read_scopes, written_scopes
from casestatus.crypto import KeyRing, TokenRefused, new_token, token_hash
from casestatus.errors import N_, Forbidden, Unauthorized
from casestatus.offices.models import Client, Office
from casestatus.offices.registering import add_client_source
from casestatus.settings import Limits


class OAuthRefused(Exception):
    """A token request refused with RFC 6749's own answer (section 5.2), which is not a problem document."""

    def __init__(self, error: str, status: int = 400) -> None:
        self.error, self.status = error, status
        super().__init__(error)


class TokenWrong(Unauthorized):
    """401: the access token is missing, expired, forged, or its client was switched off."""

    type = "token-wrong"
    title = N_("El permiso de acceso no sirve.")
    detail = N_("Pide otro en /oauth/token.")


class ScopeMissing(Forbidden):
    """403: the client may not do this."""

    type = "scope-missing"
    detail = N_("Hace falta el permiso %(scope)s.")


@dataclass(frozen=True)
class NewClient:
    """A client and its secret, shown once."""

    client_id: UUID
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class AccessGranted:
    """RFC 6749's successful answer (section 5.1)."""

    access_token: str = field(repr=False)
    expires_in: int
    scope: str
    token_type: str = "Bearer"


@dataclass(frozen=True)
class Caller:
    """The client behind a request, as the database knows it now."""

    client_id: UUID
    scopes: frozenset[Scope]

    def require(self, scope: Scope) -> None:
        """Raises ScopeMissing unless the client may do this."""
        if scope not in self.scopes:
            raise ScopeMissing(params={"scope": scope.value})


def add_client(
    session: Session, offices: list[Office], *, name: str, scopes: Iterable[Scope], limits: Limits, now: datetime
) -> NewClient:
    """A new client for `offices` of one institution, with a source of its own and a secret for `client_secret_days`."""
    secret = new_token()
    client = Client(
        institution_id=offices[0].institution_id,
        name=name,
        scopes=written_scopes(scopes),
        secret_hash=token_hash(secret),
        secret_expires_at=now + timedelta(days=limits.client_secret_days),
        created_at=now,
    )
    session.add(client)
    session.flush()
    add_client_source(session, client, offices, now=now)
    return NewClient(client.id, secret)


def grant_access(
    session: Session,
    keys: KeyRing,
    *,
    client_id: str,
    client_secret: str,
    scope: str | None,
    limits: Limits,
    now: datetime,
) -> AccessGranted:
    """An access token for the scopes asked for, or for all that the client has.

    Raises OAuthRefused: `invalid_client` (401, one answer for all causes), `invalid_scope` (400).
    """
    client = _live_client(session, client_id)
    if client is None or not _knows_secret(client, client_secret, now):
        raise OAuthRefused("invalid_client", 401)
    granted = written_scopes(_granted(read_scopes(client.scopes), scope))
    claims = {"sub": str(client.id), "client_id": str(client.id), "scope": granted}
    token = keys.sign_access_token(claims, now=now, lifetime=limits.access_token_life)
    return AccessGranted(token, limits.access_token_life, granted)


def caller_of(session: Session, keys: KeyRing, token: str, *, now: datetime) -> Caller:
    """Who is calling. Client and scopes are read again each time, so that revoking is immediate. Raises TokenWrong."""
    try:
        claims = keys.read_access_token(token, now=now)
        asked = read_scopes(claims["scope"])
    except (TokenRefused, KeyError, ValueError, AttributeError):
        raise TokenWrong from None
    client = _live_client(session, claims["sub"])
    if client is None:
        raise TokenWrong
    return Caller(client.id, asked & read_scopes(client.scopes))


def _live_client(session: Session, client_id: str) -> Client | None:
    try:
        client = session.get(Client, UUID(client_id))
    except ValueError:
        return None
    return client if client is not None and client.disabled_at is None else None


def _knows_secret(client: Client, secret: str, now: datetime) -> bool:
    """Two secrets may be valid at once, so that one can be replaced without a gap."""
    offered = token_hash(secret)
    kept = [
        (client.secret_hash, client.secret_expires_at),
        (client.next_secret_hash, client.next_secret_expires_at),
    ]
    return any(
        hashed is not None and ends_at is not None and now < ends_at and hmac.compare_digest(hashed, offered)
        for hashed, ends_at in kept
    )


def _granted(allowed: frozenset[Scope], asked: str | None) -> frozenset[Scope]:
    if asked is None or not asked.strip():
        return allowed
    try:
        wanted = read_scopes(asked)
    except ValueError:
        raise OAuthRefused("invalid_scope") from None
    if not wanted <= allowed:
        raise OAuthRefused("invalid_scope")
    return wanted
