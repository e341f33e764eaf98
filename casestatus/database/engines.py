"""Connections to SQLite and PostgreSQL, tuned alike wherever they are opened."""

from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

SQLITE_PRAGMAS = (
    "foreign_keys=ON",
    "journal_mode=WAL",
    "busy_timeout=15000",
    "synchronous=FULL",  # an acknowledged update survives a power cut
    "secure_delete=ON",
)
IDLE_IN_TRANSACTION = "60s"  # then PostgreSQL lets go of what a frozen process holds, so that it stops nobody else


def address_of(url: str) -> URL:
    """`url`, if it names a SQLite file or a PostgreSQL server. Raises ArgumentError, without repeating it."""
    try:
        target = make_url(url)
    except ValueError:  # a port that is no number
        raise ArgumentError("not a database's address") from None
    backend = target.get_backend_name()
    if backend == "postgresql" or (backend == "sqlite" and target.database):
        return target
    raise ArgumentError("neither a SQLite file nor PostgreSQL")


def engine_of(url: str) -> Engine:
    """Connections to the database at `url`, tuned for what we do. Raises ArgumentError as `address_of`."""
    target = address_of(url)
    if target.get_backend_name() == "sqlite":
        options = {"check_same_thread": False, "timeout": 15}
        engine = create_engine(target, connect_args=options, pool_size=20, max_overflow=30, hide_parameters=True)
        _tune_sqlite(engine)
        return engine
    engine = create_engine(
        target.set(drivername="postgresql+psycopg"), pool_size=20, pool_pre_ping=True, hide_parameters=True
    )
    _tune_postgresql(engine)
    return engine


def _tune_postgresql(engine: Engine) -> None:
    """Said on each connection: an `options` of our own in its address would push the operator's aside."""

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_IN_TRANSACTION}'")
        connection.commit()


def _tune_sqlite(engine: Engine) -> None:
    """WAL, foreign keys, and a BEGIN of our own: the driver's opens no transaction for a SELECT."""

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Any) -> None:
        reads = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
