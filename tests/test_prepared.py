"""Selects that go to the driver as they are."""

from functools import partial

import psycopg
import pytest
from sqlalchemy import Uuid, bindparam, column, select, table, text
from sqlalchemy.exc import DBAPIError

from casestatus.crypto import KeyRing
from casestatus.database import Database, is_out_of_reach, new_id
from casestatus.database.prepared import Prepared
from casestatus.offices.models import Institution, Office
from tests.factories import add_office, make_world

OFFICES = (
    select(Institution.code.label("institution"), Institution.created_at, Office.id, Office.code)
    .join(Office, Office.institution_id == Institution.id)
    .where(Institution.id == bindparam("institution_id", type_=Uuid()))
    .order_by(Office.code)
)


def test_a_prepared_select_reads_what_the_same_select_reads(database: Database) -> None:
    world = make_world(database, KeyRing.generate())
    with database.writing() as session:
        add_office(session, world.institution_id, "CUH-1", database.now())
    values = {"institution_id": world.institution_id}
    prepared = Prepared(OFFICES)
    with database.reading() as session:
        usual = session.execute(OFFICES, values).all()
        assert prepared.rows(session, values) == usual
        assert [row.code for row in prepared.rows(session, values)] == ["CUH-1", "CUH-2"]
        assert prepared.rows(session, {"institution_id": new_id()}) == []


def test_what_the_driver_says_is_told_as_by_any_other_statement(database: Database) -> None:
    missing = Prepared(select(column("name")).select_from(table("nowhere")))
    with pytest.raises(DBAPIError) as told, database.reading() as session:
        missing.rows(session, {})
    assert not is_out_of_reach(told.value)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # a file has no connections to lose
def test_a_connection_that_broke_is_a_database_out_of_reach(database: Database) -> None:
    read = partial(Prepared(OFFICES).rows, values={"institution_id": new_id()})
    with database.reading() as session:
        backend = session.scalar(text("SELECT pg_backend_pid()"))
        with psycopg.connect(database.url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))
        with pytest.raises(DBAPIError) as told:
            read(session)
    with database.reading() as session:
        assert read(session) == []
    assert is_out_of_reach(told.value)
