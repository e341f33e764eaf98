"""Detached signatures of published files (RFC 7515, appendix F): ES256 by python-jose, everything pinned."""

from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from casestatus.crypto.jwt import ALGORITHM, base64url

HEADER = {"alg", "kid", "typ"}  # exactly these: whatever else a header asks for is refused
LONGEST_SIGNATURE = 1024


class SignatureRefused(Exception):
    """The signature is not one of these keys' over these bytes. Its text says which of both, in words."""


def sign(payload: bytes, key: ec.EllipticCurvePrivateKey, kid: str, *, typ: str) -> str:
    """`header..signature`: the payload is the file itself and isn't repeated."""
    from jose import jws

    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    whole = jws.sign(payload, pem, headers={"kid": kid, "typ": typ}, algorithm=ALGORITHM)
    header, _, signature = whole.split(".")
    return f"{header}..{signature}"


def verify(payload: bytes, signature: str, keys: Sequence[Mapping[str, str]], *, typ: str) -> str:
    """The id of the public key (a JWK) under which the signature holds. Raises SignatureRefused."""
    from jose import jws

    header, kid = _parts(signature, typ)
    jwk = next((key for key in keys if key.get("kid") == kid), None)
    if jwk is None:
        raise SignatureRefused(f"it is signed with a key ({kid[:43]}) that isn't among the public keys")
    whole = f"{header}.{base64url(payload)}.{signature.rpartition('.')[2]}"
    try:
        jws.verify(whole, dict(jwk), [ALGORITHM])
    except Exception:  # noqa: BLE001 - python-jose lets RecursionError and others through
        raise SignatureRefused("the signature doesn't belong to these bytes") from None
    return kid


def _parts(signature: str, typ: str) -> tuple[str, str]:
    """The header as it stands, and the key's id in it."""
    from jose import jws

    try:
        header = jws.get_unverified_header(signature) if len(signature) <= LONGEST_SIGNATURE else {}
    except Exception:  # noqa: BLE001 - likewise
        header = {}
    named = header.keys() == HEADER and isinstance(header["kid"], str)
    if not named or header["alg"] != ALGORITHM or header["typ"] != typ or signature.count("..") != 1:
        raise SignatureRefused("it is not a detached signature of ours")
    return signature.partition(".")[0], header["kid"]
