from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update

from casestatus.access.models import LoginTry, VictimSession
from casestatus.access.sign_in import SignedIn
from casestatus.cases.numbers import new_folio
from casestatus.cases.registering import add_proceeding
from casestatus.victims.models import Victim
from tests.access.knocking import COURT_NUMBER, NUMBER, UNKNOWN, WRONG, answer, other_pin, try_in, with_limits

WRONG_ANSWER = (401, "sign-in-wrong", None)


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        "ci-ficuh / cuh-2 / ui-2 c/d / 00123 / 04-2026",
        "CI–FICUH/CUH–2/UI-2 C-D/123/04—2026",
        "CI-FICUH/CUH-2/UI-2 CD/00123/04-2026",
        COURT_NUMBER,
    ],
)
def test_a_number_opens_however_it_is_typed(door, ana, typed):
    assert isinstance(try_in(door, typed, ana.pin), SignedIn)


def test_the_folio_and_the_backup_key_open_too(door, ana):
    assert isinstance(try_in(door, ana.folio, ana.pin), SignedIn)
    assert isinstance(try_in(door, f"{ana.folio[:5]}-{ana.folio[5:]}", ana.backup_key), SignedIn)
    assert isinstance(try_in(door, NUMBER, ana.backup_key), SignedIn)


def test_pin_and_backup_key_may_be_grouped(door, ana):
    pin, key = ana.pin, ana.backup_key
    assert isinstance(try_in(door, NUMBER, f" {pin[:4]} {pin[4:8]}-{pin[8:]}"), SignedIn)
    assert isinstance(try_in(door, NUMBER, f"{key[:4]} {key[4:8]} {key[8:12]} {key[12:]}"), SignedIn)


def test_a_mistyped_pin_is_said_and_not_counted(door, ana, database):
    mistyped = ana.pin[:-1] + str((int(ana.pin[-1]) + 1) % 10)
    for secret in (mistyped, ana.pin[:-2], "", "abc", "1" * 17, "１２３", ana.pin + "\x00"):
        assert answer(try_in(door, NUMBER, secret)) == (422, "pin-mistyped", None)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LoginTry)) == 0


def close(database, person):
    with database.writing() as session:
        session.execute(update(Victim).where(Victim.id == person.id).values(closed_at=database.now()))


def test_one_answer_for_every_reason(door, ana, country, case, database):
    other_case = country.case(country.office("PGJ"), "CI-FICUH/CUH-2/UI-2 C/D/00777/04-2026")
    stranger = country.victim(other_case)
    closed = country.victim(case)
    close(database, closed)
    assert {
        answer(try_in(door, *typed, address=f"192.0.2.{index}"))
        for index, typed in enumerate(
            [
                (NUMBER, WRONG),
                (UNKNOWN, ana.pin),
                (NUMBER, stranger.pin),
                (NUMBER, closed.pin),
                (closed.folio, closed.backup_key),
                (NUMBER, "0" * 16),
                ("0000000000", WRONG),
            ]
        )
    } == {WRONG_ANSWER}


def test_a_number_of_two_institutions_opens_nothing_until_one_is_named(door, ana, country):
    country.case(country.office("PGJ"), NUMBER)
    assert answer(try_in(door, NUMBER, ana.pin)) == WRONG_ANSWER
    assert answer(try_in(door, NUMBER, ana.pin, institution="PGJ")) == WRONG_ANSWER
    assert answer(try_in(door, NUMBER, ana.pin, institution="NONE")) == WRONG_ANSWER
    assert isinstance(try_in(door, NUMBER, ana.pin, institution="FGJ"), SignedIn)


def runs(door, *typed, **rest) -> int:
    before = door.keys.stretcher.runs
    try_in(door, *typed, **rest)
    return door.keys.stretcher.runs - before


def test_every_verified_sign_in_costs_one_argon2id(door, ana, country, case, database):
    country.crowd(case, 300)
    closed = country.victim(case)
    close(database, closed)
    twice = "CI-FICUH/CUH-2/UI-2 C/D/00555/04-2026"
    for code in ("A", "B"):
        country.case(country.office(code), twice)
    costs = {
        "right": runs(door, NUMBER, ana.pin, address="192.0.2.1"),
        "300 victims, wrong": runs(door, NUMBER, WRONG, address="192.0.2.2"),
        "unknown": runs(door, UNKNOWN, WRONG, address="192.0.2.3"),
        "ambiguous": runs(door, twice, WRONG, address="192.0.2.4"),
        "closed": runs(door, closed.folio, closed.pin, address="192.0.2.5"),
        "backup key": runs(door, NUMBER, ana.backup_key, address="192.0.2.6"),
        "unknown backup key": runs(door, UNKNOWN, "0" * 16, address="192.0.2.7"),
    }
    assert set(costs.values()) == {1}, costs


