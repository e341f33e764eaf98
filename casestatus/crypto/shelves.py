"""The keys of one purpose, ready for work: symmetric ones derived by HKDF, ES256 ones parsed and checked."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key

from casestatus.crypto.jwt import public_jwk
from casestatus.crypto.ringfile import KeyRingUnusable, Shelf, decoded

KEY_BYTES = 32


@dataclass(frozen=True)
class SymmetricKeys:
    """The working keys of one purpose, by id."""

    current_id: str
    by_id: dict[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, purpose: str, shelf: Shelf) -> Self:
        """Working keys derived from the shelf's with the purpose as HKDF's info. Raises KeyRingUnusable."""
        _require_current(purpose, shelf)
        return cls(shelf.current, {kid: _derived(purpose, key) for kid, key in shelf.keys.items()})

    @property
    def current(self) -> bytes:
        """The key that new values are made with."""
        return self.by_id[self.current_id]

    @cached_property
    def live(self) -> list[bytes]:
        """All keys, the current one first."""
        return [self.current, *(key for kid, key in self.by_id.items() if kid != self.current_id)]


@dataclass(frozen=True)
class Signers:
    """The ES256 key pairs of one purpose, by key id (their RFC 7638 thumbprint)."""

    current_id: str
    private: dict[str, ec.EllipticCurvePrivateKey] = field(repr=False)

    @classmethod
    def of(cls, purpose: str, shelf: Shelf) -> Self:
        """The shelf's key pairs. Raises KeyRingUnusable if one is no P-256 key or bears another key's id."""
        _require_current(purpose, shelf)
        return cls(shelf.current, {kid: _signing_key(purpose, kid, key) for kid, key in shelf.keys.items()})

    @cached_property
    def public(self) -> dict[str, ec.EllipticCurvePublicKey]:
        """The public halves, which are all that reading needs."""
        return {kid: key.public_key() for kid, key in self.private.items()}


def new_signing_key() -> tuple[str, bytes]:
    """A new P-256 key: its id and its PKCS 8 DER bytes."""
    key = ec.generate_private_key(ec.SECP256R1())
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return public_jwk(key.public_key())["kid"], der


def _require_current(purpose: str, shelf: Shelf) -> None:
    if shelf.current not in shelf.keys:
        raise KeyRingUnusable(f"the current key of purpose {purpose} is not among its keys")
    if not all(0 < len(kid.encode()) < 64 for kid in shelf.keys):
        raise KeyRingUnusable(f"a key id of purpose {purpose} is empty or too long")


def _derived(purpose: str, key: str) -> bytes:
    raw = decoded(key)
    if len(raw) != KEY_BYTES:
        raise KeyRingUnusable(f"a key of purpose {purpose} is not {KEY_BYTES} bytes long")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(raw)


def _signing_key(purpose: str, kid: str, key: str) -> ec.EllipticCurvePrivateKey:
    try:
        parsed = load_der_private_key(decoded(key), password=None)
    except (ValueError, TypeError):
        raise KeyRingUnusable(f"a key of purpose {purpose} is no private key") from None
    if not isinstance(parsed, ec.EllipticCurvePrivateKey) or not isinstance(parsed.curve, ec.SECP256R1):
        raise KeyRingUnusable(f"a key of purpose {purpose} is no P-256 key")
    if public_jwk(parsed.public_key())["kid"] != kid:
        raise KeyRingUnusable(f"a key of purpose {purpose} stands under another key's id")
    return parsed
