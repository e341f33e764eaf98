"""The database: migrations in both directions, transactions, and moments."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Enum, String, inspect, select, text
from sqlalchemy.exc import ArgumentError, IntegrityError
from sqlalchemy.types import TypeEngine

from casestatus.database import Base, Database, alembic_config, is_migrated, migrate, newest_revision
from casestatus.offices.models import Institution


def test_migrations_and_models_say_the_same(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _type_differs})
        assert compare_metadata(context, Base.metadata) == []
    assert is_migrated(database)


def _type_differs(
    _context: object, _column: object, _kept: object, there: TypeEngine[object], here: TypeEngine[object]
) -> bool | None:
    return False if isinstance(there, String) and isinstance(here, Enum) and here.length == there.length else None


def test_migrations_go_down_and_up_again(database: Database) -> None:
    tables = set(inspect(database.engine).get_table_names())
    command.downgrade(alembic_config(database.url), "base")
    assert set(inspect(database.engine).get_table_names()) == {"alembic_version"}
    assert not is_migrated(database)
    migrate(database.url)
    assert set(inspect(database.engine).get_table_names()) == tables


def test_the_newest_revision_is_the_one_that_alembic_goes_to() -> None:
    assert newest_revision() == ScriptDirectory.from_config(alembic_config("sqlite://")).get_current_head()


def test_raising_rolls_back_and_returning_commits(database: Database) -> None:
    with pytest.raises(RuntimeError):
        _write_and_raise(database)
    with database.writing() as session:
        session.add(_institution("B"))
    with database.reading() as session:
        assert session.scalars(select(Institution.code)).all() == ["B"]


def _write_and_raise(database: Database) -> None:
    with database.writing() as session:
        session.add(_institution("A"))
        session.flush()
        raise RuntimeError


def test_a_moment_comes_back_in_utc_and_one_without_a_zone_is_refused(database: Database) -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=timezone(timedelta(hours=-6)))
    with database.writing() as session:
        session.add(_institution("A", noon))
    with database.reading() as session:
        assert session.scalars(select(Institution.created_at)).one() == datetime(2026, 11, 20, 18, tzinfo=UTC)
    with pytest.raises(Exception, match="must carry its zone"), database.writing() as session:
        session.add(_institution("B", datetime(2026, 11, 20, 12)))  # noqa: DTZ001 - the mistake under test


def test_the_clock_moves_the_databases_time(database: Database) -> None:
    before = database.now()
    database.clock.advance(timedelta(days=1))
    assert timedelta(days=1) <= database.now() - before < timedelta(days=1, minutes=1)


def _institution(code: str, at: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> Institution:
    return Institution(code=code, name=code, created_at=at)


def test_a_statement_that_fails_says_nothing_of_its_values(database: Database) -> None:
    with pytest.raises(IntegrityError) as failed:
        _add_twice(database, "canary-482")
    said = re.sub("DETAIL:.*", "", str(failed.value))  # that much of PostgreSQL's is struck out of the logs
    assert "canary-482" not in said
    assert "parameters hidden" in str(failed.value)


def _add_twice(database: Database, code: str) -> None:
    with database.writing() as session:
        session.add(_institution(code))
        session.flush()
        session.add(_institution(code))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one host, and one writer
def test_a_process_that_freezes_inside_a_transaction_holds_its_rows_for_a_minute_at_most(database: Database) -> None:
    with database.reading() as session:
        assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == "1min"


@pytest.mark.parametrize(
    "url",
    ["nonsense", "", "mysql://u:s3cret@h/x", "sqlite://", "postgresql://u:s3cret@h:port/x", "postgres://u:s3cret@h/x"],
)
def test_an_address_of_no_database_of_ours_is_refused_unrepeated(url: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        Database(url)
    assert "s3cret" not in str(refused.value)


def test_whoever_waits_for_the_one_writers_place_gets_it_between_two_transactions(database: Database) -> None:
    elsewhere, wrote = Database(database.url), threading.Event()  # as another process: it shares no lock with us

    def somebody_writes() -> None:
        with elsewhere.writing() as session:
            session.execute(text("DELETE FROM throttle"))
        wrote.set()

    with ThreadPoolExecutor(1) as others:
        with database.writing() as session:
            session.execute(text("DELETE FROM login_try"))
            others.submit(somebody_writes)
            time.sleep(0.4)  # by now SQLite looks for a free place every 0.1 s only
        database.let_others_write()
        with database.writing():
            assert wrote.is_set()
    elsewhere.close()
