"""The code at the foot of an issued document: 128 random bits, spelt so that people can read and type them."""

import hashlib
from collections.abc import Callable

BITS = 128
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
LENGTH = 26
MISREAD = str.maketrans("OIL", "011")


def draw_code(randbits: Callable[[int], int]) -> str:
    """A new code, which nobody can guess."""
    number = randbits(BITS)
    return "".join(SIGNS[number >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))


def shown_code(code: str) -> str:
    """The code in groups, as it is printed."""
    return " ".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def read_code(text: str) -> str:
    """The code as somebody typed it: letter case, spaces and hyphens don't matter, nor do signs that look alike."""
    return "".join(text[:200].upper().replace("-", "").split()).translate(MISREAD)


def code_hash(code: str) -> bytes:
    """What is kept of it: a stolen table gives no code that could be printed on another document."""
    return hashlib.sha256(b"constancia:" + code.encode()).digest()
