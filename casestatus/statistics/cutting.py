"""Cuts a release in one transaction: freezes the months, counts, puts noise on each cell once, and stores that alone.

If the transaction doesn't commit, nobody has seen anything of it, and the next run draws afresh. Once it has, the same
(table, period, edition) is never drawn again: it is the primary key of its row; and what published files hold is
refused.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.crypto.keyring import Purpose
from casestatus.database import hold
from casestatus.errors import N_, Conflict
from casestatus.statistics.adding_up import month_counts, quarter_durations, quarter_entries
from casestatus.statistics.chaining import next_moment
from casestatus.statistics.closing import closable_months, draws_of
from casestatus.statistics.coverage import coverage_in_tenths
from casestatus.statistics.domain import cells, crossed_as_now, vocabulary, vocabulary_month
from casestatus.statistics.ledger import Cost, cost_of, require_may_spend
from casestatus.statistics.models import FrozenMonth, LedgerEntry, ReleaseMade, StoredDraw
from casestatus.statistics.noise import noised
from casestatus.statistics.officers import NOBODY, Officers
from casestatus.statistics.periods import KEPT_FOR, months_of
from casestatus.statistics.published_offices import public_codes, published_offices
from casestatus.statistics.released import costs, releases
from casestatus.statistics.rows import CodeLists, Draw, Release
from casestatus.statistics.tables import EDITIONS, TABLES
from casestatus.statistics.tallying import Tally
from casestatus.statistics.vocabularies import keep_codes, kept_codes


class AlreadyDrawn(Conflict):
    """There is one draw for each table, period and edition, for ever."""

    type = "already-drawn"
    detail = N_("La tabla %(table)s de %(period)s ya se publicó. Cada número se sortea una sola vez.")


class NotYetClosed(Conflict):
    """Only a published month can get a second edition."""

    type = "not-yet-closed"
    detail = N_("Ese mes todavía no se publica: no hay nada que corregir.")


class CountsDeleted(Conflict):
    """What was counted in that month has been deleted."""

    type = "counts-deleted"
    detail = N_("Lo contado en ese mes ya se borró: ya no puede volver a publicarse.")


class CountsLost(Conflict):
    """The month was taken up again from published files: the database was restored, and may hold a part of it."""

    type = "counts-lost"
    detail = N_("La base se restauró de antes de publicar ese mes y puede faltarle lo contado: no puede corregirse.")


def cut_months(
    session: Session,
    *,
    keys: KeyRing,
    now: datetime,
    until: str | None = None,
    published: Collection[Draw] = (),
    officers: Officers = NOBODY,
) -> Release | None:
    """Close every month that may close (not after `until`) in one release; None when there is none.

    `published` are the draws that published files hold. Raises what closing.py and ledger.py raise, AlreadyDrawn.
    """
    hold(session, b"release")
    months = closable_months(session, now=now, until=until)
    if not months:
        return None
    cut = _begin(session, months[-1], draws_of(months, edition=1), keys, now, published, officers)
    for month in months:
        cut.close(month, vocabulary(month, published_offices(session, month)))
    return releases(session)[-1]


def correct_month(
    session: Session,
    month: str,
    *,
    keys: KeyRing,
    now: datetime,
    published: Collection[Draw] = (),
    officers: Officers = NOBODY,
) -> Release:
    """Edition 2 of a month, and of the quarter that ends with it: once, for ever, drawn afresh on what is kept, as it
    was corrected since (correcting.py) and with the crossings of crimes as they are now. Its cells are edition 1's.

    Raises NotYetClosed, AlreadyDrawn, CountsDeleted, CountsLost.
    """
    hold(session, b"release")
    frozen = session.get(FrozenMonth, (month, 1))
    if frozen is None:
        raise NotYetClosed
    draws = draws_of([month], edition=2)
    _require_new(session, draws, published)
    require_counts(session, draws, now=now)
    cut = _begin(session, f"{month}-e2", draws, keys, now, published, officers)
    cut.close(month, kept_codes(session, frozen.code_list, month))
    return releases(session)[-1]


def _require_new(session: Session, draws: Iterable[Draw], published: Collection[Draw]) -> None:
    for draw in draws:
        if draw in published or session.get(StoredDraw, (draw.table, draw.period, draw.edition)) is not None:
            raise AlreadyDrawn(params={"table": draw.table, "period": draw.period})


def require_counts(session: Session, draws: Iterable[Draw], *, now: datetime) -> None:
    """Everything that was counted in these periods is still here. Raises CountsDeleted, CountsLost."""
    months = {month for draw in draws for month in months_of(draw.period)}
    first = select(FrozenMonth).where(FrozenMonth.month.in_(months), FrozenMonth.edition == 1)
    closings = session.scalars(first).all()
    if any(closing.frozen_at + KEPT_FOR <= now for closing in closings):
        raise CountsDeleted
    if any(closing.input_digest is None for closing in closings):
        raise CountsLost


def _begin(
    session: Session,
    name: str,
    draws: list[Draw],
    keys: KeyRing,
    now: datetime,
    published: Collection[Draw],
    officers: Officers,
) -> "_Cut":
    """The release's row, after everything that may refuse it."""
    _require_new(session, draws, published)
    require_may_spend(costs(session), [cost_of(draw) for draw in draws])
    number = (session.scalar(select(func.max(ReleaseMade.number))) or 0) + 1
    at = next_moment(session, now)
    session.add(
        ReleaseMade(name=name, number=number, cut_at=at, cut_by=officers.signed_by, confirmed_by=officers.confirmed_by)
    )
    session.flush()
    return _Cut(session, keys, name=name, edition=draws[0].edition, at=at)


