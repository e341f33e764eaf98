"""Numbers, PINs and knocks for the tests of signing in."""

from dataclasses import replace
from datetime import datetime

from stdnum.iso7064 import mod_11_10

from casestatus.access.sign_in import Door, Knock, Refused, SignedIn, sign_in

NUMBER = "CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026"
COURT_NUMBER = "001/0123/2026"
UNKNOWN = "CI-FICUH/CUH-2/UI-2 C/D/99999/04-2026"


def with_limits(door: Door, **changes: int) -> Door:
    """The same door with other thresholds."""
    return replace(door, limits=door.limits.model_copy(update=changes))


def other_pin(pin: str, step: int = 1) -> str:
    """A PIN with a right check digit that isn't `pin`."""
    digits = f"{(int(pin[:-1]) + step) % 10 ** (len(pin) - 1):0{len(pin) - 1}d}"
    return digits + str(mod_11_10.calc_check_digit(digits))


WRONG = other_pin("0" * 11)


def try_in(
    door: Door, number: str, secret: str, *, address: str = "192.0.2.1", now: datetime | None = None, **rest
) -> SignedIn | Refused:
    """One sign-in from a documentation address."""
    return sign_in(door, Knock(number, secret, address, **rest), now=now or door.database.now())


def answer(outcome: SignedIn | Refused) -> tuple[int, str, int | None]:
    """What the one who tries can observe: status, type, Retry-After."""
    if isinstance(outcome, SignedIn):
        return (201, "", None)
    return (outcome.problem.status, outcome.problem.type, outcome.problem.retry_after)
