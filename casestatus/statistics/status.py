"""What the transparency officer sees before a cut: months, coverage, sizes and the ledger. No count, no trial draw."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from casestatus.statistics.closing import closable_months, draws_of, next_month
from casestatus.statistics.coverage import coverage_in_tenths
from casestatus.statistics.domain import cells, vocabulary, vocabulary_month
from casestatus.statistics.ledger import Cost, cost_of, ledger
from casestatus.statistics.periods import closes_on, month_after
from casestatus.statistics.published_offices import public_codes, published_offices
from casestatus.statistics.released import costs, releases
from casestatus.statistics.rows import Draw, Ledger, Release
from casestatus.statistics.tables import TABLES


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A draw that a cut would make: how many cells the code lists give it. Their numbers nobody knows yet."""

    draw: Draw
    cells: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the releases stand. `coverage` is (month, office, share) for each month that may close."""

    closable: Sequence[str]
    next_month: str | None
    next_closes_on: date | None
    coverage: Sequence[tuple[str, str, Decimal]]
    planned: Sequence[Planned]
    spent: Ledger
    after: Ledger
    releases: Sequence[Release]


def standing(session: Session, *, now: datetime, published: Collection[Cost] = ()) -> Standing:
    """Everything that may be known before a cut. `published` is what the draws of published files cost.

    A restored database may not know them yet; they are spent and never drawn again.
    """
    out = {cost.draw.period for cost in published if cost.draw.edition == 1}
    months = [month for month in closable_months(session, now=now) if month not in out]
    known = costs(session)
    spent = {cost.draw for cost in known}
    known = [*known, *(cost for cost in published if cost.draw not in spent)]
    planned = _planned(session, months)
    following = month_after(months[-1]) if months else next_month(session)
    while following in out:
        following = month_after(following)
    return Standing(
        closable=months,
        next_month=following,
        next_closes_on=closes_on(following) if following else None,
        coverage=[line for month in months for line in _coverage(session, month)],
        planned=planned,
        spent=ledger(known),
        after=ledger([*known, *(cost_of(each.draw) for each in planned)]),
        releases=releases(session),
    )


def _planned(session: Session, months: Sequence[str]) -> list[Planned]:
    sizes: list[Planned] = []
    for draw in draws_of(months, edition=1):
        month = vocabulary_month(draw.period)
        codes = vocabulary(month, published_offices(session, month))
        sizes.append(Planned(draw=draw, cells=len(cells(TABLES[draw.table], codes))))
    return sizes


def _coverage(session: Session, month: str) -> list[tuple[str, str, Decimal]]:
    offices = sorted(published_offices(session, month), key=lambda office: office.code)
    tenths = coverage_in_tenths(session, month, offices, public_codes(session))
    return [(month, office.code, Decimal(share) / 10) for office, share in zip(offices, tenths, strict=True)]
