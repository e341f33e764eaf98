"""Staff members' passwords: long enough, not a common one (NIST SP 800-63B-4, 3.1.1.2), kept as Argon2id."""

import re
import unicodedata
from functools import cache
from importlib.resources import files

from casestatus.crypto.pin import argon2id
from casestatus.errors import N_, FieldProblem, Unprocessable

SHORTEST = 12
LONGEST = 256  # signs; more is somebody keeping the processor busy
SEQUENCES = ("0123456789" * 3, "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")


class PasswordWeak(Unprocessable):
    """422: too short, too long, or what others would try first."""

    type = "password-weak"


def hash_password(password: str, *, email: str) -> str:
    """Argon2id, as passlib writes it. Raises PasswordWeak; `email` is what the password must not be made of."""
    if problem := _weakness(password, email):
        raise PasswordWeak(fields=(FieldProblem("password", problem),))
    return str(argon2id().hash(unicodedata.normalize("NFKC", password)))


def _weakness(password: str, email: str) -> str | None:
    if len(password) < SHORTEST:
        return N_("Usa una contraseña de 12 signos o más.")
    if len(password) > LONGEST:
        return N_("Usa una contraseña de 256 signos o menos.")
    if _is_common(password, email):
        return N_("Es una contraseña que muchos probarían. Usa otra.")
    return None


def _is_common(password: str, email: str) -> bool:
    """A listed word, however decorated; too few different signs; a row of keys; or the person's own address."""
    folded = unicodedata.normalize("NFKD", password.lower().replace("ñ", "n")).encode("ascii", "ignore").decode()
    letters = re.sub(r"[\W\d_]+", "", folded)
    own = re.sub(r"[\W\d_]+", "", email.lower().partition("@")[0])
    if folded in _common() or letters in _common() or (own and letters == own):
        return True
    return len(set(folded)) < 5 or any(folded[:SHORTEST] in row or folded[:SHORTEST] in row[::-1] for row in SEQUENCES)


@cache
def _common() -> frozenset[str]:
    listed = files("casestatus.access").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in listed.split() if line)
