"""Which months may close now, and what a cut would draw for them. Nothing here sees a count."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casestatus.errors import N_, Conflict, Unprocessable
from casestatus.offices.models import Office
from casestatus.statistics.models import FrozenMonth
from casestatus.statistics.periods import (
    closes_on,
    ends_quarter,
    first_day,
    may_close,
    month_after,
    month_of,
    months_between,
    quarter_of,
)
from casestatus.statistics.rows import Draw
from casestatus.statistics.tables import TABLES


class MonthUnreadable(Unprocessable):
    """Not a month."""

    type = "month-unreadable"
    detail = N_("Escribe el mes como 2026-10.")


class MonthStillOpen(Conflict):
    """A month may close from the 15th of the next one."""

    type = "month-still-open"
    detail = N_("Ese mes puede cerrarse desde el %(day)s.")


class MonthBeforeService(Conflict):
    """The service had no office yet."""

    type = "month-before-service"
    detail = N_("Ese mes es anterior al servicio: no hay nada que contar.")


def read_month(text: str) -> str:
    """A month such as 2026-10. Raises MonthUnreadable."""
    try:
        month = f"{first_day(text):%Y-%m}"
    except ValueError:
        raise MonthUnreadable from None
    if month != text:
        raise MonthUnreadable
    return month


def first_month(session: Session) -> str | None:
    """The month in which the service got its first office: public, and no count."""
    began: datetime | None = session.scalar(select(func.min(Office.created_at)))
    return month_of(began) if began else None


def frozen_months(session: Session) -> Sequence[str]:
    """The months that are frozen, oldest first."""
    return session.scalars(select(FrozenMonth.month).where(FrozenMonth.edition == 1).order_by(FrozenMonth.month)).all()


def next_month(session: Session) -> str | None:
    """The month that is to be closed next, whether it may already or not."""
    frozen = frozen_months(session)
    return month_after(frozen[-1]) if frozen else first_month(session)


def closable_months(session: Session, *, now: datetime, until: str | None = None) -> list[str]:
    """The months that may close, oldest first; not those after `until`. Raises MonthStillOpen, MonthBeforeService."""
    if until is not None and not may_close(until, now):
        raise MonthStillOpen(params={"day": closes_on(until).isoformat()})
    began = first_month(session)
    if until is not None and (began is None or until < began):
        raise MonthBeforeService
    coming = next_month(session)
    if coming is None:
        return []
    return [month for month in months_between(coming, until or month_of(now)) if may_close(month, now)]


def draws_of(months: Iterable[str], *, edition: int) -> list[Draw]:
    """What closing these months draws: the monthly tables, and a quarter's with its last month."""
    return [
        Draw(table=table.name, period=quarter_of(month) if table.quarterly else month, edition=edition)
        for month in months
        for table in TABLES.values()
        if not table.quarterly or ends_quarter(month)
    ]
