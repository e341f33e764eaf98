"""Selects that go to the driver as they are."""

from sqlalchemy import Uuid, bindparam, select

from casestatus.crypto import KeyRing
from casestatus.database import Database, new_id
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
