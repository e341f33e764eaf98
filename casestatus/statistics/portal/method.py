"""The numbers of the method page, worked out from the tables themselves: noise, cost, and what is guaranteed."""

import json
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files

from casestatus.errors import N_
from casestatus.statistics.ledger import RHO_LIMIT, epsilon
from casestatus.statistics.reliability import interval
from casestatus.statistics.tables import TABLES, rho


@dataclass(frozen=True)
class TableCost:
    """One table: how many events of a case it holds, its noise, its interval, and its cost as a sum."""

    name: str
    events: int
    sigma: int
    margin: int
    fewest: int
    rho: Decimal


@dataclass(frozen=True)
class Guarantee:
    """What a change to one case costs, and the epsilon at both deltas."""

    words: str
    rho: Decimal
    strict: Decimal  # at delta = 1e-9
    usual: Decimal  # at delta = 1e-6


@dataclass(frozen=True)
class Attack:
    """How often an attack guessed right, in per cent: on tables without noise, blind, on ours, and the most that the
    guarantee leaves to anybody. `make attack` writes the figures into attacks.json, the one place that holds them.
    """

    words: str
    unprotected: str
    blind: str
    here: str
    allowed: str


WORDS = {
    "subtracting": N_("Restar publicaciones seguidas: el delito de un caso nuevo (T1)"),
    "averaging": N_("Promediar lo que varias publicaciones dicen de una casilla (T1)"),
    "solving": N_("Resolver las casillas chicas con todas sus sumas"),
    "weighing": N_("Pesar los archivos en vez de leerlos"),
    "fingerprinting": N_("Comparar las huellas de toda tabla posible con las publicadas"),
    "knowing all others": N_("Conocer todos los demás casos: ¿está este? (un mes)"),
    "both editions": N_("Lo mismo, con las dos ediciones de las seis tablas y la vida entera del caso"),
    "timing": N_("Conocer todos los demás casos: ¿cuánto tardó este? (T5, dos ediciones)"),
    "ending": N_("Conocer todos los demás casos: ¿cómo terminó este? (T3, dos ediciones)"),
}


def _attacks() -> tuple[Attack, ...]:
    figures = json.loads(files("casestatus.statistics.portal").joinpath("attacks.json").read_text("ascii"))
    return tuple(Attack(words, **figures[name]) for name, words in WORDS.items())


@dataclass(frozen=True)
class Method:
    """All of them. `both` is the cost when every period is corrected once."""

    tables: tuple[TableCost, ...]
    total: Decimal
    both: Decimal
    limit: Decimal
    guarantees: tuple[Guarantee, ...]
    attacks: tuple[Attack, ...]


@cache
def method() -> Method:
    """The numbers as the tables stand."""
    first, second = _whole(1), _whole(1) + _whole(2)
    return Method(
        tables=tuple(_cost(name) for name in TABLES),
        total=_decimal(first),
        both=_decimal(second),
        limit=_decimal(RHO_LIMIT),
        attacks=_attacks(),
        guarantees=(
            _guarantee(N_("Agregar o quitar un caso con entradas a las 8 etapas"), first),
            _guarantee(N_("Cambiar un dato de un caso: qué delito o qué etapa"), 2 * first),
            _guarantee(N_("Agregar o quitar un caso, con edición 2 de todos los periodos"), second),
            _guarantee(N_("Agregar o quitar un caso con 3 entradas y 2 salidas"), _short_case()),
        ),
    )


def _whole(edition: int) -> Fraction:
    return sum((rho(events=table.events, sigma=table.sigma(edition)) for table in TABLES.values()), Fraction(0))


def _short_case() -> Fraction:
    """A case that was new, entered three stages and left two of them."""
    events = {"T1": 1, "T1s": 1, "T2": 3, "T3": 3, "T4": 3, "T5": 2}
    return sum((rho(events=count, sigma=TABLES[name].sigma(1)) for name, count in events.items()), Fraction(0))


def _cost(name: str) -> TableCost:
    table, sigma = TABLES[name], TABLES[name].sigma(1)
    _, margin = interval(0, sigma)
    cost = _decimal(rho(events=table.events, sigma=sigma))
    return TableCost(name=name, events=table.events, sigma=sigma, margin=margin, fewest=3 * sigma, rho=cost)


def _guarantee(words: str, cost: Fraction) -> Guarantee:
    return Guarantee(words, _decimal(cost), epsilon(float(cost), 1e-9), epsilon(float(cost), 1e-6))


def _decimal(exact: Fraction) -> Decimal:
    return Decimal(exact.numerator) / Decimal(exact.denominator)
