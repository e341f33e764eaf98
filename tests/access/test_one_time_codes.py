from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from casestatus.access.models import CodePurpose
from casestatus.access.one_time_codes import CodesUsedUp, issue_code, use_code
from casestatus.database import new_id
from casestatus.victims.addresses import address_key
from casestatus.victims.models import Channel, Contact

PURPOSE = CodePurpose.CONFIRM_CONTACT
MINUTE = timedelta(minutes=1)


def contact_of(database, keys, person, digits="5500000000") -> Contact:
    contact_id = new_id()
    contact = Contact(
        id=contact_id,
        victim_id=person.id,
        channel=Channel.SMS,
        address=keys.seal(digits, table="contact", column="address", id=contact_id),
        address_key=address_key(keys, Channel.SMS, digits),
        ending=digits[-2:],
        safe=True,
        time_zone="America/Mexico_City",
        confirmed_in_person=False,
        created_at=database.now(),
    )
    with database.writing() as session:
        session.add(contact)
        session.flush()
        session.expunge_all()
    return contact


@pytest.fixture
def contact(database, keys, ana) -> Contact:
    return contact_of(database, keys, ana)


@pytest.fixture
def issue(database, keys, limits):
    def _issue(contact: Contact, now) -> str:
        with database.writing() as session:
            return issue_code(session, keys, contact, limits, purpose=PURPOSE, now=now)

    return _issue


@pytest.fixture
def use(database, keys, limits):
    def _use(contact: Contact, code: str, now) -> bool:
        with database.writing() as session:
            return use_code(session, keys, contact.id, code, limits, purpose=PURPOSE, now=now)

    return _use


def test_a_code_works_once(issue, use, contact, database):
    now = database.now()
    code = issue(contact, now)
    assert len(code) == 6
    assert code.isdecimal()
    assert use(contact, f" {code} ", now)
    assert not use(contact, code, now)


def test_a_code_ends_after_ten_minutes(issue, use, contact, database):
    now = database.now()
    assert not use(contact, issue(contact, now), now + 10 * MINUTE)


def test_five_wrong_tries_use_a_code_up(issue, use, contact, database):
    now = database.now()
    code = issue(contact, now)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert not any(use(contact, wrong, now) for _ in range(5))
    assert not use(contact, code, now)


def test_parallel_tries_on_a_code_are_all_counted(issue, use, contact, database):
    now = database.now()
    code = issue(contact, now)
    guesses = [f"{(int(code) + step) % 10**6:06d}" for step in range(1, 9)]
    with ThreadPoolExecutor(8) as threads:
        assert not any(threads.map(lambda guess: use(contact, guess, now), guesses))
    assert not use(contact, code, now)


def test_only_the_newest_code_works(issue, use, contact, database):
    now = database.now()
    first, second = issue(contact, now), issue(contact, now + MINUTE)
    if first != second:
        assert not use(contact, first, now + MINUTE)
    assert use(contact, second, now + MINUTE)


def test_a_code_belongs_to_its_contact(issue, use, contact, database, keys, ana):
    now = database.now()
    other = contact_of(database, keys, ana, "5511111111")
    code = issue(contact, now)
    assert not use(other, code, now)
    issue(other, now)
    assert use(contact, code, now)


def test_three_codes_a_day_and_no_more(issue, contact, database):
    now = database.now()
    for minute in range(3):
        issue(contact, now + minute * MINUTE)
    with pytest.raises(CodesUsedUp) as refusal:
        issue(contact, now + 3 * MINUTE)
    assert refusal.value.retry_after == 24 * 3600 - 180 + 1
    issue(contact, now + timedelta(days=1))


def test_parallel_requests_for_codes_are_counted_one_after_the_other(issue, contact, database):
    def ask(_: int) -> bool:
        try:
            return bool(issue(contact, database.now()))
        except CodesUsedUp:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(ask, range(8))) == 3
