"""Counting tries in the database, before anything is verified: atomically, under keyed subjects, fail closed."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from casestatus.access.models import LoginTry, Throttle
from casestatus.access.waiting import (
    FAILURES_WINDOW,
    NUMBERS_WINDOW,
    AddressHistory,
    address_opens_at,
    number_opens_at,
    remembered_tries,
)
from casestatus.database import new_id
from casestatus.errors import N_, Throttled
from casestatus.settings import Limits

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class SignInThrottled(Throttled):
    """429: this number, or this address, has to wait. The same for numbers that don't exist."""

    detail = N_("Hubo varios intentos. Espera y prueba otra vez, o usa tu clave de respaldo.")


@dataclass(frozen=True)
class Subjects:
    """What one try is counted under, as keyed hashes. `numbers` is empty for a backup key: no guessing blocks it."""

    number: bytes
    numbers: tuple[bytes, ...]
    address: bytes
    network: bytes | None

    @property
    def locked(self) -> list[bytes]:
        """Every row that this try has to hold, always in the same order, so that two tries never deadlock."""
        return sorted({*self.numbers, self.address, *([self.network] if self.network else [])})


@dataclass(frozen=True)
class CountedTry:
    """A try that was counted and may now be verified."""

    id: UUID
    subjects: Subjects
    at: datetime


def count_try(session: Session, subjects: Subjects, limits: Limits, *, now: datetime) -> CountedTry:
    """Counts a try before it is verified. Raises SignInThrottled, having counted nothing, while it has to wait."""
    tries = _locked_tries(session, subjects.locked, now)
    _refuse_early(
        [number_opens_at(tries[key], limits) for key in subjects.numbers]
        + _address_openings(session, subjects, limits, now),
        now,
    )
    counted = CountedTry(new_id(), subjects, now)
    _write_tries(session, {key: _with(tries[key], now, limits) for key in subjects.numbers})
    session.execute(insert(LoginTry).values(_login_try(counted)))
    return counted


def take_back(session: Session, counted: CountedTry) -> None:
    """What a right PIN takes back: its own try and nothing else."""
    tries = _locked_tries(session, counted.subjects.locked, counted.at)
    left = {key: _without(tries[key], counted.at) for key in counted.subjects.numbers}
    _write_tries(session, left)
    session.execute(delete(LoginTry).where(LoginTry.id == counted.id))


def _refuse_early(openings: Iterable[datetime | None], now: datetime) -> None:
    latest = max((opens_at for opens_at in openings if opens_at is not None), default=now)
    if latest > now:
        raise SignInThrottled(retry_after=math.ceil((latest - now).total_seconds()))


def _login_try(counted: CountedTry) -> dict[str, object]:
    keys = counted.subjects
    origin = {"address_key": keys.address, "network_key": keys.network}
    return {"id": counted.id, "number_key": keys.number, "tried_at": counted.at, **origin}


def _locked_tries(session: Session, keys: list[bytes], now: datetime) -> dict[bytes, list[datetime]]:
    """The tries under each key. The upsert makes missing rows and holds all of them until the transaction ends."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rows = dialect.insert(Throttle).values([{"key": key, "tries": [], "last_try_at": now} for key in keys])
    held = rows.on_conflict_do_update(index_elements=["key"], set_={"last_try_at": now})
    found = session.execute(held.returning(Throttle.key, Throttle.tries))
    return {row.key: [EPOCH + moment * MICROSECOND for moment in row.tries] for row in found}


def _write_tries(session: Session, tries: Mapping[bytes, list[datetime]]) -> None:
    rows = [{"key": key, "tries": [(at - EPOCH) // MICROSECOND for at in tries[key]]} for key in sorted(tries)]
    if rows:
        session.execute(update(Throttle), rows)


def _with(tries: list[datetime], own: datetime, limits: Limits) -> list[datetime]:
    """Sorted, because tries that come at once may reach the row in another order than the clock was read in."""
    return sorted([*remembered_tries(tries, limits, now=own), own])


def _without(tries: list[datetime], own: datetime) -> list[datetime]:
    left = list(tries)
    if own in left:  # it may have been forgotten meanwhile
        left.remove(own)
    return left


def _address_openings(session: Session, subjects: Subjects, limits: Limits, now: datetime) -> list[datetime | None]:
    openings = [address_opens_at(_history(session, LoginTry.address_key, subjects.address, now), limits)]
    if subjects.network is not None:
        network = _history(session, LoginTry.network_key, subjects.network, now)
        openings.append(address_opens_at(network, limits, times=limits.network_times))
    return openings


def _history(session: Session, column: InstrumentedAttribute[Any], key: bytes, now: datetime) -> AddressHistory:
    lately = func.count().filter(LoginTry.tried_at > now - FAILURES_WINDOW)
    numbers = func.count(LoginTry.number_key.distinct())
    failed = select(lately, numbers, func.max(LoginTry.tried_at))
    row = session.execute(failed.where(column == key, LoginTry.tried_at > now - NUMBERS_WINDOW)).one()
    return AddressHistory(*row)
