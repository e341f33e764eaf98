"""An office's calendar, as an operator types it."""

from datetime import date

from sqlalchemy import select

from casestatus.database import Database
from casestatus.offices.models import OfficeHoliday, RightCheck
from tests.cli.test_commands import Operator, newcomer, operator, settled

__all__ = ["newcomer", "operator", "settled"]

OFFICE = ("--institution", "FGJ")


def test_an_office_rests_on_the_days_it_says(settled: Operator, database: Database) -> None:
    settled.types(
        "office", "holiday", "add", "CUH-2", *OFFICE, "--day", "2026-12-21", "--until", "2026-12-23", "--name", "R"
    )
    with database.reading() as session:
        assert sorted(session.scalars(select(OfficeHoliday.day))) == [date(2026, 12, day) for day in (21, 22, 23)]


def test_a_day_that_was_told_by_mistake_is_taken_back(settled: Operator, database: Database) -> None:
    days = ("--day", "2026-12-21", "--until", "2026-12-23")
    settled.types("office", "holiday", "add", "CUH-2", *OFFICE, *days, "--name", "R")
    assert (
        "2 more days" in settled.types("office", "holiday", "remove", "CUH-2", *OFFICE, *days[:3], "2026-12-22").stdout
    )
    with database.reading() as session:
        assert session.scalars(select(OfficeHoliday.day)).all() == [date(2026, 12, 23)]
    settled.types("office", "holiday", "remove", "CUH-2", *OFFICE, "--day", "2026-12-21", expecting=1)


def test_a_checked_limit_is_noted_with_the_rule_as_it_reads(settled: Operator, database: Database) -> None:
    said = settled.types("office", "check-right", "judicial_review", "--office", "CUH-2", *OFFICE).stdout
    with database.reading() as session:
        check = session.scalars(select(RightCheck)).one()
        assert (check.right, check.rule) == ("judicial_review", "10 business days, CNPP 258")
        assert check.rule in said


def test_the_limit_after_the_faster_way_is_checked_with_the_usual_one(settled: Operator, database: Database) -> None:
    said = settled.types("office", "check-right", "appeal_ruling", "--office", "CUH-2", *OFFICE).stdout
    assert "10 business days, CNPP 471; after CI17: 5 business days, CNPP 471" in said


def test_a_right_without_a_limit_can_t_be_checked(settled: Operator) -> None:
    said = settled.types("office", "check-right", "protection", "--office", "CUH-2", *OFFICE, expecting=2).stderr
    assert "judicial_review" in said


def test_a_rest_of_years_is_wrong_usage(settled: Operator) -> None:
    words = (
        "office",
        "holiday",
        "add",
        "CUH-2",
        *OFFICE,
        "--day",
        "2026-12-21",
        "--until",
        "2036-12-21",
        "--name",
        "R",
    )
    settled.types(*words, expecting=2)
