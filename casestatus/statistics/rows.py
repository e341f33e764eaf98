"""What is published, as plain values: rows, releases, code lists and the ledger. Everything that makes files of them,
draws them or reads them back speaks in these words. Pure.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

COLUMNS = (
    "tabla",
    "periodo",
    "oficina",
    "delito",
    "etapa",
    "resultado",
    "intervalo_dias",
    "conteo",
    "conteo_medido",
    "ic95_inf",
    "ic95_sup",
    "fiable",
    "cobertura",
    "edicion",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a published table, in the order of its table's fixed domain.

    A dimension that the table has not is None. `measured` is the true count plus its one draw of noise and may be
    negative; `count` is reconciled and never is. `coverage` is a share (0.0 to 1.0), None where there is no office.
    """

    table: str
    period: str  # "2026-10", or the quarter "2026-T3"
    office: str | None
    crime: str | None
    stage: str | None
    outcome: str | None
    days: str | None
    count: int
    measured: int
    low: int
    high: int
    reliable: bool
    coverage: Decimal | None
    edition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """The key of one draw: everything that was drawn together, once, for ever."""

    table: str
    period: str
    edition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One immutable edition of everything.

    `name` is the newest month it holds ("2026-10"), or the corrected month with "-e2". `months` are all months frozen
    until then, oldest first; `draws` those that are new in it, in the order of their files. `previous` is the release
    before it in the chain.
    """

    name: str
    cut_at: datetime
    months: tuple[str, ...]
    draws: tuple[Draw, ...]
    previous: str | None
    withdrawn_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code of a code list, with its words and the periods in which it was in use (`valid_to` None: it still is).

    `region` is INEGI's key of an office's state. `group` is a crime's. `includes` are the codes that are published
    under this one: small offices, or crimes of high sensitivity.
    """

    code: str
    es: str
    en: str
    valid_from: str
    valid_to: str | None = None
    region: str | None = None
    group: str | None = None
    includes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLists:
    """Every code that the tables may hold, in the order of the tables' domains.

    `crimes` holds both classifications; a period uses one of them. `crossings` are (2015, 2026, quality), as in
    cases/crime_lists/crosswalk.csv.
    """

    offices: tuple[Code, ...]
    crimes: tuple[Code, ...]
    groups: tuple[Code, ...]
    stages: tuple[Code, ...]
    outcomes: tuple[Code, ...]
    days: tuple[Code, ...]
    crossings: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one draw cost: a case has at most `events` in it, each in another cell, under noise of `sigma`."""

    draw: Draw
    events: int
    sigma: int
    rho: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All that was spent, and the bound that holds for one case over all of it: the sum over tables and editions of the
    greatest over periods, never above `limit`. `epsilon` is by delta, from the bound.
    """

    spent: tuple[Spent, ...]
    bound: Decimal
    limit: Decimal
    epsilon: tuple[tuple[str, Decimal], ...]  # ("1e-9", 8.80), ("1e-6", 7.16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A release as read back from signed files: what a database that was restored from before the cut takes up again.

    `codes` is the code list as published with it; `rows_of` gives one draw's rows in the order of its file. `spent` is
    what each draw cost, as it was signed: the events of one case, and sigma.
    """

    release: Release
    spent: Mapping[Draw, tuple[int, int]]
    codes: CodeLists
    rows_of: Callable[[Draw], Iterator[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A derived figure with its 95 % interval."""

    value: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """How long cases of a crime group stayed in a stage that they left in a quarter, from T5's noised bins only.

    `total` is the noised number of exits; below 50 nothing else is shown (None, no shares). Quartiles are in days and
    stop at 731: that means "731 or more". `shares` are by bin, from 0 to 1.
    """

    period: str
    group: str
    stage: str
    edition: int
    total: int
    quartile1: Estimate | None
    median: Estimate | None
    quartile3: Estimate | None
    shares: Sequence[tuple[str, Estimate]]
