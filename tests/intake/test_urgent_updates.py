"""An update that she may have asked to be told of at any hour is noted as urgent when she may see it, not before."""

from datetime import timedelta

from sqlalchemy import select

from casestatus.notices.models import NoticeEvent
from tests.factories import World

HEARING = "2099-01-01T10:00:00-06:00"


def urgent(world: World) -> list[bool]:
    with world.database.reading() as session:
        return list(session.scalars(select(NoticeEvent.urgent).order_by(NoticeEvent.event_id)))


def test_a_release_is_urgent_and_other_news_is_not(world: World) -> None:
    world.push("u1", "CI01")
    world.admit()
    world.push("u2", "CI12", details={"how": "citatorio"})
    world.push("u3", "CI24", details={"cause": "sin_elementos"})
    assert urgent(world) == [False, True]


def test_what_is_hidden_is_urgent_only_once_it_is_revealed(world: World) -> None:
    world.push("u1", "CI12", details={"how": "citatorio"})
    world.admit()
    world.push("u2", "CI24", hidden=True)
    assert urgent(world) == []
    world.push("u3", "CI24", reveals="u2")
    assert urgent(world) == [True]


def test_history_wakes_nobody(world: World) -> None:
    world.push("u1", "CI01")
    world.admit()
    world.push("u2", "CI24", historical=True)
    assert urgent(world) == []


def test_a_hearing_within_a_day_that_is_corrected_is_urgent(world: World) -> None:
    soon = (world.database.now() + timedelta(hours=10)).isoformat()
    world.push("u1", "CI13", details={"hearing_at": soon})
    world.admit()
    world.push("u2", "CI13", details={"hearing_at": HEARING}, supersedes="u1")
    assert urgent(world) == [True]
