from dataclasses import astuple
from itertools import count

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from casestatus.access.entries import draw_backup_key, draw_pin
from casestatus.access.pins import CaseSecret, draw_access, issue_access
from casestatus.access.sign_in import SignedIn
from casestatus.victims.models import Victim
from tests.access.knocking import NUMBER, answer, try_in


def drawing(keys, case, *numbers):
    """Accesses drawn from these random numbers, one after the other."""
    drawn = iter(numbers)
    return lambda: draw_access(
        keys, CaseSecret(case.id, case.pin_salt), pin_digits=10, randbelow=lambda below: next(drawn) % below
    )


def test_what_is_issued_is_random_digits_and_a_check_digit(keys, case):
    drawn = drawing(keys, case, 4821093761, 1234567890123456)()
    assert (drawn.pin, drawn.backup_key) == ("48210937611", "1234567890123456")


def test_a_pin_or_key_that_another_victim_of_the_case_has_is_drawn_again(database, keys, case, country):
    first, second = country.victim(case), country.victim(case)
    draw = drawing(keys, case, 7, 8, 7, 9, 10, 8, 11, 12)
    with database.writing() as session:
        issue_access(session, keys, session.get_one(Victim, first.id), draw(), draw_again=draw, now=database.now())
    with database.writing() as session:
        victim = session.get_one(Victim, second.id)
        issued = issue_access(session, keys, victim, draw(), draw_again=draw, now=database.now())
    assert issued.pin == draw_pin(10, lambda _: 11)
    assert issued.backup_key == draw_backup_key(lambda _: 12)


def test_a_tag_is_unique_in_its_case_and_the_database_says_so(database, country, case):
    first, second = country.victim(case), country.victim(case)
    with database.reading() as session:
        tag = session.scalar(select(Victim.pin_tag).where(Victim.id == first.id))
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(update(Victim).where(Victim.id == second.id).values(pin_tag=tag))


def test_a_tag_pasted_onto_another_cases_row_opens_nothing(door, database, country, office, ana):
    other = country.case(office, "CI-FICUH/CUH-2/UI-2 C/D/00321/04-2026")
    eva = country.victim(other)
    with database.writing() as session:
        session.get_one(Victim, eva.id).pin_tag = session.get_one(Victim, ana.id).pin_tag
    assert answer(try_in(door, eva.folio, ana.pin)) == (401, "sign-in-wrong", None)


def test_a_new_pin_replaces_the_old_one(door, database, keys, case, ana):
    drawn = drawing(keys, case, *range(100, 110))
    with database.writing() as session:
        victim = session.get_one(Victim, ana.id)
        issued = issue_access(session, keys, victim, drawn(), draw_again=drawn, now=database.now())
    assert answer(try_in(door, NUMBER, ana.pin))[0] == 401
    assert answer(try_in(door, NUMBER, ana.backup_key))[0] == 401
    assert isinstance(try_in(door, NUMBER, issued.pin), SignedIn)


def test_the_database_can_make_new_tags_from_what_it_keeps_sealed(database, keys, ana):
    """So that the tag key can be changed without knowing PINs."""
    with database.reading() as session:
        victim = session.get_one(Victim, ana.id)
        stretched = keys.unseal(victim.pin_sealed or b"", table="victim", column="pin_sealed", id=ana.id)
        assert victim.pin_tag == keys.pin_tag(ana.case_id, stretched)
        assert ana.pin not in stretched
        assert (victim.pepper_id, victim.seal_key_id) == (keys.pepper_id, keys.seal_key_id)


def test_a_drawn_access_does_not_show_itself(keys, case):
    numbers = count(1)
    drawn = draw_access(keys, CaseSecret(case.id, case.pin_salt), pin_digits=10, randbelow=lambda _: next(numbers))
    assert not any(str(secret) in repr(drawn) for secret in astuple(drawn)[:4])
