"""A database restored from before a cut takes up again what was published since, cell by cell, instead of drawing anew.

The signed files are the proof. They hold noised cells only, so nothing is learnt from reading them back; the ledger
gets its entries again, since what was spent stays spent.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casestatus.errors import N_, Conflict
from casestatus.statistics.closing import frozen_months
from casestatus.statistics.cutting import ledger_entry
from casestatus.statistics.domain import Cell, cells, vocabulary_month
from casestatus.statistics.ledger import Cost
from casestatus.statistics.models import FrozenMonth, ReleaseMade, StoredDraw
from casestatus.statistics.reliability import interval
from casestatus.statistics.rows import Code, CodeLists, Draw, Published, Release, Row
from casestatus.statistics.tables import TABLES
from casestatus.statistics.vocabularies import codes_at, keep_codes


class PublishedDiffers(Conflict):
    """The published files and the database tell two stories."""

    type = "published-differs"
    detail = N_("Los archivos publicados de %(release)s no son los de esta base. No se publicó ni se sorteó nada.")


def adopt(session: Session, published: Iterable[Published]) -> list[str]:
    """Take up every published release (oldest first) that this database doesn't know. Returns their names.

    Raises PublishedDiffers when the two can't be one history.
    """
    return [each.release.name for each in published if _take_up(session, each)]


def _take_up(session: Session, each: Published) -> bool:
    release = each.release
    known = session.get(ReleaseMade, release.name)
    if known is not None:
        _require(known.cut_at == release.cut_at, release)
        if release.withdrawn_at is not None and known.withdrawn_at is None:
            known.withdrawn_at, known.reason = release.withdrawn_at, release.reason
        return False
    newest = session.scalars(select(ReleaseMade).order_by(ReleaseMade.number.desc()).limit(1)).first()
    _require(release.previous == (newest.name if newest else None), release)
    _add_release(session, release)
    frozen = set(frozen_months(session))
    for month in (month for month in release.months if month not in frozen):
        _freeze(session, release, month, each.codes, edition=1)
    for month in sorted({draw.period for draw in release.draws if draw.edition > 1 and draw.period in frozen}):
        _freeze(session, release, month, each.codes, edition=2)
    for draw in release.draws:
        _add_draw(session, each, draw)
    session.flush()
    return True


def _add_release(session: Session, release: Release) -> None:
    number = (session.scalar(select(func.max(ReleaseMade.number))) or 0) + 1
    session.add(
        ReleaseMade(
            name=release.name,
            number=number,
            cut_at=release.cut_at,
            withdrawn_at=release.withdrawn_at,
            reason=release.reason,
        )
    )
    session.flush()


def _freeze(session: Session, release: Release, month: str, codes: CodeLists, *, edition: int) -> None:
    """Without the digest of what was counted: nobody knows it any more, and no file may hold it."""
    session.add(
        FrozenMonth(
            month=month,
            edition=edition,
            release_name=release.name,
            code_list=keep_codes(session, codes_at(codes, month)),
            frozen_at=release.cut_at,
        )
    )
    session.flush()


def _add_draw(session: Session, each: Published, draw: Draw) -> None:
    codes = codes_at(each.codes, vocabulary_month(draw.period))
    rows = list(each.rows_of(draw))
    _require([_cell(row) for row in rows] == cells(TABLES[draw.table], codes), each.release)
    events, sigma = each.spent[draw]
    _require(all((row.low, row.high) == interval(row.measured, sigma) for row in rows), each.release)
    session.add(
        StoredDraw(
            table=draw.table,
            period=draw.period,
            edition=draw.edition,
            release_name=each.release.name,
            code_list=keep_codes(session, codes),
            sigma=sigma,
            measured=[row.measured for row in rows],
            counts=[row.count for row in rows],
            coverage=_coverage(rows, codes.offices) if TABLES[draw.table].has_offices else None,
        )
    )
    session.add(ledger_entry(Cost(draw, events, sigma), at=each.release.cut_at))


def _cell(row: Row) -> Cell:
    return Cell(row.office, row.crime, row.stage, row.outcome, row.days)


def _coverage(rows: Iterable[Row], offices: Sequence[Code]) -> list[int]:
    tenths = {row.office: int((row.coverage or 0) * 10) for row in rows}
    return [tenths[office.code] for office in offices]


def _require(same: bool, release: Release) -> None:
    if not same:
        raise PublishedDiffers(params={"release": release.name})
