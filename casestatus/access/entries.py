"""What may be typed into the PIN's field: a PIN with its check digit, or a backup key. Pure rules."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

from casestatus.cases.number_text import plain_text
from casestatus.errors import N_, Unprocessable

BACKUP_KEY_DIGITS = 16
LONGEST = 120  # signs, however it was grouped
IGNORED = re.compile(r"[ ./-]")
LABEL = re.compile(r"(?:PIN|CLAVE DE RESPALDO|CLAVE|BACKUP KEY)[ .:-]+")  # pasted along from the sheet


class PinMistyped(Unprocessable):
    """422: no PIN reads like this, so nothing was verified and no try was counted."""

    type = "pin-mistyped"
    title = N_("Revisa el PIN.")
    detail = N_("El PIN parece tener un número cambiado o de menos. Míralo otra vez: este intento no cuenta.")


@dataclass(frozen=True)
class Entry:
    """The digits of a PIN or of a backup key, as they were issued."""

    digits: str
    is_backup_key: bool


def read_entry(text: str, *, pin_digits: int) -> Entry:
    """A PIN (`pin_digits` and the check digit) or a backup key, however it was grouped. Raises PinMistyped.

    A backup key carries no check digit: its 16 digits are all random.
    """
    typed = plain_text(text[: LONGEST + 1])
    label = LABEL.match(typed)
    digits = IGNORED.sub("", typed[label.end() :] if label else typed)
    if len(text) > LONGEST or re.fullmatch(r"[0-9]+", digits) is None:
        raise PinMistyped
    if len(digits) == BACKUP_KEY_DIGITS:
        return Entry(digits, is_backup_key=True)
    if len(digits) != pin_digits + 1 or not _checks(digits):
        raise PinMistyped
    return Entry(digits, is_backup_key=False)


def draw_pin(pin_digits: int, randbelow: Callable[[int], int]) -> str:
    """A new PIN: random digits and their check digit (ISO/IEC 7064 MOD 11,10)."""
    digits = _random_digits(pin_digits, randbelow)
    return digits + str(mod_11_10.calc_check_digit(digits))


def draw_backup_key(randbelow: Callable[[int], int]) -> str:
    """A new backup key."""
    return _random_digits(BACKUP_KEY_DIGITS, randbelow)


def _random_digits(count: int, randbelow: Callable[[int], int]) -> str:
    return f"{randbelow(10**count):0{count}d}"


def _checks(digits: str) -> bool:
    try:
        mod_11_10.validate(digits)
    except ValidationError:
        return False
    return True
