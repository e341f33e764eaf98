"""What a hidden line changes around it: nothing, in the statistics, in how she is written to, or in the case's end."""

import pytest
from sqlalchemy import select

from casestatus.cases.crimes import RiskTier
from casestatus.cases.models import Proceeding
from casestatus.statistics.models import StatisticsEvent
from casestatus.victims.models import Victim
from tests.factories import World
from tests.intake.town import case_of, make_town

ROBBERY, FEMICIDE = "rnid2026.robo-a-negocio", "rnid2026.feminicidio"


def test_a_hidden_line_that_comes_later_never_decides_the_counted_crime(world: World) -> None:
    world.push("a1", "CI01", proceeding=2, crime=ROBBERY)
    world.push("h1", "CI01", proceeding=1, crime=FEMICIDE, hidden=True)
    world.push("a2", "CI06", proceeding=2)
    with world.database.reading() as session:
        assert set(session.scalars(select(StatisticsEvent.crime))) == {ROBBERY}


@pytest.mark.parametrize("hidden_crime", [ROBBERY, FEMICIDE])
def test_registered_before_anything_is_shown_she_is_written_to_with_care_whatever_is_hidden(
    world: World, hidden_crime: str
) -> None:
    world.push("h1", "CI01", crime=ROBBERY, hidden=True)
    world.push("h2", "CI01", proceeding=2, crime=hidden_crime, hidden=True)
    her = world.admit(proceedings=[1, 2])
    world.push("h3", "CI01", crime=ROBBERY, reveals="h1")
    with world.database.reading() as session:
        assert session.get_one(Victim, her.victim_id).risk_tier is RiskTier.HIGH


def test_a_case_ends_when_its_end_is_shown(world: World) -> None:
    opened = world.push("a1", "CI01")
    world.push("h1", "CI04", hidden=True)
    assert case_of(world, opened).closed_on is None
    world.push("a2", "CI04", reveals="h1")
    assert case_of(world, opened).closed_on == world.today


def test_a_hidden_line_that_came_first_never_decides_the_counted_crime(world: World) -> None:
    world.push("h1", "CI01", crime=FEMICIDE, hidden=True)
    world.push("a1", "CI01", proceeding=2, crime=ROBBERY)
    world.push("h2", "CI01", reveals="h1", crime=FEMICIDE)
    world.push("a2", "CI06", proceeding=2)
    with world.database.reading() as session:
        assert set(session.scalars(select(StatisticsEvent.crime))) == {ROBBERY}


def test_a_line_of_which_no_crime_is_told_never_takes_that_of_a_hidden_one(world: World) -> None:
    town = make_town(world)
    world.push("h1", "CI01", crime=FEMICIDE, hidden=True)
    world.push("a2", "CI10", proceeding=2, crime=ROBBERY, details={"to_office": "IZP-6"})
    town.new.push("n2", "CI01", proceeding=2, office="IZP-6")
    town.new.push("n3", "CI01", proceeding=3, office="IZP-6", crime=None)
    with world.database.reading() as session:
        assert session.scalars(select(Proceeding.crime).where(Proceeding.ordinal == 3)).one() == ROBBERY
