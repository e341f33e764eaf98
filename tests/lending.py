"""Databases of one PostgreSQL, lent to one test after the other: emptying one costs a tenth of making one."""

import uuid

import psycopg

ROOM = 12 * 2**20  # bytes, a quarter more than an empty database: whatever a test blew up beyond is made anew
END_OTHERS = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Every definition is a row that holds which transaction wrote it, so nothing can be defined anew without being seen.
DEFINED = """
    SELECT (SELECT version_num FROM alembic_version),
           (SELECT (count(*), sum(xmin::text::bigint))::text FROM pg_class),
           (SELECT (count(*), sum(xmin::text::bigint))::text FROM pg_attribute),
           (SELECT (count(*), sum(xmin::text::bigint))::text FROM pg_constraint),
           (SELECT (count(*), sum(xmin::text::bigint))::text FROM pg_trigger)
"""
# Those with pages: whatever was ever written into, also if it is gone.
WRITTEN = """
    SELECT oid::regclass::text FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
        AND pg_relation_size(oid) > 0
"""


class Lender:
    """Makes databases from a migrated template, and lends again those that come back with its definitions."""

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template = server, template
        self._free: list[str] = []
        with psycopg.connect(self._lend_new(), autocommit=True) as connection:
            self._defined = connection.execute(DEFINED).fetchone()
            self._free.append(connection.info.dbname)

    def lend(self) -> str:
        """The address of an empty migrated database."""
        return with_database(self._server, self._free.pop()) if self._free else self._lend_new()

    def take_back(self, url: str) -> None:
        """End whatever is still connected, and keep the database for the next test if it is like a new one."""
        with psycopg.connect(url, autocommit=True) as connection:
            name = connection.info.dbname
            connection.execute(END_OTHERS)
            if self._is_like_new(connection):
                _empty(connection)
                self._free.append(name)
                return
        self._drop(name)

    def close(self) -> None:
        for name in self._free:
            self._drop(name)

    def _is_like_new(self, connection: psycopg.Connection) -> bool:
        size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        try:
            return size is not None and size[0] < ROOM and connection.execute(DEFINED).fetchone() == self._defined
        except psycopg.errors.UndefinedTable:  # even the migrations' own
            return False

    def _lend_new(self) -> str:
        name = f"t_{uuid.uuid4().hex}"
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY file_copy")
        return with_database(self._server, name)

    def _drop(self, name: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _empty(connection: psycopg.Connection) -> None:
    """Leave no row, and no page of one: else the next test's rows would lie in another order than they were written."""
    written = [name for (name,) in connection.execute(WRITTEN)]
    if written:
        # Foreign keys are triggers, which a replica doesn't run: the order doesn't matter.
        connection.execute(
            "SET session_replication_role = replica;" + "".join(f"DELETE FROM {each};" for each in written)
        )
        connection.execute(f"VACUUM {', '.join(written)}")


def with_database(url: str, name: str) -> str:
    """The same server's address with another database."""
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")
