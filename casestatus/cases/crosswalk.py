"""Which crimes of the 2015 classification and of that of 2026 may be one and the same."""

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from casestatus.cases.crimes import UNCLASSIFIED, Crime, RiskTier, crimes, former_crimes


class Quality(StrEnum):
    """How far figures of the two can be compared.

    `equal`: one became one. `split`: one became several. `merged`: several became one. `none`: the other has none such.
    """

    EQUAL = "equal"
    SPLIT = "split"
    MERGED = "merged"
    NONE = "none"


@dataclass(frozen=True)
class Crossing:
    """One pair of slugs; with quality `none` one of the two is empty."""

    former: str
    current: str
    quality: Quality


class CrosswalkBroken(Exception):
    """The crosswalk contradicts the two lists or itself; the text says where."""


@cache
def crossings() -> tuple[Crossing, ...]:
    """The whole crosswalk, read and checked once. Raises CrosswalkBroken: call it at start."""
    text = files("casestatus.cases").joinpath("crime_lists", "crosswalk.csv").read_text("utf-8")
    current = {slug: each for slug, each in crimes().items() if each is not UNCLASSIFIED}
    return read_crosswalk(text, former_crimes(), current)


def may_be_same(one: str, other: str) -> bool:
    """Whether two slugs may name one crime: the same slug, or a pair of the crosswalk."""
    return one == other or bool({(one, other), (other, one)} & _pairs())


def read_crosswalk(text: str, former: Mapping[str, Crime], current: Mapping[str, Crime]) -> tuple[Crossing, ...]:
    """The crosswalk in a CSV text. Raises CrosswalkBroken."""
    try:
        rows = [
            Crossing(row["sesnsp2015"], row["rnid2026"], Quality(row["quality"]))
            for row in csv.DictReader(text.splitlines())
        ]
    except (KeyError, ValueError) as problem:
        raise CrosswalkBroken(f"unreadable: {problem!r}") from problem
    _require_whole("2015", Counter(row.former for row in rows if row.former), former)
    _require_whole("2026", Counter(row.current for row in rows if row.current), current)
    _require_true_qualities(rows)
    _require_care(rows, former, current)
    return tuple(rows)


@cache
def _pairs() -> frozenset[tuple[str, str]]:
    return frozenset((row.former, row.current) for row in crossings())


def _require_whole(year: str, named: Counter[str], listed: Mapping[str, Crime]) -> None:
    if different := sorted(named.keys() ^ listed.keys()):
        raise CrosswalkBroken(f"{year}: {different} stand in the list or in the crosswalk, but not in both")


def _require_true_qualities(rows: list[Crossing]) -> None:
    formers, currents = Counter(row.former for row in rows), Counter(row.current for row in rows)
    for row in rows:
        if not (row.former and row.current):
            true = Quality.NONE
        elif formers[row.former] > 1:
            true = Quality.SPLIT
        else:
            true = Quality.MERGED if currents[row.current] > 1 else Quality.EQUAL
        if row.quality is not true:
            raise CrosswalkBroken(f"{row.former} and {row.current} are {true}, not {row.quality}")


def _require_care(rows: list[Crossing], former: Mapping[str, Crime], current: Mapping[str, Crime]) -> None:
    """A crime of 2015 is treated as carefully as the most dangerous one that it may be today."""
    for row in (row for row in rows if row.former and row.current):
        then, now = former[row.former], current[row.current]
        careless = then.risk_tier is not RiskTier.HIGH and now.risk_tier is RiskTier.HIGH
        if careless or now.sensitive > then.sensitive:
            raise CrosswalkBroken(f"{row.former} is treated with less care than {row.current}")
