"""A victim's contacts as the ladder sees them."""

from datetime import date, timedelta

from casestatus.cases.crimes import RiskTier
from casestatus.database import Clock
from casestatus.notices.ladder import Rung
from casestatus.notices.rungs import ask_to_confirm_again, contacts_of, reopen_address, rung_of, stop_address
from casestatus.victims.addresses import address_key
from casestatus.victims.models import Channel, Contact
from tests.notices.town import Town

ZONE = "America/Mexico_City"


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
    assert rung_of(usual) == Rung(usual.id, Channel.SMS, True, True, False, False, None, time_zone=ZONE)
    later, mail = now + timedelta(days=1), "ana@correo.example"
    moments = {"stopped_at": now, "reconfirm_by": by, "usable_from": later, "removed_at": now}
    changes = {"channel": Channel.EMAIL, "safe": False, "confirmed_in_person": True, "time_zone": "UTC", **moments}
    other = town.contact_row(town.contact(usual.victim_id, mail, **changes))
    assert rung_of(other) == Rung(other.id, Channel.EMAIL, False, True, True, True, by, later, True, time_zone="UTC")
    new = town.contact_row(town.contact(usual.victim_id, confirmed_at=None))
    assert rung_of(new) == Rung(new.id, Channel.SMS, True, False, False, False, None, time_zone=ZONE)


def test_what_did_not_arrive_ends_at_once_what_goes_to_a_number_on_every_clock(town: Town, clock: Clock) -> None:
    now = town.database.now()
    clock.advance(now.replace(hour=3, minute=0) + timedelta(days=1) - now)  # 21:00 of the day before in Mexico City
    now, number = town.database.now(), "+525511112222"
    zones = {zone: town.contact(town.victim(contacts=0), number, time_zone=zone) for zone in (ZONE, "UTC")}
    with town.database.writing() as session:
        ask_to_confirm_again(session, session.get_one(Contact, zones[ZONE]), now)
    rungs = {zone: rung_of(town.contact_row(contact)) for zone, contact in zones.items()}
    assert {zone: rung.reconfirm_by for zone, rung in rungs.items()} == {
        "UTC": now.date(),
        ZONE: now.date() - timedelta(days=1),
    }
    assert not any(rung.takes_notices(RiskTier.ORDINARY, now) for rung in rungs.values())


def test_whoever_takes_a_stop_back_takes_back_nobody_else_s(town: Town) -> None:
    now, mine = town.database.now(), "+525511112222"
    hers = [town.contact(town.victim(contacts=0), mine, stopped_at=now) for _ in range(2)]
    another = town.contact(town.victim(contacts=0), stopped_at=now)
    with town.database.writing() as session:
        reopen_address(session, address_key(town.keys, Channel.SMS, mine))
    assert [town.contact_row(contact).stopped_at for contact in hers] == [None, None]
    assert town.contact_row(another).stopped_at == now


def test_a_stop_keeps_the_moment_at_which_it_was_first_said(town: Town) -> None:
    first, number = town.database.now(), "+525511112222"
    before = town.contact(town.victim(contacts=0), number, stopped_at=first)
    other = town.contact(town.victim(contacts=0), number)
    beside = town.contact(town.victim(contacts=0))
    again = first + timedelta(days=1)
    with town.database.writing() as session:
        stop_address(session, address_key(town.keys, Channel.SMS, number), again)
    assert [town.contact_row(contact).stopped_at for contact in (before, other, beside)] == [first, again, None]


def test_what_did_not_arrive_asks_only_those_again_who_had_confirmed_the_number(town: Town) -> None:
    now, number = town.database.now(), "+525511112222"
    failed, same = (town.contact(town.victim(contacts=0), number) for _ in range(2))
    unconfirmed = town.contact(town.victim(contacts=0), number, confirmed_at=None)
    beside = town.contact(town.victim(contacts=0))
    with town.database.writing() as session:
        ask_to_confirm_again(session, session.get_one(Contact, failed), now)
    asked = {each for each in (failed, same, unconfirmed, beside) if town.contact_row(each).reconfirm_by}
    assert asked == {failed, same}


def test_what_never_arrived_at_an_address_that_nobody_confirmed_silences_nobody_else(town: Town) -> None:
    now, number = town.database.now(), "+525511112222"
    confirmed = town.contact(town.victim(contacts=0), number)
    failed = town.contact(town.victim(contacts=0), number, confirmed_at=None)
    with town.database.writing() as session:
        ask_to_confirm_again(session, session.get_one(Contact, failed), now)
    assert [bool(town.contact_row(each).reconfirm_by) for each in (failed, confirmed)] == [True, False]
