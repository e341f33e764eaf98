"""The states of the small country, with the crimes that were published for each (`published.csv`)."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from casestatus.cases.code_lists import words_of_code


@dataclass(frozen=True, kw_only=True)
class State:
    """A state: INEGI's key, its letters, its time zone, and the case files opened there by crime."""

    region: str
    letters: str
    zone: str
    crimes: Mapping[str, int]

    @property
    def institution(self) -> str:
        """The name of its Fiscalía."""
        return words_of_code("to_authority", f"fiscalia_{self.region}")["es"].removeprefix("la ")


def states() -> list[State]:
    """All states, in INEGI's order."""
    crimes: dict[str, dict[str, int]] = {}
    for row in _rows("published.csv"):
        crimes.setdefault(row["state"], {})[row["crime"]] = int(row["count"])
    return [
        State(region=row["state"], letters=row["letters"], zone=row["zone"], crimes=crimes[row["state"]])
        for row in _rows("states.csv")
    ]


def _rows(name: str) -> list[dict[str, str]]:
    with files("casestatus.demo").joinpath(name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))
