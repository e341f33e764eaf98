"""An e-mail contact, from the office that registers it to the message that leaves for it."""

from collections.abc import Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from casestatus.crypto import KeyRing
from casestatus.notices.dispatch import Dispatch
from casestatus.notices.models import OutboxMessage
from casestatus.notices.outbox import outbox_messages
from casestatus.settings import Settings
from casestatus.victims.models import Contact
from casestatus.worker import providers
from tests.factories import World
from tests.web.visiting import Program, open_session

EMAIL = {"channel": "email", "address": "Ana.Maria@correo.example", "safe": True, "hours": "00:00-24:00"}


class Post:
    """The worker of this process, which writes to the demo's page."""

    def __init__(self, world: World, settings: Settings) -> None:
        self.world, self.settings = world, settings

    def received(self) -> Sequence[OutboxMessage]:
        """Whatever left until now, the newest first."""
        database = self.world.database
        ways_out = providers(self.settings, database)
        with Dispatch(database, self.world.keys, self.settings, ways_out, at_once=4) as dispatch:
            while dispatch.once():
                pass
        with database.reading() as session:
            messages = outbox_messages(session)
            session.expunge_all()
            return messages


@pytest.fixture
def post(world: World, settings: Settings) -> Post:
    world.push("u1", "CI01")
    return Post(world, settings)


def test_a_contact_is_confirmed_by_a_code_in_an_email_and_then_takes_notices(
    web: TestClient, world: World, post: Post
) -> None:
    program = Program(web, open_session(web, world.admit(contacts=[EMAIL]).pin).json()["token"])
    [contact] = program.ask("GET", "/contacts").json()
    assert (contact["channel"], contact["ending"], contact["state"]) == ("email", "ia", "to_be_confirmed")
    [message] = post.received()
    assert (message.channel, message.to, message.subject) == ("email", "ana.maria@correo.example", "Tu código")
    code = message.body.partition("Tu código es ")[2][:6]
    confirmed = program.ask("POST", f"/contacts/{contact['id']}/confirmation", json={"code": code})
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
    assert world.push("u2", "CI06").notices_queued == 1
    assert [message.subject for message in post.received()] == ["Hay una novedad", "Tu código"]


@pytest.mark.parametrize(("in_person", "queued"), [(False, 0), (True, 1)])
def test_in_a_high_tier_nothing_goes_to_an_email_that_was_not_confirmed_in_person(
    web: TestClient, world: World, post: Post, in_person: bool, queued: int
) -> None:
    access = world.admit(risk_tier="high", contacts=[EMAIL | {"confirmed_in_person": in_person}])
    assert open_session(web, access.pin).json()["next"] is None
    assert world.push("u2", "CI06").notices_queued == queued
    assert [message.subject for message in post.received()] == ["Hay una novedad"] * queued


def test_one_mailbox_is_one_contact_however_its_address_is_typed(world: World, keys: KeyRing, post: Post) -> None:
    typed: list[dict[str, Any]] = [EMAIL, EMAIL | {"address": "ana.maria@CORREO.example"}]
    world.admit(contacts=typed)
    world.admit(contacts=[*typed, EMAIL | {"address": "ANA.MARIA@correo.example", "safe": False}])
    with world.database.reading() as session:
        [contact] = session.scalars(select(Contact)).all()
        kept = keys.unseal(contact.address, table="contact", column="address", id=contact.id)
    assert kept == "ana.maria@correo.example"
