"""The key ring: every key the service has, by purpose, and what may be done with them."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from casestatus.crypto import detached, jwt, sealing
from casestatus.crypto.macs import mac
from casestatus.crypto.pin import PinStretcher
from casestatus.crypto.ringfile import KeyRingUnusable, Shelf, encoded, load_shelves, write_shelves
from casestatus.crypto.shelves import KEY_BYTES, Signers, SymmetricKeys, new_signing_key


class Purpose(StrEnum):
    """What a symmetric key is for. Working keys are derived with this word, so that purposes never share a key."""

    PEPPER = "pepper"
    TAG = "tag"
    LOOKUP = "lookup"
    SEAL = "seal"
    CODE = "code"
    COOKIE = "cookie"
    AUDIT = "audit"
    STATISTICS = "statistics"


class Signature(StrEnum):
    """What an ES256 key signs. Three different keys, so that one can't be used in another's place."""

    ACCESS_TOKEN = "access_token"
    RELEASE = "release"
    CONSTANCIA = "constancia"


RELEASE_TYPE = "release+jws"
CONSTANCIA_TYPE = "constancia+jws"


class KeyRing:
    """All keys in memory. Never printed, never pickled, handed to whoever needs it as an argument."""

    def __init__(self, shelves: Mapping[str, Shelf]) -> None:
        """Raises KeyRingUnusable when a purpose is missing, unknown, or holds something that is no key."""
        _require_purposes(shelves)
        self._shelves = dict(shelves)
        self._keys = {purpose: SymmetricKeys.of(purpose, shelves[purpose]) for purpose in Purpose}
        self._signers = {purpose: Signers.of(purpose, shelves[purpose]) for purpose in Signature}
        _require_different(self._signers.values())
        self.stretcher = PinStretcher()

    @classmethod
    def generate(cls) -> Self:
        """A ring of new random keys."""
        made: dict[str, tuple[str, bytes]] = {purpose: new_signing_key() for purpose in Signature}
        made |= {purpose: (secrets.token_hex(4), secrets.token_bytes(KEY_BYTES)) for purpose in Purpose}
        return cls({name: Shelf(current=kid, keys={kid: encoded(key)}) for name, (kid, key) in made.items()})

    @classmethod
    def load(cls, source: str) -> Self:
        """The ring at a path, or in `source` itself after `env:`. Raises KeyRingUnusable, which says what is wrong."""
        return cls(load_shelves(source))

    def write(self, path: Path) -> None:
        """Writes the ring into a new file of mode 0600. Raises KeyRingUnusable if the file exists."""
        write_shelves(path, self._shelves)

    def __repr__(self) -> str:
        return "<KeyRing>"

    # Sealed columns

    @property
    def seal_key_id(self) -> str:
        """The key that new values are sealed under."""
        return self._keys[Purpose.SEAL].current_id

    def seal(self, value: str, *, table: str, column: str, id: UUID) -> bytes:  # noqa: A002 - the column's own name
        """AES-256-GCM under the current key, bound to this table, column and row."""
        keys = self._keys[Purpose.SEAL]
        return sealing.seal(value, keys.current, keys.current_id, table=table, column=column, row=id)

    def unseal(self, sealed: bytes, *, table: str, column: str, id: UUID) -> str:  # noqa: A002 - likewise
        """The sealed value. Raises Unsealable if it was changed or stands in another row than it was made for."""
        return sealing.unseal(sealed, self._keys[Purpose.SEAL].by_id, table=table, column=column, row=id)

    # Keyed hashes

    def mac(self, purpose: Purpose, *parts: str | bytes) -> bytes:
        """HMAC-SHA256 (32 bytes) of the parts under the purpose's current key."""
        return mac(self._keys[purpose].current, *parts)

    def lookup(self, kind: str, *parts: str) -> bytes:
        """What a row is found by: 32 bytes that say nothing without the key. `kind` keeps columns apart."""
        return self.mac(Purpose.LOOKUP, kind, *parts)

    def lookups(self, kind: str, *parts: str) -> list[bytes]:
        """The same under every live lookup key, the current one first, for reading while keys change."""
        return [mac(key, kind, *parts) for key in self._keys[Purpose.LOOKUP].live]

    def statistics(self, *parts: str) -> bytes:
        """A 32-byte key for counting once and only once. This purpose's key is never changed."""
        return self.mac(Purpose.STATISTICS, *parts)

    def code_hash(self, purpose: str, code: str, subject: UUID) -> bytes:
        """What the database keeps of a one-time code: useless for another purpose or subject, or without the key."""
        return self.mac(Purpose.CODE, purpose, subject.bytes, code)

    # PINs and backup keys

    @property
    def pepper_id(self) -> str:
        """The pepper that new PINs are stretched under."""
        return self._keys[Purpose.PEPPER].current_id

    def stretch_pin(self, pin: str, case_id: UUID, salt: bytes) -> str:
        """One Argon2id run (about 30 ms) over the PIN or backup key, under the current pepper."""
        return self.stretcher.stretch(pin, case_id, pepper=self._keys[Purpose.PEPPER].current, salt=salt)

    def pin_tag(self, case_id: UUID, stretched: str) -> bytes:
        """HMAC(tag key, case id ‖ stretched): 32 bytes, found by an index, useless on another case's row."""
        return self.mac(Purpose.TAG, case_id.bytes, stretched)

    def pin_tags(self, pin: str, case_id: UUID, salt: bytes) -> list[bytes]:
        """Every tag that this PIN may have now: one Argon2id run for each live pepper, known case or not."""
        peppers, tag_keys = self._keys[Purpose.PEPPER].live, self._keys[Purpose.TAG].live
        stretched = [self.stretcher.stretch(pin, case_id, pepper=pepper, salt=salt) for pepper in peppers]
        return [mac(key, case_id.bytes, text) for text in stretched for key in tag_keys]

    # Clients' access tokens

    def sign_access_token(self, claims: Mapping[str, Any], *, now: datetime, lifetime: int) -> str:
        """A JWT for an office's system, valid for `lifetime` seconds (at most 600) from `now`."""
        signers = self._signers[Signature.ACCESS_TOKEN]
        return jwt.sign(claims, signers.private[signers.current_id], signers.current_id, now=now, lifetime=lifetime)

    def read_access_token(self, token: str, *, now: datetime) -> dict[str, Any]:
        """The claims of a token of ours that is valid at `now`. Raises TokenRefused, with one answer for all causes."""
        return jwt.read(token, self._signers[Signature.ACCESS_TOKEN].public, now=now)

    # Releases

    def sign_release(self, manifest: bytes) -> str:
        """A detached JWS over a release's manifest. Another one each time: what was published keeps its first."""
        signers = self._signers[Signature.RELEASE]
        return detached.sign(manifest, signers.private[signers.current_id], signers.current_id, typ=RELEASE_TYPE)

    @property
    def release_keys(self) -> list[dict[str, str]]:
        """The public keys under which releases verify, as JWKs, the current one first; no key ever leaves them."""
        return self._public_keys(Signature.RELEASE)

    def _public_keys(self, purpose: Signature) -> list[dict[str, str]]:
        signers = self._signers[purpose]
        order = sorted(signers.public, key=lambda kid: kid != signers.current_id)
        return [jwt.public_jwk(signers.public[kid]) for kid in order]

    # Constancias

    def sign_constancia(self, record: bytes) -> str:
        """A detached JWS over what we keep of an issued document."""
        signers = self._signers[Signature.CONSTANCIA]
        return detached.sign(record, signers.private[signers.current_id], signers.current_id, typ=CONSTANCIA_TYPE)

    def has_signed_constancia(self, record: bytes, signature: str) -> bool:
        """Whether a key of ours signed exactly this record: whoever can only write to the database can't."""
        try:
            detached.verify(record, signature, self._public_keys(Signature.CONSTANCIA), typ=CONSTANCIA_TYPE)
        except detached.SignatureRefused:
            return False
        return True


def verify_release(manifest: bytes, signature: str, keys: Sequence[Mapping[str, str]]) -> str:
    """The id of the public key (JWK) that signed a release's manifest. Raises SignatureRefused, in words."""
    return detached.verify(manifest, signature, keys, typ=RELEASE_TYPE)


def _require_purposes(shelves: Mapping[str, Shelf]) -> None:
    wanted = {*Purpose, *Signature}
    if missing := sorted(wanted - shelves.keys()):
        raise KeyRingUnusable(f"the key ring lacks: {', '.join(missing)}")
    if unknown := sorted(shelves.keys() - wanted):
        raise KeyRingUnusable(f"the key ring has unknown purposes: {', '.join(unknown)}")


def _require_different(signers: Iterable[Signers]) -> None:
    key_ids = [key_id for each in signers for key_id in each.private]
    if len(key_ids) != len(set(key_ids)):
        raise KeyRingUnusable("one signing key stands under two purposes of the key ring")
