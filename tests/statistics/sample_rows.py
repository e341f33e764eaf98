"""Made-up published rows: no draw stands behind them, so that pictures, files and pages can be tested without a cut."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import product
from zlib import crc32

from casestatus.statistics.rows import Code, CodeLists, Row

STAGES = (
    ("inicio", "Inicio", "Opening", 60),
    ("investigacion", "Investigación", "Investigation", 50),
    ("pausa", "Pausa", "Paused", 20),
    ("solucion_alterna", "Solución alterna", "Alternative solution", 6),
    ("decision_en_revision", "Decisión en revisión", "Decision under review", 5),
    ("ante_juez", "Ante un juez", "Before a judge", 12),
    ("juicio", "Juicio", "Trial", 4),
    ("concluida", "Concluida", "Closed", 18),
)
DAYS = ("0-7", "8-30", "31-90", "91-180", "181-365", "366-730", "731+")
GROUPS = (("vida", "Contra la vida", "Against life"), ("robo", "Robo", "Robbery and theft"))
SIGMA = {"T1s": 2, "T2": 5, "T5": 5}


def months_until(last: str, count: int) -> list[str]:
    """The `count` months that end with `last`, oldest first."""
    year, month = map(int, last.split("-"))
    numbers = range(12 * year + month - count, 12 * year + month)
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]


def sample_codes(offices: int = 4) -> CodeLists:
    """The offices and stages of the rows."""
    named = [(f"CMX-{number}", f"Agencia {number}") for number in range(1, offices + 1)]
    since = "2024-01"
    return CodeLists(
        offices=tuple(Code(code=code, es=name, en=name, valid_from=since, region="09") for code, name in named),
        crimes=(),
        groups=tuple(Code(code=code, es=es, en=en, valid_from=since) for code, es, en in GROUPS),
        stages=tuple(Code(code=code, es=es, en=en, valid_from=since) for code, es, en, _ in STAGES),
        outcomes=(),
        days=tuple(Code(code=code, es=code, en=code, valid_from=since) for code in DAYS),
        crossings=(),
    )


def sample_rows(months: Iterable[str], codes: CodeLists) -> Callable[[str], Iterator[Row]]:
    """Rows of T1s, T2 and T5 for these months and their whole quarters; the same each time."""
    kept, offices, stages = list(months), list(enumerate(codes.offices)), STAGES
    quarters = sorted({f"{month[:4]}-T{(int(month[5:]) + 2) // 3}" for month in kept})
    tables: dict[str, Callable[[], Iterator[Row]]] = {
        "T1s": lambda: (
            a_row("T1s", month, 60 - 8 * place, office=office.code, coverage=_share(month, place))
            for month, (place, office) in product(kept, offices)
        ),
        "T2": lambda: (
            a_row("T2", month, usual, office=office.code, stage=stage, coverage=_share(month, place))
            for month, (place, office), (stage, _, _, usual) in product(kept, offices, stages)
        ),
        "T5": lambda: (
            a_row("T5", quarter, usual // 2, crime=group, stage=stage, days=days)
            for quarter, (group, _, _), (stage, _, _, usual), days in product(quarters, GROUPS, stages[:-1], DAYS)
        ),
    }
    return lambda table: tables[table]()


def a_row(table: str, period: str, near: int, *, edition: int = 1, **changes: object) -> Row:
    """A row whose measured number lies near `near`, as far from it as its own key says."""
    given: dict[str, object] = dict.fromkeys(("office", "crime", "stage", "outcome", "days", "coverage")) | changes
    sigma = SIGMA[table] * edition
    apart = crc32(f"{table}{period}{given}".encode()) % (2 * sigma + 1) - sigma
    measured, half = near + apart, round(1.96 * sigma)
    return Row(
        table=table,
        period=period,
        count=max(measured, 0),
        measured=measured,
        low=measured - half,
        high=measured + half,
        reliable=measured >= 3 * sigma,
        edition=edition,
        **given,  # type: ignore[arg-type]  # named by the signature
    )


def _share(month: str, place: int) -> Decimal:
    return Decimal("0.6") if (int(month[5:]) + place) % 5 == 0 else Decimal("1.0")
