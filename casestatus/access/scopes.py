"""What a client may be allowed to do, and how scopes are written (RFC 6749, section 3.3). Pure rules."""

from collections.abc import Iterable
from enum import StrEnum


class Scope(StrEnum):
    """One permission of an office's system."""

    UPDATES_WRITE = "updates:write"
    CASES_READ = "cases:read"
    VICTIMS_WRITE = "victims:write"
    HISTORY_WRITE = "history:write"


def read_scopes(text: str) -> frozenset[Scope]:
    """The scopes of a space-separated list. Raises ValueError for one that doesn't exist."""
    return frozenset(Scope(word) for word in text.split())


def written_scopes(scopes: Iterable[Scope]) -> str:
    """The list again, always in one order."""
    return " ".join(scope for scope in Scope if scope in set(scopes))
