import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from casestatus.access.hashing import HashingRoom
from casestatus.access.models import LoginTry, Throttle
from casestatus.access.sign_in import SignedIn
from casestatus.access.throttles import SignInThrottled, Subjects, count_try, note_failure, take_back
from tests.access.knocking import COURT_NUMBER, NUMBER, UNKNOWN, WRONG, answer, other_pin, try_in, with_limits

OPEN = {"address_failures": 10**6, "address_failing_numbers": 10**6}
NUMBER_KEYS = (b"n" * 32, b"c" * 32)
SUBJECTS = Subjects(number=NUMBER_KEYS[0], numbers=NUMBER_KEYS, address=b"a" * 32, network=b"w" * 32)


def count_at_once(database, limits, tries: int) -> Counter:
    """So many tries in so many threads, all let go at the same moment."""
    start = threading.Barrier(tries)

    def one(_: int) -> str:
        start.wait()
        try:
            with database.writing() as session:
                count_try(session, SUBJECTS, limits, now=database.now())
        except SignInThrottled:
            return "throttled"
        return "counted"

    with ThreadPoolExecutor(tries) as threads:
        return Counter(threads.map(one, range(tries)))


def counted_tries(database) -> list[int]:
    with database.reading() as session:
        rows = session.scalars(select(Throttle.tries).where(Throttle.key.in_(NUMBER_KEYS)))
        return [len(tries) for tries in rows]


def test_200_parallel_tries_count_200(database, limits):
    generous = limits.model_copy(
        update=OPEN | {"number_free_tries": 1000, "number_tries_per_day": 1000, "number_tries_in_a_row": 1000}
    )
    assert count_at_once(database, generous, 200) == {"counted": 200}
    assert counted_tries(database) == [200, 200]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LoginTry)) == 200


def test_of_200_parallel_tries_on_one_number_five_are_let_through(database, limits):
    assert count_at_once(database, limits, 200) == {"counted": 5, "throttled": 195}
    assert counted_tries(database) == [5, 5]


def test_a_right_pin_takes_back_its_own_try_and_nothing_else(database, limits):
    with database.writing() as session:
        now = database.now()
        tries = [count_try(session, SUBJECTS, limits, now=now + timedelta(seconds=second)) for second in range(3)]
        take_back(session, tries[1])
    with database.reading() as session:
        kept = session.scalars(select(LoginTry.id).order_by(LoginTry.tried_at)).all()
    assert list(kept) == [tries[0].id, tries[2].id]
    assert counted_tries(database) == [2, 2]


def history(door, number: str) -> list[tuple]:
    """The answers to many wrong tries with pauses between them, each from an address of its own."""
    answers, now = [], door.database.now()
    pauses = [0, 1, 0, 2, 0, 0, 10, 30, 0, 61, 5, 120, 240, 0, 480, 1000, 0, 3600, 80_000, 0, 0, 40, 86_400, 0]
    for index, pause in enumerate(pauses):
        now += timedelta(seconds=pause)
        answers.append(answer(try_in(door, number, WRONG, address=f"198.51.100.{index}", now=now)))
    return answers


def test_an_unknown_number_answers_like_a_known_one_after_any_history(door, ana):
    known, unknown = history(door, NUMBER), history(door, UNKNOWN)
    assert known == unknown
    assert {status for status, _, _ in known} == {401, 429}


def test_the_sixth_try_waits_and_says_how_long(door, ana):
    now = door.database.now()
    assert [answer(try_in(door, NUMBER, WRONG, now=now))[0] for _ in range(5)] == [401] * 5
    assert answer(try_in(door, NUMBER, ana.pin, now=now)) == (429, "throttled", 30)
    assert answer(try_in(door, NUMBER, ana.pin, now=now + timedelta(seconds=29.5))) == (429, "throttled", 1)
    assert isinstance(try_in(door, NUMBER, ana.pin, now=now + timedelta(seconds=30)), SignedIn)


def test_spellings_aliases_and_folios_share_one_counter(door, ana):
    spellings = [NUMBER, NUMBER.lower(), NUMBER.replace(" C/D", ""), COURT_NUMBER, ana.folio]
    assert [answer(try_in(door, typed, WRONG))[0] for typed in spellings] == [401] * 5
    assert answer(try_in(door, COURT_NUMBER, WRONG))[0] == 429


def test_spellings_of_an_unknown_number_share_one_counter_too(door, database):
    spellings = [UNKNOWN, UNKNOWN.lower(), UNKNOWN.replace(" C/D", ""), UNKNOWN.replace("C/D", "S/D"), UNKNOWN]
    assert [answer(try_in(door, typed, WRONG))[0] for typed in spellings] == [401] * 5
    assert answer(try_in(door, UNKNOWN, WRONG))[0] == 429


def test_the_backup_key_opens_while_the_number_waits(door, ana):
    for _ in range(5):
        try_in(door, NUMBER, WRONG)
    assert answer(try_in(door, NUMBER, ana.pin))[0] == 429
    assert isinstance(try_in(door, NUMBER, ana.backup_key), SignedIn)
    assert answer(try_in(door, NUMBER, ana.pin))[0] == 429


