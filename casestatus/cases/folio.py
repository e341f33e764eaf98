"""The folio: our own short number of a victim's access, 9 random digits and a check digit."""

import re
from collections.abc import Callable

from casestatus.cases.number_text import plain_text

DIGITS = 10
LONGEST = 60  # signs, with the label and whatever was pasted along
NUMBER = "(?:NUMERO|NUM|NO?)[.:°]?"
LABEL = re.compile(rf"(?:{NUMBER} ?(?:DE )?)?FOLIO(?: {NUMBER})?[ .:#°-]*")
SERIAL_AND_YEAR = re.compile(r"\d{6}[ -]\d{4}")  # a case number like 123456/2026, and no grouping of ours
AS_DIGIT = str.maketrans("OIL", "011")


def new_folio(randbelow: Callable[[int], int]) -> str:
    """Ten digits, the last an ISO/IEC 7064 MOD 11,10 check digit. `randbelow` is `secrets.randbelow`."""
    from stdnum.iso7064 import mod_11_10  # with pydoc: half a megabyte for a worker that reads no folio

    digits = f"{randbelow(10 ** (DIGITS - 1)):09}"
    return digits + str(mod_11_10.calc_check_digit(digits))


def clean_folio(text: str) -> str | None:
    """The ten digits of a typed folio, without its label; None when it isn't one or a digit is wrong.

    Blanks and hyphens may stand anywhere, other signs only where the paper has its hyphen: `123456/2026` is a case.
    """
    if len(text) > LONGEST:
        return None
    plain = plain_text(text).rstrip(" .")
    label = LABEL.match(plain)
    typed = plain[label.end() if label else 0 :].translate(AS_DIGIT)
    digits = re.sub(r"[ -]", "", re.sub(r"^(\d{5}) ?[./] ?(\d{5})$", r"\1\2", typed))
    if SERIAL_AND_YEAR.fullmatch(typed) or not re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits):
        return None
    from stdnum.iso7064 import mod_11_10

    return digits if mod_11_10.is_valid(digits) else None


def is_folio(text: str) -> bool:
    """Whether this is a folio as somebody might type it."""
    return clean_folio(text) is not None


def shown_folio(folio: str) -> str:
    """A folio as it is printed: 12345-67890."""
    return f"{folio[:5]}-{folio[5:]}"
