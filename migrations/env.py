"""Runs migrations on SQLite or PostgreSQL. Imports nothing of the package: a migration must mean the same for ever.

Configured in code by `casestatus.database.migrate`, which puts the address into `attributes["url"]`.
"""

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine, make_url

ADVISORY_LOCK = 7_302_012  # two hosts that start at once migrate one after the other


def run() -> None:
    url = make_url(context.config.attributes["url"])
    if url.get_backend_name() != "sqlite":
        url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        _wait_briefly(connection)
        context.configure(
            connection=connection,
            render_as_batch=connection.dialect.name == "sqlite",
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
            context.run_migrations()
    engine.dispose()


def _wait_briefly(connection: Connection) -> None:
    """Give up rather than make sign-ins queue behind a migration that waits for a lock."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET lock_timeout = '4s'")
        connection.exec_driver_sql("SET statement_timeout = '10min'")
        connection.commit()


run()