def test_a_success_changes_nothing_for_another_device(door, ana):
    now = door.database.now()
    for _ in range(3):
        try_in(door, NUMBER, WRONG, now=now)
    for _ in range(10):
        assert isinstance(try_in(door, NUMBER, ana.pin, now=now), SignedIn)
    assert [answer(try_in(door, NUMBER, WRONG, now=now))[0] for _ in range(3)] == [401, 401, 429]


def number(serial: int) -> str:
    return f"CI-FICUH/CUH-2/UI-2 C/D/{serial:05}/04-2026"


def test_an_address_that_fails_on_five_numbers_waits_a_minute(door, ana):
    now = door.database.now()
    assert {answer(try_in(door, number(serial), WRONG, now=now))[0] for serial in range(700, 705)} == {401}
    assert answer(try_in(door, NUMBER, ana.pin, now=now)) == (429, "throttled", 60)
    assert answer(try_in(door, NUMBER, ana.backup_key, now=now)) == (429, "throttled", 60)
    assert isinstance(try_in(door, NUMBER, ana.pin, address="192.0.2.99", now=now), SignedIn)
    assert isinstance(try_in(door, NUMBER, ana.pin, now=now + timedelta(seconds=60)), SignedIn)


def test_an_address_that_fails_twenty_times_in_ten_minutes_waits_a_minute(door, ana):
    patient = with_limits(door, number_free_tries=100, number_tries_per_day=100)
    now = door.database.now()
    assert {answer(try_in(patient, UNKNOWN, WRONG, now=now))[0] for _ in range(20)} == {401}
    assert answer(try_in(patient, NUMBER, ana.pin, now=now)) == (429, "throttled", 60)
    assert isinstance(try_in(patient, NUMBER, ana.pin, now=now + timedelta(minutes=10)), SignedIn)


def test_people_who_succeed_do_not_use_up_their_address(door, country, office):
    for serial in range(7):
        person = country.victim(country.case(office, number(800 + serial)))
        assert isinstance(try_in(door, number(800 + serial), person.pin), SignedIn)


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("2001:db8:1:1::1", "2001:db8:1:1:ffff::2", True),
        ("2001:db8:1:1::1", "2001:db8:1:2::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
    ],
)
def test_one_subscriber_is_one_address(door, first, second, shared):
    for serial in range(700, 705):
        try_in(door, number(serial), WRONG, address=first)
    assert answer(try_in(door, number(706), WRONG, address=second))[0] == (429 if shared else 401)


def test_a_network_is_counted_as_a_whole_at_ten_times(door):
    narrow = with_limits(door, address_failing_numbers=1, network_times=3)
    for index in range(3):
        assert answer(try_in(narrow, number(700 + index), WRONG, address=f"2001:db8:1:{index}::1"))[0] == 401
    assert answer(try_in(narrow, number(710), WRONG, address="2001:db8:1:9::1"))[0] == 429
    assert answer(try_in(narrow, number(711), WRONG, address="2001:db8:2:9::1"))[0] == 401


def test_no_number_and_no_address_is_kept_in_the_clear(door, ana, database):
    try_in(door, NUMBER, other_pin(ana.pin))
    with database.reading() as session:
        kept = [*session.execute(select(Throttle.key)), *session.execute(select(LoginTry.address_key))]
    assert all(len(key) == 32 and b"192" not in key for (key,) in kept)


def test_parallel_sign_ins_under_every_name_of_a_case_neither_deadlock_nor_lose_a_try(door, ana, database):
    generous = with_limits(door, **OPEN, number_free_tries=1000, number_tries_per_day=1000, number_tries_in_a_row=1000)
    patient = replace(generous, hashing=HashingRoom(places=2, queue=100))
    knocks = [(typed, pin) for typed in (NUMBER, COURT_NUMBER, ana.folio, UNKNOWN) for pin in (ana.pin, WRONG)] * 3
    with ThreadPoolExecutor(len(knocks)) as threads:
        answers = Counter(threads.map(lambda knock: answer(try_in(patient, *knock))[0], knocks))
    assert answers == {201: 9, 401: 15}
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LoginTry)) == 15
        assert sum(len(tries) for tries in session.scalars(select(Throttle.tries))) == 2 * 15


def of_number(which: int) -> Subjects:
    key = bytes([which]) * 32
    return Subjects(number=key, numbers=(key,), address=b"a" * 32, network=None)


def test_many_people_may_sign_in_at_once_behind_one_address(database, limits):
    for which in range(15):
        with database.writing() as session:
            count_try(session, of_number(which), limits, now=database.now())


def test_numbers_that_failed_make_their_address_wait(database, limits):
    for which in range(limits.address_failing_numbers):
        with database.writing() as session:
            note_failure(session, count_try(session, of_number(which), limits, now=database.now()))
    with pytest.raises(SignInThrottled), database.writing() as session:
        count_try(session, of_number(99), limits, now=database.now())
