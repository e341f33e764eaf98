"""Readings of a case number: what a person may have meant, in the three forms under which cases are found."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from casestatus.cases.folio import clean_folio, is_folio, new_folio, shown_folio
from casestatus.cases.number_patterns import AS_DIGIT, TYPED_DIGIT, NumberPattern, patterns, taken_apart
from casestatus.cases.number_text import NumberUnreadable, plain_number, tokens

__all__ = ["NumberUnreadable", "clean_folio", "is_folio", "new_folio", "shown_folio"]

LABEL_OR_PREFIX = ("CI", "AP")
PREFIXES = (*LABEL_OR_PREFIX, "FED", "NAT")
TYPED_NUMBER = re.compile(rf"[0-9]{TYPED_DIGIT}*|[IL](?:[OILSB]*[0-9]{TYPED_DIGIT}*)?")
CUSTODY = {"SD": "S/D", "CD": "C/D"}


class Form(StrEnum):
    """How strictly two numbers are compared, the strictest first (domain/case_numbers.md, rule 5)."""

    EXACT = "exact"
    WITHOUT_CUSTODY = "without_custody"
    REDUCED = "reduced"


@dataclass(frozen=True)
class Reading:
    """One way to read a number: under a pattern, or under none when no office is known to write so."""

    pattern: str | None
    official: str
    segments: Mapping[Form, tuple[str, ...]]


def readings(text: str) -> tuple[Reading, ...]:
    """Every reading of a typed number, the likeliest first; one without a pattern when none matches.

    Raises NumberUnreadable for what can't be a number: empty, more than 120 signs, control characters.
    """
    number = plain_number(text)
    typed = tokens(number)
    return _under_patterns(_without_label(typed)) or (_generic_reading(number, typed),)


def _under_patterns(typed: tuple[str, ...]) -> tuple[Reading, ...]:
    """The readings under patterns; "C.I." or "A.P." may be a mere label of a number that is written without it."""
    taken = [(pattern, taken_apart(pattern, typed)) for pattern in patterns()]
    found = tuple(_reading(pattern, fields) for pattern, fields in taken if fields)
    return found or (_under_patterns(typed[1:]) if typed[0] in LABEL_OR_PREFIX and len(typed) > 1 else ())


def _without_label(typed: tuple[str, ...]) -> tuple[str, ...]:
    """Without a "C.I." or "A.P." that stands before the prefix of the number itself."""
    return _without_label(typed[1:]) if typed[0] in LABEL_OR_PREFIX and set(typed[1:2]) & set(PREFIXES) else typed


def _reading(pattern: NumberPattern, fields: Mapping[str, str]) -> Reading:
    exact = {name: _stripped(value) if name in pattern.digits else value for name, value in fields.items()}
    return Reading(pattern.name, _official(pattern, fields), _forms(exact))


def _forms(fields: Mapping[str, str]) -> dict[Form, tuple[str, ...]]:
    def segments(*, leaving: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(token for name, value in fields.items() if name not in leaving for token in value.split())

    reduced = segments(leaving=("custody", "prefix", "suffix"))
    return {
        Form.EXACT: segments(leaving=()),
        Form.WITHOUT_CUSTODY: segments(leaving=("custody",)),
        Form.REDUCED: tuple(map(_loose, reduced)),
    }


def _generic_reading(number: str, typed: tuple[str, ...]) -> Reading:
    """Segments as they stand; only the reduced form mends what looks like a number."""
    unit = typed.index("UI") if "UI" in typed else len(typed)
    without_custody = typed[:unit] + tuple(token for token in typed[unit:] if token not in CUSTODY)
    start = 1 if typed[0] in PREFIXES and len(without_custody) > 1 else 0
    forms = {
        Form.EXACT: typed,
        Form.WITHOUT_CUSTODY: without_custody,
        Form.REDUCED: tuple(map(_loose, without_custody[start:])),
    }
    return Reading(None, number, forms)


def _official(pattern: NumberPattern, fields: Mapping[str, str]) -> str:
    spelled = {name: value.replace(" ", "-") for name, value in fields.items()}
    for name, width in pattern.digits.items():
        spelled[name] = _stripped(fields[name]).zfill(width) if width else fields[name]
    spelled |= {"yy": fields["year"][2:]} if "year" in fields else {}
    for name, spellings in (("custody", CUSTODY), ("prefix", pattern.prefixes)):
        spelled |= {name: spellings.get(fields[name], fields[name])} if name in fields else {}
    return _filled_shape(pattern.shape, spelled) + (f" {fields['suffix']}" if "suffix" in fields else "")


def _filled_shape(shape: str, spelled: Mapping[str, str]) -> str:
    def present(optional: re.Match[str]) -> str:
        names = re.findall(r"{(\w+)}", optional[1])
        return optional[1] if all(name in spelled for name in names) else ""

    return re.sub(r"\[(.*?)\]", present, shape).format_map(spelled)


def _stripped(token: str) -> str:
    """A number without leading zeros; anything else as it is."""
    return token.lstrip("0") or "0" if token.isdecimal() else token


def _loose(token: str) -> str:
    """A segment that begins like a number and could be one, as that number: agency `5O` is `50`, unit `l` is `1`."""
    return _stripped(token.translate(AS_DIGIT) if TYPED_NUMBER.fullmatch(token) else token)
