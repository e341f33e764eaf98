"""Sealed column values: AES-256-GCM, bound to the table, column and row they stand in."""

import secrets
from collections.abc import Mapping
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casestatus.crypto.macs import framed

VERSION = b"\x01"
NONCE_BYTES = 12


class Unsealable(Exception):
    """The sealed value was changed, belongs to another row, or its key is not in the ring."""


def seal(value: str, key: bytes, key_id: str, *, table: str, column: str, row: UUID) -> bytes:
    """`version ‖ length of key id ‖ key id ‖ nonce ‖ ciphertext and tag`; the row and the header are authenticated."""
    name = key_id.encode()
    header = VERSION + bytes([len(name)]) + name
    nonce = secrets.token_bytes(NONCE_BYTES)
    return header + nonce + AESGCM(key).encrypt(nonce, value.encode(), _bound(header, table, column, row))


def unseal(sealed: bytes, keys: Mapping[str, bytes], *, table: str, column: str, row: UUID) -> str:
    """The value again. Raises Unsealable for whatever isn't exactly what was sealed for this place."""
    header, key_id = _header(sealed)
    if key_id not in keys:
        raise Unsealable("sealed under a key that is not in the ring")
    nonce, ciphertext = sealed[len(header) :][:NONCE_BYTES], sealed[len(header) + NONCE_BYTES :]
    try:
        return AESGCM(keys[key_id]).decrypt(nonce, ciphertext, _bound(header, table, column, row)).decode()
    except (InvalidTag, ValueError) as problem:
        raise Unsealable("changed, or moved from another row") from problem


def _header(sealed: bytes) -> tuple[bytes, str]:
    if len(sealed) < 2 or sealed[:1] != VERSION:
        raise Unsealable("not a sealed value")
    header = sealed[: 2 + sealed[1]]
    return header, header[2:].decode(errors="replace")


def _bound(header: bytes, table: str, column: str, row: UUID) -> bytes:
    return framed((header, table, column, row.bytes))
