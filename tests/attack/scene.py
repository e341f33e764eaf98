"""Months of made-up counts, and their release: by the very functions that a cut uses, without the database between."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from casestatus.statistics.domain import Cell, cells, crimes_of_offices, vocabulary
from casestatus.statistics.rows import Code, CodeLists
from casestatus.statistics.tables import TABLES

MONTH = "2026-03"
OFFICES = tuple(
    Code(code=f"FGJ.{number}", es=f"Agencia {number}", en=f"Agencia {number}", valid_from=MONTH) for number in range(3)
)
CODES: CodeLists = vocabulary(MONTH, OFFICES)
CRIMES = crimes_of_offices(CODES)
PLACES = {name: {cell: at for at, cell in enumerate(cells(TABLES[name], CODES))} for name in TABLES}


class Noise(Protocol):
    """What puts noise on counts: `noise.noised`, or `exact`."""

    def __call__(self, counts: Sequence[int], *, sigma: int) -> list[int]: ...


def exact(counts: Sequence[int], *, sigma: int) -> list[int]:
    """No noise at all."""
    del sigma
    return list(counts)


@dataclass
class Month:
    """The true counts of a month."""

    true: dict[str, list[int]] = field(
        default_factory=lambda: {name: [0] * len(places) for name, places in PLACES.items()}
    )

    def add(self, table: str, cell: Cell, number: int = 1) -> None:
        self.true[table][PLACES[table][cell]] += number

    def add_case(self, office: str, crime: str, number: int = 1) -> None:
        """New cases, in both tables that count them."""
        self.add("T1", Cell(office, crime), number)
        self.add("T1s", Cell(office), number)

    def released(self, noise: Noise, *names: str) -> dict[str, list[int]]:
        """`conteo_medido` of these tables: drawn once."""
        return {name: noise(self.true[name], sigma=TABLES[name].sigma(1)) for name in names}


def a_month(chance: Random, *, cases: int) -> Month:
    """A month in which each office got about so many cases, most of them of a few crimes."""
    month = Month()
    weights = [1 / (1 + rank) for rank in range(len(CRIMES))]
    for office in OFFICES:
        for crime in chance.choices(CRIMES, weights=weights, k=cases + chance.randint(-5, 5)):
            month.add_case(office.code, crime)
    return month
