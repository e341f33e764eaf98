"""What has been released, read from its stored rows: releases, their cells in domain order, code lists and the ledger.

The only reader of release rows for files and pages; nothing here can see a raw case.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.statistics.domain import cells, vocabulary_month
from casestatus.statistics.ledger import Cost, ledger
from casestatus.statistics.models import FrozenMonth, LedgerEntry, ReleaseMade, StoredDraw
from casestatus.statistics.reliability import interval, is_reliable
from casestatus.statistics.rows import CodeLists, Draw, Ledger, Release, Row
from casestatus.statistics.tables import TABLES
from casestatus.statistics.vocabularies import codes_over, kept_codes

ORDER_OF_TABLES = {name: number for number, name in enumerate(TABLES)}


def releases(session: Session) -> Sequence[Release]:
    """Every release, oldest first, withdrawn ones too."""
    told: list[Release] = []
    months: list[str] = []
    for made in session.scalars(select(ReleaseMade).order_by(ReleaseMade.number)):
        months += frozen_in(session, made.name)
        told.append(
            Release(
                name=made.name,
                cut_at=made.cut_at,
                months=tuple(months),
                draws=tuple(_draws_in(session, made.name)),
                previous=told[-1].name if told else None,
                withdrawn_at=made.withdrawn_at,
                reason=made.reason,
            )
        )
    return told


def frozen_in(session: Session, release: str) -> Sequence[str]:
    """The months that were frozen for the first time in a release, oldest first."""
    first = select(FrozenMonth.month).where(FrozenMonth.release_name == release, FrozenMonth.edition == 1)
    return session.scalars(first.order_by(FrozenMonth.month)).all()


def _draws_in(session: Session, release: str) -> list[Draw]:
    keys = select(StoredDraw.table, StoredDraw.period, StoredDraw.edition).where(StoredDraw.release_name == release)
    draws = [Draw(table=table, period=period, edition=edition) for table, period, edition in session.execute(keys)]
    return sorted(draws, key=_order)


def _order(draw: Draw) -> tuple[int, str, int]:
    return ORDER_OF_TABLES[draw.table], draw.period, draw.edition


def draws_until(session: Session, release: Release) -> list[Draw]:
    """Every draw up to and with a release, by table, period and edition."""
    draws: list[Draw] = []
    for each in releases(session):
        draws += each.draws
        if each.name == release.name:
            break
    return sorted(draws, key=_order)


def released_rows(session: Session, release: Release, table: str) -> Iterator[Row]:
    """One table with all periods and editions up to the release, by period, edition and domain; streamed."""
    for draw in draws_until(session, release):
        if draw.table == table:
            yield from rows_of_draw(session, draw)


def rows_of_draw(session: Session, draw: Draw) -> Iterator[Row]:
    """The rows of one draw, in domain order: a file of the release in which it is new."""
    stored = session.get_one(StoredDraw, (draw.table, draw.period, draw.edition))
    codes = kept_codes(session, stored.code_list, vocabulary_month(draw.period))
    domain = cells(TABLES[draw.table], codes)
    shares = {
        office.code: Decimal(tenths) / 10 for office, tenths in zip(codes.offices, stored.coverage or (), strict=False)
    }
    for cell, measured, count in zip(domain, stored.measured, stored.counts, strict=True):
        low, high = interval(measured, stored.sigma)
        yield Row(
            table=draw.table,
            period=draw.period,
            office=cell.office,
            crime=cell.crime,
            stage=cell.stage,
            outcome=cell.outcome,
            days=cell.days,
            count=count,
            measured=measured,
            low=low,
            high=high,
            reliable=is_reliable(measured, stored.sigma),
            coverage=shares.get(cell.office or ""),
            edition=draw.edition,
        )


def code_lists(session: Session, release: Release) -> CodeLists:
    """All codes in use up to the release."""
    frozen = select(FrozenMonth).where(FrozenMonth.edition == 1, FrozenMonth.month.in_(release.months))
    months = session.scalars(frozen.order_by(FrozenMonth.month)).all()
    return codes_over((each.month, kept_codes(session, each.code_list, each.month)) for each in months)


def ledger_until(session: Session, release: Release) -> Ledger:
    """What was spent up to the release, and the bound that holds then."""
    until = set(draws_until(session, release))
    return ledger(cost for cost in costs(session) if cost.draw in until)


def costs(session: Session) -> list[Cost]:
    """Everything that was ever spent, by table, period and edition."""
    entries = session.scalars(select(LedgerEntry))
    spent = [
        Cost(Draw(table=each.table, period=each.period, edition=each.edition), each.events, each.sigma)
        for each in entries
    ]
    return sorted(spent, key=lambda cost: _order(cost.draw))
