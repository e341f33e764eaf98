"""Which cells a table has: the product of public code lists, never of the data, so that empty cells get noise too.

One vocabulary per period: months until 2025-12 speak the classification of 2015, later ones that of 2026. At office
level crimes of high sensitivity stand together, and small offices under the office that they were merged into. Pure.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from casestatus.cases.code_lists import code_lists
from casestatus.cases.crimes import UNCLASSIFIED, Crime, crimes, former_crimes
from casestatus.cases.crosswalk import Quality, crossings
from casestatus.statistics.periods import months_of
from casestatus.statistics.rows import Code, CodeLists
from casestatus.statistics.tables import Table

ALTA_SENSIBILIDAD = "alta_sensibilidad"
CONCLUIDA = "concluida"
OTHER_OUTCOME = "otra"
FIRST_MONTH_OF_2026 = "2026-01"


class Cell(NamedTuple):
    """Where a count stands in its table; a dimension that the table has not is None."""

    office: str | None = None
    crime: str | None = None
    stage: str | None = None
    outcome: str | None = None
    days: str | None = None


def vocabulary(month: str, offices: Iterable[Code]) -> CodeLists:
    """The code lists of a month, in the order of the tables' domains."""
    listed = sorted(_classification(month), key=lambda crime: crime.slug)
    sensitive = tuple(crime.slug for crime in listed if crime.sensitive)
    merged = Code(code=ALTA_SENSIBILIDAD, **_words("groups")[ALTA_SENSIBILIDAD], valid_from=month, includes=sensitive)
    by_slug = [
        Code(code=crime.slug, es=crime.label_es, en=crime.label_en, valid_from=month, group=crime.group)
        for crime in listed
    ]
    outcomes = code_lists()["statistical_outcomes"]
    return CodeLists(
        offices=tuple(sorted(offices, key=lambda office: office.code)),
        crimes=tuple(sorted([*by_slug, merged], key=lambda crime: crime.code)),
        groups=_codes(dict(sorted(_words("groups").items())), month),
        stages=_codes(_words("stages"), month),
        outcomes=_codes({code: {"es": words["es"], "en": words["en"]} for code, words in outcomes.items()}, month),
        days=_codes(_words("days"), month),
        crossings=_crossings(),
    )


def crossed_as_now(codes: CodeLists) -> CodeLists:
    """The same lists with the crossings between both classifications as this version of the software knows them."""
    return replace(codes, crossings=_crossings())


def _crossings() -> tuple[tuple[str, str, str], ...]:
    return tuple((row.former, row.current, str(row.quality)) for row in crossings())


def _codes(words: Mapping[str, Mapping[str, str]], month: str) -> tuple[Code, ...]:
    return tuple(Code(code=code, es=each["es"], en=each["en"], valid_from=month) for code, each in words.items())


@cache
def _words(name: str) -> Mapping[str, dict[str, str]]:
    lists = tomllib.loads(files("casestatus.statistics").joinpath("codes.toml").read_text("utf-8"))
    words: dict[str, dict[str, str]] = lists[name]
    return words


def _classification(month: str) -> Iterator[Crime]:
    """The crimes of the classification in use. One of 2015 that was split goes on under its own name: nobody can say
    which of its successors a case belongs to.
    """
    if month < FIRST_MONTH_OF_2026:
        yield from [*former_crimes().values(), UNCLASSIFIED]
        return
    split = {row.former for row in crossings() if row.quality is Quality.SPLIT}
    yield from crimes().values()
    yield from (crime for slug, crime in former_crimes().items() if slug in split)


