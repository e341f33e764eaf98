"""The one way to the database: engines for SQLite and PostgreSQL, transactions, column types, and the time."""

import hashlib
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import (
    DateTime,
    Dialect,
    Enum,
    MetaData,
    TypeDecorator,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session

from casestatus.database.engines import address_of, engine_of
from casestatus.settings import resource_dir

if TYPE_CHECKING:
    from alembic.config import Config

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
DEMO_MARK = int.from_bytes(b"demo")  # SQLite's application_id
LOOKS_AGAIN_AFTER = 0.11  # seconds; the busy handler waits 0.1 at most
LONGEST_TURN = 0.05  # seconds; a status takes a hundredth of that
SKEW_KEPT_FOR = 30.0  # seconds; a server's clock drifts by milliseconds in that time


class Moment(TypeDecorator[datetime]):
    """A moment with its zone, kept in UTC on both databases (SQLite forgets zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must carry its zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables. Enumerations are kept as their values, moments as UTC."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)
    type_annotation_map: ClassVar = {
        datetime: Moment(),
        StrEnum: Enum(
            StrEnum, native_enum=False, length=30, values_callable=lambda kind: [member.value for member in kind]
        ),
    }


def new_id() -> UUID:
    """A new primary key: UUIDv7 (RFC 9562), so that rows lie in the order in which they came."""
    return uuid_utils.compat.uuid7()


def least_id(age: timedelta) -> UUID:
    """No key made in that time up to now is smaller. Keys are made by the machine's time, so this asks it too."""
    milliseconds = int((datetime.now(UTC) - age).timestamp() * 1000)
    return UUID(int=milliseconds << 80)


class Clock:
    """The machine's time, moved by `offset`. Outside production `CASESTATUS_AS_OF` sets it; tests move it."""

    def __init__(self, as_of: datetime | None = None) -> None:
        self.offset = timedelta(0) if as_of is None else as_of - datetime.now(UTC)

    def advance(self, by: timedelta) -> None:
        self.offset += by

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset


class Database:
    """One database and the transactions on it. `writing()` commits on return and rolls back on raise."""

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self.url = url
        self.clock = clock or Clock()
        self.engine = engine_of(url)
        self.dialect = self.engine.dialect.name
        self._readers = self.engine.execution_options(read_only=True, postgresql_readonly=True)
        self._one_writer = threading.Lock()  # SQLite's busy handler is unfair: a thread can starve behind it
        self._turn = threading.RLock()
        self._skew = timedelta(0)
        self._skew_read_at = float("-inf")
        self.changed = threading.Event()  # set when work for the worker was committed in this process

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that may write; committed before the block is left."""
        alone = self._one_writer if self.dialect == "sqlite" else nullcontext()
        with alone, Session(self.engine) as session:
            with session.begin():
                yield session
            if session.info.get("wakes_worker"):
                self.changed.set()

    def let_others_write(self) -> None:
        """Between two transactions of a long work: leave SQLite's one writer's place free for whoever waits.

        Its busy handler looks ten times a second only; without a pause the same process would win again and again.
        """
        if self.dialect == "sqlite":
            time.sleep(LOOKS_AGAIN_AFTER)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads; it never takes a write lock."""
        with self._in_turn(), Session(self._readers, autoflush=False) as session:
            yield session

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """One reader of SQLite after the other: Python runs one thread at a time, and threads that wait here instead of
        fighting for it at every statement get a third more done (docs/performance.md). Nobody waits long, nor for ever.
        """
        waited = self.dialect == "sqlite" and self._turn.acquire(timeout=LONGEST_TURN)
        try:
            yield
        finally:
            if waited:
                self._turn.release()

    def now(self) -> datetime:
        """The database server's time, so that all hosts agree; read once per request or loop and passed down."""
        if self.dialect == "sqlite":
            return self.clock.now()
        if time.monotonic() - self._skew_read_at > SKEW_KEPT_FOR:
            self._read_skew()
        return self.clock.now() + self._skew

    def _read_skew(self) -> None:
        with self.engine.connect() as connection:
            before = datetime.now(UTC)
            server: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            after = datetime.now(UTC)
        self._skew = server.astimezone(UTC) - (before + (after - before) / 2)
        self._skew_read_at = time.monotonic()

    def close(self) -> None:
        self.engine.dispose()


# Alembic takes as long to import as everything else together, so it is imported where it is used.
def alembic_config(url: str) -> "Config":
    """Alembic, configured in code. The URL isn't an option: a `%` in a password would break the parser."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resource_dir("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Bring the database to this version. Raises ArgumentError for an address of no database of ours."""
    from alembic import command

    address_of(url)
    command.upgrade(alembic_config(url), "head")


def is_migrated(database: Database) -> bool:
    """Whether the database's schema is the one that this version was written for."""
    with database.reading() as session:
        if not inspect(session.connection()).has_table("alembic_version"):
            return False
        return bool(session.scalar(text("SELECT version_num FROM alembic_version")) == newest_revision())


@cache
def newest_revision() -> str:
    """The migration that nothing follows, read off the files: a web process needs nothing else of Alembic."""
    files = (resource_dir("migrations") / "versions").glob("*.py")
    written = "\n".join(file.read_text("utf-8") for file in files)
    revisions, followed = (
        set(re.findall(rf'^{name} = "(\w+)"$', written, re.MULTILINE)) for name in ("revision", "down_revision")
    )
    newest: str = (revisions - followed).pop()
    return newest


def mark_as_demo(database: Database) -> None:
    """Write into the SQLite file's header that a demo made it, so that production refuses it."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id = {DEMO_MARK}")
        connection.commit()


def is_made_by_demo(database: Database) -> bool:
    """Whether a demo made this database. Demos are SQLite files only."""
    if database.dialect != "sqlite":
        return False
    with database.engine.connect() as connection:
        mark: int = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    return mark == DEMO_MARK


def hold(session: Session, name: bytes) -> None:
    """Let nobody else do the same thing until this transaction ends. SQLite's one writer holds everything already."""
    if session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(name).digest()[:8], signed=True)
        session.execute(select(func.pg_advisory_xact_lock(number)))


def is_out_of_reach(error: Exception) -> bool:
    """Whether the database is locked, full or unreachable, so that the same may succeed in a while.

    SQLite's driver calls a mistake in a statement by the same name as a lock; its code tells them apart.
    """
    if isinstance(error, PoolTimeout):
        return True
    cause = error.orig if isinstance(error, OperationalError) else None
    return cause is not None and getattr(cause, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR
