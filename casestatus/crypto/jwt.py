"""JSON Web Tokens by python-jose: ES256 only, everything pinned, one refusal for all causes.

python-jose is imported where tokens are: a worker, which sees none, holds 1 MB less.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ALGORITHM = "ES256"
ISSUER = "casestatus"
AUDIENCE = "office"
TYPE = "at+jwt"  # RFC 9068, section 2.1
LEEWAY = timedelta(seconds=5)
LONGEST_LIFETIME = timedelta(minutes=10)
LONGEST_TOKEN = 4096
HEADER = {"alg", "kid", "typ"}  # exactly these: jku, jwk, x5u, x5c, crit and whatever comes next are refused

# python-jose checks moments by the process's own clock and lets "exp" be text or 10**400: we check them ourselves.
# Requiring exp, iat or nbf here would switch its checks on again.
OPTIONS = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_at_hash": False,
    "require_aud": True,
    "require_iss": True,
    "require_sub": True,
}


class TokenRefused(Exception):
    """The access token is not one of ours, or not valid now. Nothing more is said."""


def sign(claims: Mapping[str, Any], key: ec.EllipticCurvePrivateKey, kid: str, *, now: datetime, lifetime: int) -> str:
    """An access token of `lifetime` seconds from `now`; `claims` holds at least `sub`."""
    from jose import jwt

    issued = int(now.timestamp())
    moments = {"iat": issued, "nbf": issued, "exp": issued + lifetime}
    payload = {**claims, **moments, "iss": ISSUER, "aud": AUDIENCE, "jti": secrets.token_urlsafe(16)}
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return jwt.encode(payload, pem, algorithm=ALGORITHM, headers={"kid": kid, "typ": TYPE})


def read(token: str, keys: Mapping[str, ec.EllipticCurvePublicKey], *, now: datetime) -> dict[str, Any]:
    """The claims of a token that is valid at `now`. Raises TokenRefused for everything else, whatever went wrong."""
    try:
        return _read(token, keys, now)
    except Exception:  # noqa: BLE001 - python-jose lets RecursionError and others through
        raise TokenRefused from None


def _read(token: str, keys: Mapping[str, ec.EllipticCurvePublicKey], now: datetime) -> dict[str, Any]:
    from jose import jwt

    if len(token) > LONGEST_TOKEN:
        raise TokenRefused
    header = jwt.get_unverified_header(token)
    if header.keys() != HEADER or header["alg"] != ALGORITHM or header["typ"] != TYPE:
        raise TokenRefused
    key = public_jwk(keys[header["kid"]])
    claims = jwt.decode(token, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options=OPTIONS)
    _require_text(claims, "aud", "iss", "sub")
    _require_moments(claims, now)
    return claims


def _require_text(claims: Mapping[str, Any], *names: str) -> None:
    if not all(isinstance(claims[name], str) and claims[name] for name in names):
        raise TokenRefused


def _require_moments(claims: Mapping[str, Any], now: datetime) -> None:
    moments = [claims[name] for name in ("nbf", "iat", "exp")]
    if not all(type(moment) is int for moment in moments):
        raise TokenRefused
    begins, issued, ends = (datetime.fromtimestamp(moment, tz=now.tzinfo) for moment in moments)
    if not (begins - LEEWAY <= now <= ends + LEEWAY and issued - LEEWAY <= now and ends - issued <= LONGEST_LIFETIME):
        raise TokenRefused


def public_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """The public key as a JWK (RFC 7517) with its RFC 7638 thumbprint as `kid`, built from the public half only."""
    numbers = key.public_numbers()
    coordinates = {"x": base64url(numbers.x.to_bytes(32, "big")), "y": base64url(numbers.y.to_bytes(32, "big"))}
    members = {"crv": "P-256", "kty": "EC", **coordinates}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    thumbprint = base64url(hashlib.sha256(canonical).digest())
    return {**members, "kid": thumbprint, "use": "sig", "alg": ALGORITHM}


def base64url(value: bytes) -> str:
    """Without padding, as RFC 7515 wants it."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
