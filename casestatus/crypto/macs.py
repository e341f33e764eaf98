"""Keyed hashes (HMAC-SHA256) over several parts, framed so that no two lists of parts read alike."""

import hmac
from collections.abc import Iterable


def framed(parts: Iterable[str | bytes]) -> bytes:
    """Each part behind its own length, so that ("ab", "c") and ("a", "bc") differ."""
    encoded = (part.encode() if isinstance(part, str) else part for part in parts)
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


def mac(key: bytes, *parts: str | bytes) -> bytes:
    """HMAC-SHA256 (32 bytes) of the framed parts."""
    return hmac.digest(key, framed(parts), "sha256")
