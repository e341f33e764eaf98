"""A victim's contacts as the ladder sees them."""

from datetime import date, timedelta

from casestatus.notices.ladder import Rung
from casestatus.notices.rungs import contacts_of, rung_of
from casestatus.victims.models import Channel
from tests.notices.town import Town


def test_those_confirmed_in_person_come_first_and_then_the_oldest(town: Town) -> None:
    victim = town.victim(contacts=0)
    by_code = [town.contact(victim) for _ in range(2)]
    in_person = [town.contact(victim, confirmed_in_person=True) for _ in range(2)]
    town.contact(victim, removed_at=town.database.now())
    town.victim()
    with town.database.reading() as session:
        found = {of: [contact.id for contact in contacts] for of, contacts in contacts_of(session, [victim]).items()}
    assert found == {victim: [*in_person, *by_code]}


def test_a_contact_is_judged_by_all_that_is_known_of_it(town: Town) -> None:
    now, by = town.database.now(), date(2026, 12, 1)
    usual = town.contact_row(town.contact(town.victim(contacts=0)))
    assert rung_of(usual) == Rung(usual.id, Channel.SMS, True, True, False, False, None)
    later, mail = now + timedelta(days=1), "ana@correo.example"
    moments = {"stopped_at": now, "reconfirm_by": by, "usable_from": later, "removed_at": now}
    changes = {"channel": Channel.EMAIL, "safe": False, "confirmed_in_person": True, **moments}
    other = town.contact_row(town.contact(usual.victim_id, mail, **changes))
    assert rung_of(other) == Rung(other.id, Channel.EMAIL, False, True, True, True, by, later, True)
    new = town.contact_row(town.contact(usual.victim_id, confirmed_at=None))
    assert rung_of(new) == Rung(new.id, Channel.SMS, True, False, False, False, None)
