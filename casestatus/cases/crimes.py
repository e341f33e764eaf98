"""The crimes of the two published classifications, and how carefully each is to be treated."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class RiskTier(StrEnum):
    """How near the aggressor may be to the victim's telephone."""

    ORDINARY = "ordinary"
    HIGH = "high"


@dataclass(frozen=True)
class Crime:
    """One crime. `group` is coarse, for statistics; `sensitive` ones are counted at office level only together.

    `legal_good` and `kind` are the classification's own two upper levels, in Spanish.
    """

    slug: str
    label_es: str
    label_en: str
    legal_good: str
    kind: str
    group: str
    risk_tier: RiskTier
    sensitive: bool


UNCLASSIFIED = Crime(
    slug="sin_clasificar",
    label_es="Sin clasificar",
    label_en="Not classified",
    legal_good="Sin clasificar",
    kind="Sin clasificar",
    group="otros",
    risk_tier=RiskTier.HIGH,  # until somebody says what it is (design.md §6)
    sensitive=False,
)


@cache
def crimes() -> Mapping[str, Crime]:
    """Every crime by its slug: the 79 of the RNID (in use since January 2026), and `sin_clasificar`."""
    return {crime.slug: crime for crime in [*_listed("rnid2026.csv"), UNCLASSIFIED]}


@cache
def former_crimes() -> Mapping[str, Crime]:
    """The 55 crimes of CNSP/38/15, in use from 2015 to 2025: cases opened then keep them."""
    return {crime.slug: crime for crime in _listed("sesnsp2015.csv")}


def crime(slug: str) -> Crime | None:
    """The crime with this slug, or None: an unknown one is kept as UNCLASSIFIED and made an office task."""
    return crimes().get(slug) or former_crimes().get(slug)


def _listed(name: str) -> list[Crime]:
    text = files("casestatus.cases").joinpath("crime_lists", name).read_text("utf-8")
    return [_crime(row) for row in csv.DictReader(text.splitlines())]


def _crime(row: dict[str, str]) -> Crime:
    return Crime(
        slug=row["slug"],
        label_es=row["label_es"],
        label_en=row["label_en"],
        legal_good=row["legal_good"],
        kind=row["kind"],
        group=row["group"],
        risk_tier=RiskTier(row["risk_tier"]),
        sensitive=row["sensitive"] == "yes",
    )
