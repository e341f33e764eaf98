"""Counting tries in the database, before anything is verified: atomically, under keyed subjects, fail closed."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, SQLColumnExpression, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

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


def _holding(insert: Callable[..., Any]) -> Any:
    """Makes a row or touches it, which holds it either way, and tells its tries."""
    made = insert(Throttle).values(key=bindparam("key"), tries=bindparam("tries"), last_try_at=bindparam("last_try_at"))
    touched = made.on_conflict_do_update(index_elements=["key"], set_={"last_try_at": made.excluded.last_try_at})
    return touched.returning(Throttle.tries)


def _failures_of(origin: SQLColumnExpression[Any]) -> Select[int, int, datetime]:
    """Tries under way count against the number of failures, so that none slips through; but only numbers that did fail
    count as failing: many people sign in at once behind one address of a telephone company.
    """
    lately = func.count().filter(LoginTry.tried_at > bindparam("failures_since"))
    failing = func.count(LoginTry.number_key.distinct()).filter(LoginTry.failed)
    counts = select(lately, failing, func.max(LoginTry.tried_at))
    return counts.where(origin == bindparam("origin"), LoginTry.tried_at > bindparam("numbers_since"))


# Built once: a sign-in's own statements may cost a fraction of the one Argon2id run only.
HOLD = {"postgresql": _holding(postgresql.insert), "sqlite": _holding(sqlite.insert)}
WRITE_TRIES = update(Throttle).where(Throttle.key == bindparam("held")).values(tries=bindparam("moments"))
INSERT_LOGIN_TRY = insert(LoginTry)
FAIL_LOGIN_TRY = update(LoginTry).where(LoginTry.id == bindparam("own")).values(failed=True)
DELETE_LOGIN_TRY = delete(LoginTry).where(LoginTry.id == bindparam("own"))
OF_ADDRESS, OF_NETWORK = _failures_of(LoginTry.address_key), _failures_of(LoginTry.network_key)


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
    openings = [number_opens_at(tries[key], limits) for key in subjects.numbers]
    _refuse_early(openings + _address_openings(session, subjects, limits, now), now)
    _write_tries(session, {key: _with(tries[key], now, limits) for key in subjects.numbers})
    counted = CountedTry(new_id(), subjects, now)
    session.connection().execute(INSERT_LOGIN_TRY, _login_try(counted))
    return counted


def take_back(session: Session, counted: CountedTry) -> None:
    """What a right PIN takes back: its own try and nothing else."""
    tries = _locked_tries(session, sorted(counted.subjects.numbers), counted.at)
    _write_tries(session, {key: _without(held, counted.at) for key, held in tries.items()})
    session.connection().execute(DELETE_LOGIN_TRY, {"own": counted.id})


def note_failure(session: Session, counted: CountedTry) -> None:
    """The try was verified and didn't open: its number counts as failing at the address that it came from."""
    session.connection().execute(FAIL_LOGIN_TRY, {"own": counted.id})


def count_proof(session: Session, subject: bytes, limits: Limits, *, now: datetime) -> None:
    """Counts a staff member's try under her address, by the rules of a number. Raises SignInThrottled likewise."""
    tries = _locked_tries(session, [subject], now)[subject]
    _refuse_early([number_opens_at(tries, limits)], now)
    _write_tries(session, {subject: _with(tries, now, limits)})


def take_back_proof(session: Session, subject: bytes, *, tried_at: datetime) -> None:
    """What a right proof takes back: its own try and nothing else."""
    _write_tries(session, {subject: _without(_locked_tries(session, [subject], tried_at)[subject], tried_at)})


def last_moment(session: Session, subject: bytes, *, now: datetime) -> datetime | None:
    """The moment kept under a subject, which is held until the transaction ends."""
    return max(_locked_tries(session, [subject], now)[subject], default=None)


def keep_moment(session: Session, subject: bytes, moment: datetime) -> None:
    """Keeps this moment under the subject, in place of any before."""
    _write_tries(session, {subject: [moment]})


def _refuse_early(openings: Iterable[datetime | None], now: datetime) -> None:
    latest = max((opens_at for opens_at in openings if opens_at is not None), default=now)
    if latest > now:
        raise SignInThrottled(retry_after=math.ceil((latest - now).total_seconds()))


def _login_try(counted: CountedTry) -> dict[str, object]:
    keys = counted.subjects
    origin = {"address_key": keys.address, "network_key": keys.network}
    return {"id": counted.id, "number_key": keys.number, "tried_at": counted.at, "failed": False, **origin}


def _locked_tries(session: Session, keys: list[bytes], now: datetime) -> dict[bytes, list[datetime]]:
    """The tries under each key. The upserts make missing rows and hold all of them until the transaction ends."""
    connection = session.connection()
    hold = HOLD[connection.dialect.name]
    held = {key: connection.execute(hold, {"key": key, "tries": [], "last_try_at": now}).scalar_one() for key in keys}
    return {key: [EPOCH + moment * MICROSECOND for moment in tries] for key, tries in held.items()}


def _write_tries(session: Session, tries: Mapping[bytes, list[datetime]]) -> None:
    rows = [{"held": key, "moments": [(at - EPOCH) // MICROSECOND for at in tries[key]]} for key in sorted(tries)]
    if rows:
        session.connection().execute(WRITE_TRIES, rows)


def _with(tries: list[datetime], own: datetime, limits: Limits) -> list[datetime]:
    """Sorted, because tries that come at once may reach the row in another order than the clock was read in."""
    return sorted([*remembered_tries(tries, limits, now=own), own])


def _without(tries: list[datetime], own: datetime) -> list[datetime]:
    left = list(tries)
    if own in left:  # it may have been forgotten meanwhile
        left.remove(own)
    return left


def _address_openings(session: Session, subjects: Subjects, limits: Limits, now: datetime) -> list[datetime | None]:
    openings = [address_opens_at(_history(session, OF_ADDRESS, subjects.address, now), limits)]
    if subjects.network is not None:
        network = _history(session, OF_NETWORK, subjects.network, now)
        openings.append(address_opens_at(network, limits, times=limits.network_times))
    return openings


def _history(session: Session, failures: Select[int, int, datetime], key: bytes, now: datetime) -> AddressHistory:
    windows = {"failures_since": now - FAILURES_WINDOW, "numbers_since": now - NUMBERS_WINDOW}
    return AddressHistory(*session.connection().execute(failures, {"origin": key, **windows}).one())
