"""The key ring as a file or as a variable's content: `{purpose: {"current": id, "keys": {id: base64url}}}`."""

import base64
import binascii
import json
import os
import stat
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

ENVIRONMENT_PREFIX = "env:"
FORBIDDEN_BITS = stat.S_IRWXG | stat.S_IRWXO


class KeyRingUnusable(Exception):
    """The key ring is missing, unreadable, open to others, or broken. Says which, never what stands in it."""


class Shelf(BaseModel):
    """All keys of one purpose and the id of the one that new values are made with."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    current: str
    keys: dict[str, str]


def load_shelves(source: str) -> dict[str, Shelf]:
    """The ring's content from a path, or from `env:` followed by the JSON itself. Raises KeyRingUnusable."""
    if source.startswith(ENVIRONMENT_PREFIX):
        return parse_shelves(source.removeprefix(ENVIRONMENT_PREFIX))
    return parse_shelves(_private_text(Path(source)))


def parse_shelves(text: str) -> dict[str, Shelf]:
    """The ring's content from its JSON text. Raises KeyRingUnusable."""
    try:
        content: Any = json.loads(text)
        return {purpose: Shelf.model_validate(shelf) for purpose, shelf in content.items()}
    except (ValueError, AttributeError, ValidationError):
        # "from None": pydantic's and json's messages quote their input, which here are keys
        raise KeyRingUnusable("the key ring is not a JSON object of purpose -> current, keys") from None


def write_shelves(path: Path, shelves: dict[str, Shelf]) -> None:
    """Writes a new file that only its owner may read (0600). Raises KeyRingUnusable rather than replace a ring."""
    text = json.dumps({purpose: shelf.model_dump() for purpose, shelf in shelves.items()}, indent=2) + "\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyRingUnusable(f"{path} exists; a key ring is never overwritten") from None
    except OSError as problem:
        raise KeyRingUnusable(f"{path} can't be written: {problem.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as ring:
        ring.write(text)
        ring.flush()
        os.fsync(ring.fileno())


def decoded(key: str) -> bytes:
    """The key's bytes from base64url without padding. Raises KeyRingUnusable."""
    try:
        return base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise KeyRingUnusable("a key is not base64url") from None


def encoded(key: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode()


def _private_text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as ring:
            if os.fstat(ring.fileno()).st_mode & FORBIDDEN_BITS:
                raise KeyRingUnusable(f"{path} may be read by others; make it private: chmod 600")
            return ring.read()
    except FileNotFoundError:
        raise KeyRingUnusable(f"there is no key ring at {path}; make one: casestatus keys create {path}") from None
    except (OSError, UnicodeDecodeError):
        raise KeyRingUnusable(f"the key ring at {path} can't be read") from None
