"""Keyed hashes (HMAC-SHA256) over several parts, framed so that no two lists of parts read alike."""

import hmac
import struct
from collections.abc import Iterable


def framed(parts: Iterable[str | bytes]) -> bytes:
    """The count and lengths of the parts, then the parts, so that ("ab", "c") and ("a", "bc") differ."""
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return struct.pack(f">{len(encoded) + 1}I", len(encoded), *map(len, encoded)) + b"".join(encoded)


def mac(key: bytes, *parts: str | bytes) -> bytes:
    """HMAC-SHA256 (32 bytes) of the framed parts."""
    return hmac.digest(key, framed(parts), "sha256")
