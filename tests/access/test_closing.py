from sqlalchemy import func, select

from casestatus.access.closing import close_access
from casestatus.access.models import VictimSession
from casestatus.victims.models import Victim
from tests.access.knocking import NUMBER, answer, try_in


def test_a_closed_access_has_no_sessions_and_answers_like_a_wrong_pin(door, database, ana):
    try_in(door, NUMBER, ana.pin)
    with database.writing() as session:
        close_access(session, session.get_one(Victim, ana.id), now=database.now())
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(VictimSession)) == 0
    for number, secret in [(NUMBER, ana.pin), (NUMBER, ana.backup_key), (ana.folio, ana.pin)]:
        assert answer(try_in(door, number, secret)) == (401, "sign-in-wrong", None)


def test_closing_twice_keeps_the_first_moment(database, ana):
    first = database.now()
    for _ in range(2):
        with database.writing() as session:
            close_access(session, session.get_one(Victim, ana.id), now=database.now())
    with database.reading() as session:
        closed_at = session.get_one(Victim, ana.id).closed_at
    assert closed_at is not None
    assert first <= closed_at <= database.now()
