"""How offices write case numbers, read from number_patterns.toml; and how one pattern takes a number apart."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

MONTHS = ("ENERO", "FEBRERO", "MARZO", "ABRIL", "MAYO", "JUNIO", "JULIO", "AGOSTO", "SETIEMBRE", "OCTUBRE", "NOVIEMBRE",
          "DICIEMBRE")  # fmt: skip
TYPED_DIGIT = "[0-9OILSB]"
AS_DIGIT = str.maketrans("OILSB", "01158")
SUFFIX = r"(?: (?P<suffix>BIS|R\d{1,2}))?"
CENTURY_TURNS = 70  # a year 69 is 2069, a year 70 is 1970


@dataclass(frozen=True)
class NumberPattern:
    """One office's way of writing numbers; the fields are explained in number_patterns.toml."""

    name: str
    tokens: re.Pattern[str]
    digits: Mapping[str, int]
    date: str
    shape: str
    prefixes: Mapping[str, str]
    examples: tuple[str, ...]


@cache
def patterns() -> tuple[NumberPattern, ...]:
    """Every configured pattern, in the order in which they are tried."""
    text = files("casestatus.cases").joinpath("number_patterns.toml").read_text("utf-8")
    return tuple(
        NumberPattern(
            name=fields["name"],
            tokens=re.compile(fields["tokens"].replace(r"\d", TYPED_DIGIT) + SUFFIX),
            digits=fields["digits"],
            date=fields.get("date", ""),
            shape=fields["shape"],
            prefixes=fields.get("prefixes", {}),
            examples=tuple(fields["examples"]),
        )
        for fields in tomllib.loads(text)["pattern"]
    )


def taken_apart(pattern: NumberPattern, tokens: tuple[str, ...]) -> dict[str, str] | None:
    """The pattern's named groups with their values, in order, digits and dates mended; None when it doesn't match."""
    match = pattern.tokens.fullmatch(" ".join(tokens))
    if match is None:
        return None
    fields: dict[str, str] = {}
    for name, value in match.groupdict().items():
        mended = None if value is None else _mended(pattern, name, value)
        if value is not None and mended is None:
            return None
        fields |= mended or {}
    return fields


def _mended(pattern: NumberPattern, name: str, value: str) -> dict[str, str] | None:
    if name == "date":
        return year_and_month(value, pattern.date)
    if name == "year":
        year = _year(value)
        return {"year": year} if year else None
    return {name: value.translate(AS_DIGIT) if name in pattern.digits else value}


def year_and_month(text: str, order: str) -> dict[str, str] | None:
    """Two tokens as year (4 digits) and month (2), whichever way round they make sense, `order` first; else None."""
    first, second = text.split()
    ways = [(first, second), (second, first)] if order == "year-month" else [(second, first), (first, second)]
    for year, month in ((_year(year), _month(month)) for year, month in ways):
        if year and month:
            return {"year": year, "month": month}
    return None


def _year(text: str) -> str | None:
    digits = text.translate(AS_DIGIT)
    if not digits.isdecimal():
        return None
    if len(digits) == 2:
        return f"{19 if int(digits) >= CENTURY_TURNS else 20}{digits}"
    return digits if len(digits) == 4 and digits[:2] in ("19", "20") else None


def _month(text: str) -> str | None:
    digits = text.translate(AS_DIGIT)
    if digits.isdecimal():
        return f"{int(digits):02}" if len(digits) <= 2 and 1 <= int(digits) <= 12 else None
    name = text.replace("SEPT", "SET").replace("SEP", "SET")
    return next((f"{at:02}" for at, month in enumerate(MONTHS, 1) if len(name) > 2 and month.startswith(name)), None)
