"""A service that publishes month after month, on a database of its own: attackers read released rows and no more."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random

from sqlalchemy import select

from casestatus.crypto import KeyRing
from casestatus.database import Database, migrate
from casestatus.statistics.domain import Places
from casestatus.statistics.models import StoredDraw
from casestatus.statistics.periods import months_between, months_of
from casestatus.statistics.published_offices import public_codes
from casestatus.statistics.released import released_rows
from casestatus.statistics.rows import Release
from casestatus.statistics.tables import TABLES
from casestatus.statistics.tallying import Tally
from casestatus.statistics.vocabularies import kept_codes
from tests.attack.scene import CODES, CRIMES
from tests.statistics.crowd import Crowd, make_crowd

MONTHS = tuple(months_between("2026-01", "2026-12"))
LATER = "2027-02-01"
MOST = 12  # the greatest count of a cell
CellOfMonth = tuple[str, str, str]  # month, office, crime
SLUGS = {Places(CODES).crime_of_office(crime.code): crime.code for crime in CODES.crimes if crime.code in CRIMES}


@dataclass
class Published:
    """`truth` is T1 in the first month, `known` what she knows of the later ones: all but one case of each office,
    which is of the crime in `hers`.
    """

    crowd: Crowd
    truth: dict[CellOfMonth, int]
    known: Counter[CellOfMonth]
    hers: dict[tuple[str, str], str]

    @cached_property
    def releases(self) -> list[Release]:
        return self.crowd.releases()

    def read(self, release: Release) -> dict[CellOfMonth, int]:
        """`conteo_medido` of T1 as a release has it, for every month up to it."""
        with self.crowd.database.reading() as session:
            rows = released_rows(session, release, "T1")
            return {(row.period, str(row.office), str(row.crime)): row.measured for row in rows}

    def take_the_noise_away(self) -> None:
        """What stands there if the sampler hands out what it was given."""
        with self.crowd.database.writing() as session:
            tally = Tally(session, public_codes(session))
            for draw in session.scalars(select(StoredDraw)):
                codes = kept_codes(session, draw.code_list, months_of(draw.period)[-1])
                draw.measured = tally.true_counts(TABLES[draw.table], draw.period, codes)


@contextmanager
def a_year(chance: Random, *, offices: int) -> Iterator[Published]:
    """Twelve releases, one for each month of 2026, of a country with so many offices."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'country.db'}"
        migrate(url)
        database = Database(url)
        try:
            made = _filled(make_crowd(database, KeyRing.generate(), offices=offices), chance)
            for month in MONTHS:
                made.crowd.cut(month, day=LATER)
            yield made
        finally:
            database.close()


def _filled(crowd: Crowd, chance: Random) -> Published:
    with crowd.database.reading() as session:
        names = public_codes(session)
    made = Published(crowd, {}, Counter(), {})
    for at, office in enumerate(crowd.offices):
        for crime, slug in SLUGS.items():
            made.truth[MONTHS[0], names[office], crime] = number = chance.randint(0, MOST)
            crowd.new_cases(MONTHS[0], number, office=at, crime=slug)
        for month in MONTHS[1:]:
            *others, hers = chance.choices(list(SLUGS), k=20)
            for crime in [*others, hers]:
                crowd.new_cases(month, 1, office=at, crime=SLUGS[crime])
            made.known.update((month, names[office], crime) for crime in others)
            made.hers[month, names[office]] = hers
    crowd.write()
    return made
