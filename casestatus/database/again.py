"""Transactions that PostgreSQL ended for another's sake are run again: nothing is wrong with them or with it."""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import OperationalError

TURNS = 5
LONGEST_PAUSE = 0.02  # seconds before the second turn; longer before each further one
GIVEN_UP = frozenset({"40P01", "40001"})  # two waited for each other; what was read has changed

P = ParamSpec("P")
T = TypeVar("T")


def again_when_given_up(work: Callable[P, T]) -> Callable[P, T]:
    """`work`, run again a few times when its transaction was given up for another's, after pauses of chance.

    Only for what does nothing outside its transactions, and of which none that was committed matters twice.
    """

    @wraps(work)
    def in_turns(*args: P.args, **kwargs: P.kwargs) -> T:
        for turn in range(1, TURNS):
            try:
                return work(*args, **kwargs)
            except OperationalError as error:
                if not was_given_up(error):
                    raise
            time.sleep(random.random() * LONGEST_PAUSE * turn)  # noqa: S311 - no secret
        return work(*args, **kwargs)

    return in_turns


def was_given_up(error: OperationalError) -> bool:
    """Whether PostgreSQL ended this transaction so that others could go on: the same may be run again at once."""
    return getattr(error.orig, "sqlstate", None) in GIVEN_UP
