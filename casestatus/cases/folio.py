"""The folio: our own short number of a victim's access, 9 random digits and a check digit."""

import re
import unicodedata
from collections.abc import Callable

from stdnum.iso7064 import mod_11_10

DIGITS = 10


def new_folio(randbelow: Callable[[int], int]) -> str:
    """Ten digits, the last an ISO/IEC 7064 MOD 11,10 check digit. `randbelow` is `secrets.randbelow`."""
    digits = f"{randbelow(10 ** (DIGITS - 1)):09}"
    return digits + str(mod_11_10.calc_check_digit(digits))


def clean_folio(text: str) -> str | None:
    """The ten digits of a typed folio, spaces and hyphens left out; None when it isn't one or a digit is wrong."""
    digits = re.sub(r"[\s\-‐-―−]", "", unicodedata.normalize("NFKC", text[:60]))
    if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits):
        return None
    return digits if mod_11_10.is_valid(digits) else None


def is_folio(text: str) -> bool:
    """Whether this is a folio as somebody might type it."""
    return clean_folio(text) is not None


def shown_folio(folio: str) -> str:
    """A folio as it is printed: 12345-67890."""
    return f"{folio[:5]}-{folio[5:]}"
