"""What a test did to its PostgreSQL never reaches the next one."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import template_name
from tests.lending import Lender

INSTITUTION = "INSERT INTO institution (id, code, name, created_at) VALUES (gen_random_uuid(), 'FGJ', 'FGJ', now())"
MANY = """
    INSERT INTO institution (id, code, name, created_at)
    SELECT gen_random_uuid(), n::text, repeat('n', 190), now() FROM generate_series(1, 15000) AS n
"""
REDEFINED = [
    "ALTER TABLE institution RENAME TO gone",
    "ALTER TABLE institution ADD COLUMN colour text",
    "ALTER TABLE institution ALTER COLUMN name DROP NOT NULL",
    "CREATE TABLE nobody (id integer)",
    "CREATE INDEX ON institution (name, code)",
    "ALTER TABLE institution ADD CHECK (code <> '')",
    "CREATE TRIGGER refuse BEFORE UPDATE ON institution EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "UPDATE alembic_version SET version_num = 'older'",
    "DROP TABLE alembic_version",
    "TRUNCATE institution CASCADE",
]


@pytest.fixture(scope="module")
def lender(postgresql: str) -> Iterator[Lender]:
    lender = Lender(postgresql, template_name())
    yield lender
    lender.close()


def do(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_the_next_test_gets_the_same_database_without_its_rows(lender: Lender) -> None:
    lent = lender.lend()
    do(lent, INSTITUTION)
    lender.take_back(lent)
    assert lender.lend() == lent
    with psycopg.connect(lent) as connection:
        assert connection.execute("SELECT count(*) FROM institution").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
        assert connection.execute("SELECT pg_relation_size('institution')").fetchone() == (0,)
    lender.take_back(lent)


def test_two_tests_never_hold_the_same_database(lender: Lender) -> None:
    lent = [lender.lend(), lender.lend()]
    assert lent[0] != lent[1]
    for url in lent:
        lender.take_back(url)


@pytest.mark.parametrize("statement", REDEFINED)
def test_what_is_defined_otherwise_is_made_anew(lender: Lender, statement: str) -> None:
    lent = lender.lend()
    do(lent, statement)
    lender.take_back(lent)
    assert lender.lend() != lent
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        do(lent)


def test_a_database_that_was_blown_up_is_made_anew(lender: Lender) -> None:
    lent = lender.lend()
    do(lent, MANY)
    lender.take_back(lent)
    assert lender.lend() != lent


def test_a_transaction_that_somebody_left_open_is_ended(lender: Lender) -> None:
    lent = lender.lend()
    left = psycopg.connect(lent)
    left.execute(INSTITUTION)
    lender.take_back(lent)
    with pytest.raises(psycopg.OperationalError):
        left.execute("SELECT 1")
    left.close()
