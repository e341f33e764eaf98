"""The six tables: their dimensions, how many events one case can have in each, and their noise. Pure.

Source: open_data.md §3b.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class Table:
    """One published table.

    `events` is the most that one case can add to it, over all periods, each event in another cell. `sigmas` are the
    noise of edition 1 and of edition 2; they may only ever grow.
    """

    name: str
    quarterly: bool
    dimensions: tuple[str, ...]
    events: int
    sigmas: tuple[int, int]

    def sigma(self, edition: int) -> int:
        """The noise of an edition."""
        return self.sigmas[edition - 1]

    @property
    def has_offices(self) -> bool:
        return "office" in self.dimensions


STAGES = 8  # which one case can enter once each
STAGES_LEFT = 7  # all but `concluida`
TABLES: Mapping[str, Table] = {
    table.name: table
    for table in (
        Table(name="T1", quarterly=False, dimensions=("office", "crime"), events=1, sigmas=(2, 4)),
        Table(name="T1s", quarterly=False, dimensions=("office",), events=1, sigmas=(2, 4)),
        Table(name="T2", quarterly=False, dimensions=("office", "stage"), events=STAGES, sigmas=(5, 10)),
        Table(
            name="T3", quarterly=True, dimensions=("office", "crime", "stage", "outcome"), events=STAGES, sigmas=(5, 10)
        ),
        Table(name="T4", quarterly=False, dimensions=("crime", "stage"), events=STAGES, sigmas=(5, 10)),
        Table(name="T5", quarterly=True, dimensions=("crime", "stage", "days"), events=STAGES_LEFT, sigmas=(5, 10)),
    )
}
EDITIONS = (1, 2)


def sigma_of(table: str, edition: int) -> int:
    """The noise of a table's edition."""
    return TABLES[table].sigma(edition)


def rho(*, events: int, sigma: int) -> Fraction:
    """What one draw costs one case: adding it moves `events` cells by one, so n / (2 sigma²) under zCDP, exactly."""
    return Fraction(events, 2 * sigma * sigma)
