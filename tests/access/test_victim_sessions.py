import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from casestatus.access.last_seen import LastSeen, keep_writing
from casestatus.access.models import VictimSession
from casestatus.access.victim_sessions import current_session, end_session, end_sessions, open_session
from casestatus.crypto import token_hash
from casestatus.victims.models import Victim

MINUTE = timedelta(minutes=1)


@pytest.fixture
def opened_at(database):
    return database.now()


@pytest.fixture
def token(database, ana, limits, opened_at) -> str:
    return open_for(database, ana, limits, opened_at)


def open_for(database, person, limits, now, *, shared_device=False) -> str:
    with database.writing() as session:
        return open_session(session, person.id, None, shared_device=shared_device, limits=limits, now=now).token


@pytest.fixture
def look(database, limits):
    """Asks for the session as a GET does: in a transaction that only reads."""
    default = LastSeen()

    def ask(token, now, last_seen=default):
        with database.reading() as session:
            return current_session(session, token, last_seen, limits, now=now)

    return ask


def test_a_token_opens_its_session_and_only_its_hash_is_kept(look, token, ana, opened_at, database):
    current = look(token, opened_at)
    assert (current.victim_id, current.ends_at) == (ana.id, opened_at + 60 * MINUTE)
    with database.reading() as session:
        assert session.scalar(select(VictimSession.token_hash)) == token_hash(token)


@pytest.mark.parametrize("token", ["", "x", "ñ" * 100])
def test_an_unknown_token_opens_nothing(look, token, opened_at):
    assert look(token, opened_at) is None


def test_ten_minutes_without_use_end_a_session(look, token, opened_at):
    assert look(token, opened_at + 9 * MINUTE)
    assert look(token, opened_at + 18 * MINUTE)
    assert look(token, opened_at + 28 * MINUTE) is None


def test_five_minutes_do_on_a_shared_device(look, ana, opened_at, database, limits):
    token = open_for(database, ana, limits, opened_at, shared_device=True)
    assert look(token, opened_at + 4 * MINUTE).shared_device
    assert look(token, opened_at + 9 * MINUTE) is None


def test_an_hour_ends_a_session_however_much_it_is_used(look, token, opened_at):
    for minute in range(5, 60, 5):
        assert look(token, opened_at + minute * MINUTE)
    assert look(token, opened_at + 60 * MINUTE) is None


def test_signing_out_ends_one_session_or_all_of_them(look, database, ana, limits, opened_at, country, case):
    first, second, third = (open_for(database, ana, limits, opened_at) for _ in range(3))
    other = open_for(database, country.victim(case), limits, opened_at)
    with database.writing() as session:
        end_session(session, first)
        end_session(session, first)
    assert [bool(look(token, opened_at)) for token in (first, second, third, other)] == [False, True, True, True]
    with database.writing() as session:
        end_sessions(session, ana.id)
    assert [bool(look(token, opened_at)) for token in (first, second, third, other)] == [False, False, False, True]


def test_closing_the_access_ends_its_sessions(look, token, ana, opened_at, database):
    with database.writing() as session:
        session.execute(update(Victim).where(Victim.id == ana.id).values(closed_at=opened_at + MINUTE))
    assert look(token, opened_at)
    assert look(token, opened_at + MINUTE) is None


def test_reading_a_page_waits_for_no_writer(look, token, opened_at, database):
    with database.writing() as busy:
        busy.execute(update(VictimSession).values(last_seen_at=opened_at - MINUTE))
        assert look(token, opened_at)


def test_another_process_knows_the_last_use_once_it_was_written(look, token, opened_at, database):
    here, there = LastSeen(), LastSeen()
    assert look(token, opened_at + 9 * MINUTE, here)
    here.write(database)
    assert look(token, opened_at + 18 * MINUTE, there)


def test_a_late_writer_does_not_move_the_last_use_back(look, token, opened_at, database):
    early, late = LastSeen(), LastSeen()
    assert look(token, opened_at + 1 * MINUTE, early)
    assert look(token, opened_at + 9 * MINUTE, late)
    late.write(database)
    early.write(database)
    assert look(token, opened_at + 18 * MINUTE, LastSeen())


def test_what_was_noted_is_written_when_the_process_stops(look, token, opened_at, database):
    last_seen, stop = LastSeen(), threading.Event()
    assert look(token, opened_at + 9 * MINUTE, last_seen)
    stop.set()
    keep_writing(last_seen, database, stop)
    with database.reading() as session:
        assert session.scalar(select(VictimSession.last_seen_at)) == opened_at + 9 * MINUTE