def cells(table: Table, codes: CodeLists) -> list[Cell]:
    """Every cell of a table in one period, in the order of its files."""
    match table.name:
        case "T1":
            return [
                Cell(office=office, crime=crime) for office in _offices(codes) for crime in crimes_of_offices(codes)
            ]
        case "T1s":
            return [Cell(office=office) for office in _offices(codes)]
        case "T2":
            return [Cell(office=office, stage=stage) for office in _offices(codes) for stage in _stages(codes)]
        case "T3":
            groups = groups_of_offices(codes)
            return [Cell(office, group, *end) for office in _offices(codes) for group in groups for end in _ends(codes)]
        case "T4":
            known = sorted(slug for slug in _own_slugs(codes))
            return [Cell(crime=crime, stage=stage) for crime in known for stage in _stages(codes)]
        case _:
            return _durations(codes)


def _offices(codes: CodeLists) -> list[str]:
    return [office.code for office in codes.offices]


def _stages(codes: CodeLists) -> list[str]:
    return [stage.code for stage in codes.stages]


def _ends(codes: CodeLists) -> list[tuple[str, str | None]]:
    """Each stage; the last one by outcome."""
    ends: list[tuple[str, str | None]] = [(stage, None) for stage in _stages(codes) if stage != CONCLUIDA]
    return [*ends, *((CONCLUIDA, outcome.code) for outcome in codes.outcomes)]


def _durations(codes: CodeLists) -> list[Cell]:
    left = [stage for stage in _stages(codes) if stage != CONCLUIDA]
    groups = sorted({str(crime.group) for crime in codes.crimes if crime.code != ALTA_SENSIBILIDAD})
    return [Cell(crime=group, stage=stage, days=bin_.code) for group in groups for stage in left for bin_ in codes.days]


def sensitive_crimes(codes: CodeLists) -> frozenset[str]:
    """The crimes that are counted at office level only together."""
    return frozenset(slug for code in codes.crimes if code.code == ALTA_SENSIBILIDAD for slug in code.includes)


def _own_slugs(codes: CodeLists) -> frozenset[str]:
    return frozenset(crime.code for crime in codes.crimes) - {ALTA_SENSIBILIDAD}


def crimes_of_offices(codes: CodeLists) -> list[str]:
    """The crimes of T1: those of high sensitivity are one."""
    return sorted((_own_slugs(codes) - sensitive_crimes(codes)) | {ALTA_SENSIBILIDAD})


def groups_of_offices(codes: CodeLists) -> list[str]:
    """The crime groups of T3: those that hold an ordinary crime, and the sensitive ones together."""
    sensitive = sensitive_crimes(codes)
    ordinary = {str(crime.group) for crime in codes.crimes if crime.code not in {*sensitive, ALTA_SENSIBILIDAD}}
    return sorted(ordinary | {ALTA_SENSIBILIDAD})


class Places:
    """Finds the cell of a count: what an office and a crime are called in one period's vocabulary."""

    def __init__(self, codes: CodeLists) -> None:
        self._slugs = _own_slugs(codes)
        self._groups = {crime.code: str(crime.group) for crime in codes.crimes}
        self._sensitive = sensitive_crimes(codes)
        self._crossings = codes.crossings
        self._offices = {part: office.code for office in codes.offices for part in (office.code, *office.includes)}

    def office(self, code: str) -> str:
        """The office under whose code this one is published."""
        return self._offices[code]

    def crime(self, slug: str) -> str:
        """A crime of either classification in this period's own."""
        if slug in self._slugs:
            return slug
        others = {a if b == slug else b for a, b, _ in self._crossings if slug in (a, b)} & self._slugs
        return others.pop() if len(others) == 1 else UNCLASSIFIED.slug

    def crime_of_office(self, slug: str) -> str:
        """The same at office level."""
        crime = self.crime(slug)
        return ALTA_SENSIBILIDAD if crime in self._sensitive else crime

    def group(self, slug: str) -> str:
        """The group of a crime."""
        return self._groups[self.crime(slug)]

    def group_of_office(self, slug: str) -> str:
        """The same at office level."""
        crime = self.crime(slug)
        return ALTA_SENSIBILIDAD if crime in self._sensitive else self._groups[crime]


def vocabulary_month(period: str) -> str:
    """The month whose code lists a period speaks: itself, or the last of its quarter."""
    return months_of(period)[-1]