class _Cut:
    """Draws and stores the periods of one release."""

    def __init__(self, session: Session, keys: KeyRing, *, name: str, edition: int, at: datetime) -> None:
        self._session, self._keys = session, keys
        self._name, self._edition, self._at = name, edition, at
        self._own_codes = public_codes(session)
        self._tally = Tally(session, self._own_codes, edition=edition)

    def close(self, month: str, codes: CodeLists) -> None:
        """Freeze a month for this edition, and draw it with the quarter that it ends."""
        code_list = keep_codes(self._session, codes)
        draws = {draw.table: draw for draw in draws_of([month], edition=self._edition)}
        measured, digest = self._drawn(month, draws, codes)
        counts = month_counts(codes, measured, edition=self._edition)
        for table in counts:
            self._store(draws[table], codes, code_list, measured[table], counts[table])
        self._session.flush()
        if "T3" in draws:
            of_months = self._entries_of_months(draws["T3"].period)
            entries = quarter_entries(codes, measured["T3"], of_months)
            self._store(draws["T3"], codes, code_list, measured["T3"], entries)
            self._store(draws["T5"], codes, code_list, measured["T5"], quarter_durations(codes, measured["T5"]))
        self._session.add(
            FrozenMonth(
                month=month,
                edition=self._edition,
                release_name=self._name,
                code_list=code_list,
                input_digest=digest,
                frozen_at=self._at,
            )
        )
        self._session.flush()

    def _drawn(self, month: str, draws: Mapping[str, Draw], codes: CodeLists) -> tuple[dict[str, list[int]], bytes]:
        """Every table with its noise, and the keyed digest of what it was drawn on. True counts end here."""
        counted_by = codes if self._edition == 1 else crossed_as_now(codes)
        true = {table: self._tally.true_counts(TABLES[table], draw.period, counted_by) for table, draw in draws.items()}
        measured = {table: noised(counts, sigma=TABLES[table].sigma(self._edition)) for table, counts in true.items()}
        frozen = ("frozen", month, str(self._edition), json.dumps(true, sort_keys=True))
        return measured, self._keys.mac(Purpose.STATISTICS, *frozen)

    def _store(self, draw: Draw, codes: CodeLists, code_list: bytes, measured: list[int], counts: list[int]) -> None:
        cost = cost_of(draw)
        self._session.add(
            StoredDraw(
                table=draw.table,
                period=draw.period,
                edition=draw.edition,
                release_name=self._name,
                code_list=code_list,
                sigma=cost.sigma,
                measured=measured,
                counts=counts,
                coverage=self._coverage(draw, codes),
            )
        )
        self._session.add(ledger_entry(cost, at=self._at))

    def _coverage(self, draw: Draw, codes: CodeLists) -> list[int] | None:
        """As it was when the period was first published: heartbeats don't change, and are not kept for ever."""
        if not TABLES[draw.table].has_offices:
            return None
        first = self._session.get(StoredDraw, (draw.table, draw.period, 1))
        if first is not None:
            return first.coverage
        return coverage_in_tenths(self._session, draw.period, codes.offices, self._own_codes)

    def _entries_of_months(self, quarter: str) -> Counter[tuple[str, str]]:
        """T2's published counts of a quarter's months, in the newest edition that this one may know."""
        summed: Counter[tuple[str, str]] = Counter()
        for month in months_of(quarter):
            found = (self._session.get(StoredDraw, ("T2", month, each)) for each in EDITIONS if each <= self._edition)
            stored = [each for each in found if each is not None]
            if stored:
                codes = kept_codes(self._session, stored[-1].code_list, vocabulary_month(month))
                for cell, count in zip(cells(TABLES["T2"], codes), stored[-1].counts, strict=True):
                    summed[str(cell.office), str(cell.stage)] += count
        return summed


def ledger_entry(cost: Cost, *, at: datetime) -> LedgerEntry:
    """What a draw costs, as it stands in the ledger."""
    draw = cost.draw
    return LedgerEntry(
        table=draw.table, period=draw.period, edition=draw.edition, events=cost.events, sigma=cost.sigma, spent_at=at
    )
