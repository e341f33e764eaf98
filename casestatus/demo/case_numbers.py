"""Made-up case numbers in the formats that offices really use, each unique over the whole demo in every lookup form."""

from collections.abc import Callable
from datetime import date
from random import Random

from casestatus.cases.numbers import Reading, readings
from casestatus.cases.stages import Model

Shape = Callable[[str, int, date, Random], str]


def _capital(letters: str, office: int, opened_on: date, chance: Random) -> str:
    """`CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026`: public prosecutor's office, agency, unit, custody, serial, month."""
    custody = chance.choice(("C/D", "S/D", "S/D"))
    unit = chance.randint(1, 4)
    return f"CI-FI{letters}/{letters}-{office}/UI-{unit} {custody}/{chance.randrange(1, 10**5):05d}/{opened_on:%m-%Y}"


def _former_capital(letters: str, office: int, opened_on: date, chance: Random) -> str:
    """`FACI/50/UI-2 S/D/00123/01-2012`."""
    custody = chance.choice(("C/D", "S/D", "S/D"))
    unit = chance.randint(1, 4)
    return f"F{letters}/{office}/UI-{unit} {custody}/{chance.randrange(1, 10**5):05d}/{opened_on:%m-%Y}"


def _state_of_mexico(_letters: str, _office: int, opened_on: date, chance: Random) -> str:
    """`TOL/TOL/TOL/034/123456/19/05`: region, agency, unit, serial, year, month."""
    place = chance.choice(("TOL", "ECA", "NEZ", "TLA", "CUA"))
    return f"{place}/{place}/{place}/{chance.randrange(1, 999):03d}/{chance.randrange(10**5, 10**6)}/{opened_on:%y/%m}"


def _serial_of_year(_letters: str, _office: int, opened_on: date, chance: Random) -> str:
    """`C.I. 12300/2020`."""
    return f"C.I. {chance.randrange(1, 10**5)}/{opened_on:%Y}"


def _agency_year_serial(_letters: str, _office: int, opened_on: date, chance: Random) -> str:
    """`0204-2019-12345`."""
    return f"02{chance.randint(1, 6):02d}-{opened_on:%Y}-{chance.randrange(1, 10**5):05d}"


SHAPES: dict[str, Shape] = {"MEX": _state_of_mexico, "JAL": _serial_of_year, "BCN": _agency_year_serial}


class NumberMint:
    """Draws numbers and remembers every form of them, so that none opens two cases wherever it is typed."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._taken: set[tuple[str, ...]] = set()

    def official(self, model: Model, letters: str, office: int, opened_on: date) -> tuple[Reading, ...]:
        """A new number of the n-th office in the state `letters`."""
        shape = _former_capital if model is Model.AP else SHAPES.get(letters, _capital)
        return self._new(lambda: shape(letters, office, opened_on, self._chance))

    def judicial(self, year: int) -> tuple[Reading, ...]:
        """A court's own number: `001/0000/2021` (unit, serial, year)."""
        return self._new(lambda: f"{self._chance.randint(1, 20):03d}/{self._chance.randrange(1, 10**4):04d}/{year}")

    def _new(self, draw: Callable[[], str]) -> tuple[Reading, ...]:
        while True:
            drawn = readings(draw())
            forms = {(form.value, *segments) for reading in drawn for form, segments in reading.segments.items()}
            if not forms & self._taken:
                self._taken |= forms
                return drawn
