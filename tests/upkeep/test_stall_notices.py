"""A stall's message: what it says, and when it isn't wanted any more."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from casestatus.cases.stages import Model, stage
from casestatus.cases.stalls import set_thresholds
from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from casestatus.notices.dispatch import Dispatch
from casestatus.notices.models import NoticeState
from casestatus.notices.outbox import outbox_messages
from casestatus.settings import Environment, Limits, Settings
from casestatus.upkeep.stalls import StallWatch
from casestatus.victims.models import Victim
from casestatus.worker import providers
from tests.factories import World
from tests.upkeep.test_stalls import look, notices, wants_alerts


@pytest.fixture
def dispatch(database: Database, keys: KeyRing) -> Iterator[Dispatch]:
    settings = Settings(_env_file=None, environment=Environment.DEMO)
    with Dispatch(database, keys, settings, providers(settings, database), at_once=4) as dispatch:
        yield dispatch


@pytest.fixture
def stalled(world: World, clock: Clock) -> World:
    """A victim who asked for it is owed a message about her stalled line."""
    world.push("u1", "CI01")
    wants_alerts(world, world.admit().victim_id)
    clock.advance(timedelta(days=30))
    look(StallWatch(world.database, Limits()))
    return world


def deliver(dispatch: Dispatch) -> None:
    """Until nothing is due: on a busy machine a pass may come too late to use its permit, and leaves it to the next."""
    while dispatch.once():
        pass


def messages(world: World) -> list[str]:
    with world.database.reading() as session:
        return [each.body.rpartition(" Ref ")[0] for each in outbox_messages(session)]


def test_she_is_told_in_words_that_tell_nobody_else(stalled: World, dispatch: Dispatch) -> None:
    deliver(dispatch)
    told = "Hay algo que puedes revisar en tu tramite, por el medio que ya conoces. BAJA para no recibir."
    assert messages(stalled) == [told]


def test_nothing_leaves_once_the_line_has_moved(stalled: World, dispatch: Dispatch) -> None:
    stalled.push("u2", "CI00")
    deliver(dispatch)
    assert len(messages(stalled)) == 1
    assert "novedad" in messages(stalled)[0]
    assert [notice.state for notice in notices(stalled)] == [NoticeState.NOT_WANTED]


def test_nothing_leaves_once_she_changed_her_mind(stalled: World, dispatch: Dispatch) -> None:
    with stalled.database.writing() as session:
        session.execute(update(Victim).values(stall_alerts=False))
    deliver(dispatch)
    assert messages(stalled) == []
    assert [notice.state for notice in notices(stalled)] == [NoticeState.NOT_WANTED]


def test_nothing_leaves_once_the_office_counts_longer(stalled: World, dispatch: Dispatch) -> None:
    with stalled.database.writing() as session:
        reached = stage(Model.CI, "CI01")
        set_thresholds(session, stalled.office_id, reached, [120], now=stalled.database.now())
    deliver(dispatch)
    assert messages(stalled) == []
    assert [notice.state for notice in notices(stalled)] == [NoticeState.NOT_WANTED]


def test_a_message_of_one_standstill_does_not_leave_for_another(
    stalled: World, dispatch: Dispatch, clock: Clock
) -> None:
    stalled.push("u2", "CI06")
    stalled.push("u3", "CI01")
    clock.advance(timedelta(days=30))
    look(StallWatch(stalled.database, Limits()))
    for _ in range(5):  # news of a line leaves one after the other
        deliver(dispatch)
        clock.advance(timedelta(minutes=5))
    assert Counter(notice.state for notice in notices(stalled)) == {
        NoticeState.NOT_WANTED: 1,
        NoticeState.HANDED_OVER: 1,
    }
