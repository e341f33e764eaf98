"""What is run again, how often, and what never is."""

import psycopg
import pytest
from psycopg.errors import DeadlockDetected, QueryCanceled, SerializationFailure
from sqlalchemy.exc import OperationalError

from casestatus.database.again import TURNS, again_when_given_up


def failing(problem: type[psycopg.Error], *, times: int) -> list[int]:
    """The turns that a work took which failed so often."""
    turns: list[int] = []

    @again_when_given_up
    def work(by: int) -> list[int]:
        turns.append(by)
        if len(turns) <= times:
            raise OperationalError("", {}, problem())
        return turns

    try:
        return work(7)
    except OperationalError:
        return [*turns, 0]


@pytest.mark.parametrize("problem", [DeadlockDetected, SerializationFailure])
def test_what_was_given_up_for_another_is_run_again_but_not_for_ever(problem: type[psycopg.Error]) -> None:
    assert failing(problem, times=TURNS - 1) == [7] * TURNS
    assert failing(problem, times=TURNS) == [7] * TURNS + [0]


def test_whatever_else_went_wrong_is_not_run_again() -> None:
    assert failing(QueryCanceled, times=1) == [7, 0]
    assert failing(psycopg.OperationalError, times=1) == [7, 0]
