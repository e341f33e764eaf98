"""Telephone numbers as people in Mexico write them, brought to the one form in which they are kept and written to."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from casestatus.errors import N_, FieldProblem, Unprocessable

HOME = "MX"
TAKES_SMS = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_SEPARATORS = re.compile(r"[\s().\-‐-―]+")
# Dialling prefixes abolished on 3 August 2019, which people and address books go on writing before the ten digits.
_OLD_PREFIX = re.compile(r"^(?:(?:\+|00)?521|0?1|04[45])(?=\d{10}$)")


class PhoneUnusable(Unprocessable):
    """It isn't a number to which an SMS can be sent."""

    type = "phone-unusable"
    title = N_("Ese número no se puede usar.")
    detail = N_("Escribe un celular de 10 dígitos, o con + y el código de su país.")


def normal_phone(text: str, *, field: str = "address") -> str:
    """The number in E.164 (ITU-T), for Mexico `+52` and ten digits. Raises PhoneUnusable, which names `field`."""
    try:
        number = phonenumbers.parse(_without_old_prefix(text), HOME)
    except NumberParseException:
        raise _unusable(field) from None
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in TAKES_SMS:
        raise _unusable(field)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _without_old_prefix(text: str) -> str:
    digits = _SEPARATORS.sub("", text.strip())
    return _OLD_PREFIX.sub("+52", digits, count=1)


def _unusable(field: str) -> PhoneUnusable:
    return PhoneUnusable(fields=(FieldProblem(field, PhoneUnusable.detail),))
