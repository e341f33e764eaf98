"""A change of contacts is told to whoever should know of it, and to nobody else."""

from datetime import date
from uuid import UUID

import pytest

from casestatus.cases.crimes import RiskTier
from casestatus.notices.outbox import outbox_messages
from casestatus.notices.owing_changes import owe_change
from casestatus.victims.models import Channel, Contact, ContactPolicy, Victim
from tests.notices.conftest import Deliveries
from tests.notices.town import POLICY, Town
from tests.standins.twilio import TwilioStandIn

NUMBER = "+525511112222"
TOLD = "Se pidio un cambio en tus avisos. Si no fuiste tu, dilo en tu modulo. BAJA para no recibir. Ref "


def tell(town: Town, contact_id: UUID, starts_on: date | None = None) -> None:
    with town.database.writing() as session:
        contact = session.get_one(Contact, contact_id)
        owe_change(session, contact, starts_on=starts_on, keys=town.keys, now=town.database.now())


def bodies(twilio: TwilioStandIn) -> list[str]:
    return [message.parameters["Body"][:-3] for message in twilio.ledger.accepted]


def test_also_a_contact_that_was_removed_is_told(town: Town, deliveries: Deliveries, twilio: TwilioStandIn) -> None:
    contact = town.contact(town.victim(contacts=0), NUMBER)
    tell(town, contact)
    town.change(Contact, contact, removed_at=town.database.now())
    deliveries.all_due()
    assert bodies(twilio) == [TOLD]
    assert town.notice_states() == ["handed_over"]
    deliveries.later(hours=100)
    assert (town.tasks(), len(twilio.ledger.accepted)) == ([], 1)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (Contact, {"safe": False}),
        (Contact, {"stopped_at": "now"}),
        (Contact, {"confirmed_at": None}),
        (Victim, {"contact_policy": ContactPolicy.DO_NOT_CONTACT}),
        (Victim, {"risk_tier": RiskTier.HIGH}),
    ],
)
def test_what_is_not_safe_or_not_wanted_is_not_told_even_that(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn, table: type, values: dict[str, object]
) -> None:
    victim = town.victim(contacts=0)
    contact = town.contact(victim, NUMBER)
    values = {name: town.database.now() if value == "now" else value for name, value in values.items()}
    tell(town, contact)
    town.change(table, contact if table is Contact else victim, **values)
    tell(town, contact)
    deliveries.all_due()
    assert (town.states(), bodies(twilio), town.tasks()) == (["cancelled"], [], [])


def test_several_changes_at_once_are_one_message(town: Town, deliveries: Deliveries) -> None:
    contact = town.contact(town.victim(contacts=0), NUMBER)
    for _ in range(3):
        tell(town, contact)
        deliveries.all_due()
    assert len(town.notices()) == 1
    deliveries.later(hours=1.1)
    tell(town, contact)
    assert len(town.notices()) == 2


def test_an_e_mail_says_from_when_and_the_day_is_kept_sealed_until_then(town: Town, deliveries: Deliveries) -> None:
    contact = town.contact(town.victim(contacts=0), "ana@correo.example", channel=Channel.EMAIL)
    tell(town, contact, date(2026, 11, 25))
    [notice] = town.notices()
    assert notice.payload is not None
    assert b"2026-11-25" not in notice.payload
    deliveries.all_due()
    with town.database.reading() as session:
        [message] = outbox_messages(session)
    assert message.subject == "Un cambio en tus avisos"
    assert "Empieza el 25 de noviembre de 2026." in message.body
    assert town.notices()[0].payload is None


def test_what_the_law_owes_her_asks_whether_she_saw_it(
    town: Town, deliveries: Deliveries, twilio: TwilioStandIn
) -> None:
    town.victim(NUMBER)
    town.event(POLICY)
    deliveries.all_due()
    town.event()
    deliveries.all_due()
    assert ["Responde 1 si lo viste. Ref " in body for body in bodies(twilio)] == [False, True]
