"""BAJA, sent from the telephone that an office registered."""

from sqlalchemy import select

from casestatus.notices.incoming import Incoming
from casestatus.settings import Settings
from casestatus.victims.models import Contact
from tests.factories import World


def test_baja_stops_the_contact_that_the_office_registered(world: World) -> None:
    world.push("u1", "CI01")
    world.admit()
    now = world.database.now()
    with world.database.writing() as session:
        Incoming(session, world.keys, now=now, settings=Settings()).take(
            "twilio", "SM1", sender="+525512345678", text="Baja"
        )
    with world.database.reading() as session:
        assert session.scalars(select(Contact.stopped_at)).one() == now
    assert world.push("u2", "CI06").notices_queued == 0
