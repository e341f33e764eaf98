"""A line out of sight changes nothing that anybody could observe; in sight, it makes us write to her with care."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from casestatus.cases.crimes import RiskTier
from casestatus.intake.linking import FurtherLines, link_further
from casestatus.notices.models import DeliveryAttempt, Notice, NoticeState
from casestatus.offices.models import OfficeTask, TaskKind
from casestatus.victims.models import Contact, Victim
from tests.factories import World

CONTACT = {"channel": "sms", "address": "55 1234 5678", "safe": True, "hours": "00:00-24:00"}
VIOLENCE = "rnid2026.violencia-familiar"


def tier(world: World) -> RiskTier:
    with world.database.reading() as session:
        return session.scalars(select(Victim.risk_tier)).one()


def count(world: World, table: type) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def with_contact_confirmed_by_code(world: World) -> None:
    """A victim of line 1, a theft, who confirmed her telephone by code and not in person."""
    world.push("u1", "CI01", occurred_on=(world.today - timedelta(days=9)).isoformat())
    world.admit(contacts=[CONTACT])
    with world.database.writing() as session:
        session.scalars(select(Contact)).one().confirmed_at = world.database.now()


def link_line_2(world: World) -> None:
    with world.database.writing() as session:
        victim_id = session.scalars(select(Victim.id)).one()
        wanted = FurtherLines(proceedings=[2])
        link_further(session, victim_id, wanted, world.sender, keys=world.keys, now=world.database.now())


def test_a_hidden_line_of_high_risk_leaves_her_access_as_it_is(world: World) -> None:
    with_contact_confirmed_by_code(world)
    world.push("u2", "CI12", proceeding=2, crime=VIOLENCE)
    link_line_2(world)
    assert tier(world) is RiskTier.ORDINARY
    assert world.push("u3", "CI06").notices_queued == 1


def test_when_it_comes_into_sight_nothing_more_goes_to_what_was_not_confirmed_in_person(world: World) -> None:
    with_contact_confirmed_by_code(world)
    world.push("u2", "CI12", proceeding=2, crime=VIOLENCE)
    link_line_2(world)
    assert world.push("u3", "CI12", proceeding=2, reveals="u2").notices_queued == 0
    assert tier(world) is RiskTier.HIGH
    assert count(world, DeliveryAttempt) == 0
    with world.database.reading() as session:
        assert session.scalars(select(Notice.state)).all() == [NoticeState.NO_CONTACT]
        assert TaskKind.UNREACHABLE in session.scalars(select(OfficeTask.kind)).all()


def test_a_visible_line_of_high_risk_counts_at_once(world: World) -> None:
    with_contact_confirmed_by_code(world)
    world.push("u2", "CI01", proceeding=2, crime=VIOLENCE)
    link_line_2(world)
    assert tier(world) is RiskTier.HIGH


@pytest.mark.parametrize(
    ("proceedings", "expected"),
    [([1], RiskTier.ORDINARY), ([1, 2], RiskTier.ORDINARY), ([2], RiskTier.HIGH), ([1, 3], RiskTier.HIGH)],
)
def test_an_access_to_a_visible_line_is_the_same_with_a_hidden_one_beside_it(
    world: World, proceedings: list[int], expected: RiskTier
) -> None:
    world.push("u1", "CI01")
    world.push("u2", "CI12", proceeding=2, crime=VIOLENCE)
    world.push("u3", "CI01", proceeding=3, crime=VIOLENCE)
    world.admit(proceedings=proceedings)
    assert tier(world) is expected


def test_an_address_called_unsafe_anywhere_is_not_kept(world: World) -> None:
    world.push("u1", "CI01")
    world.admit(contacts=[CONTACT, CONTACT | {"address": "+52 55 1234 5678", "safe": False}])
    assert count(world, Contact) == 0