def statements(door, *typed, **rest) -> list[str]:
    """What a sign-in asks of the database, without the values."""
    asked: list[str] = []

    def note(connection, cursor, statement, *others):
        asked.append(statement)

    event.listen(door.database.engine, "before_cursor_execute", note)
    try_in(door, *typed, **rest)
    event.remove(door.database.engine, "before_cursor_execute", note)
    return asked


def test_known_and_unknown_numbers_ask_the_same_of_the_database(door, ana, country, case, database):
    country.crowd(case, 300)
    closed = country.victim(case)
    close(database, closed)
    wrong = statements(door, NUMBER, WRONG, address="192.0.2.1")
    assert wrong == statements(door, UNKNOWN, WRONG, address="192.0.2.2")
    assert wrong == statements(door, NUMBER, closed.pin, address="192.0.2.3")
    for_a_folio = statements(door, ana.folio, WRONG, address="192.0.2.4")
    assert for_a_folio == statements(door, new_folio(lambda _: 123456789), WRONG, address="192.0.2.5")
    for _ in range(3):
        try_in(door, NUMBER, WRONG, address="192.0.2.6")
        try_in(door, UNKNOWN, WRONG, address="192.0.2.7")
    try_in(door, UNKNOWN, WRONG, address="192.0.2.7")
    throttled = statements(door, NUMBER, WRONG, address="192.0.2.8")
    assert throttled == statements(door, UNKNOWN, WRONG, address="192.0.2.9")
    assert len(throttled) < len(wrong)


def test_what_is_not_verified_costs_no_argon2id(door, ana):
    assert runs(door, NUMBER, ana.pin[:-1]) == 0
    for _ in range(5):
        try_in(door, NUMBER, WRONG)
    assert runs(door, NUMBER, ana.pin) == 0


def test_a_pin_that_nobody_used_expires_and_one_that_was_used_does_not(door, country, case, clock):
    idle, active = country.victim(case), country.victim(case)
    try_in(door, NUMBER, active.pin)
    clock.advance(timedelta(days=30))
    assert answer(try_in(door, NUMBER, idle.pin)) == WRONG_ANSWER
    assert isinstance(try_in(door, NUMBER, active.pin), SignedIn)
    assert isinstance(try_in(door, NUMBER, idle.backup_key), SignedIn)


def test_the_session_knows_victim_number_and_device(door, ana, database):
    try_in(door, NUMBER, ana.pin, shared_device=True)
    with database.reading() as session:
        opened = session.scalars(select(VictimSession)).one()
        assert (opened.victim_id, opened.shared_device) == (ana.id, True)
        assert opened.number_id is not None


def test_a_joined_case_keeps_its_own_door(door, country, office, ana, case, database):
    target = country.case(office, "CI-FICUH/CUH-2/UI-2 C/D/00888/04-2026")
    with database.writing() as session:
        line = add_proceeding(
            session, case, ordinal=1, crime="x", stage="CI11", since=case.opened_on, now=database.now()
        )
        line.joined_into_id = target.id
    assert isinstance(try_in(door, NUMBER, ana.pin), SignedIn)


def test_without_a_limiter_nothing_is_verified(door, ana):
    before = door.keys.stretcher.runs
    with pytest.raises(ValueError, match="address"):
        try_in(door, NUMBER, ana.pin, address="unknown")
    assert door.keys.stretcher.runs == before


def test_when_nobody_else_can_be_verified_the_try_is_not_counted(door, ana):
    full = replace(with_limits(door, number_free_tries=1), hashing=type(door.hashing)(places=0, queue=0))
    assert answer(try_in(full, NUMBER, ana.pin)) == (503, "busy", 2)
    assert answer(try_in(full, NUMBER, ana.pin)) == (503, "busy", 2)


def test_a_wrong_pin_with_a_right_check_digit_is_wrong(door, ana):
    assert answer(try_in(door, NUMBER, other_pin(ana.pin))) == WRONG_ANSWER
