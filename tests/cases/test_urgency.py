"""What is urgent: by the stage's data, or because a hearing won't be when it was."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from casestatus.cases.details import Details
from casestatus.cases.stages import Model, procedure, stage
from casestatus.cases.timeline import Entry, position
from casestatus.cases.urgency import is_urgent

NOW = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
TONIGHT = NOW + timedelta(hours=12)


def entry(code: str, on: date = TODAY, /, **details: Any) -> Entry:
    given = Details.model_validate(details)
    reached = stage(Model(code[:2]), code)
    return Entry(event_id=uuid4(), sequence=1, stage=reached, details=given, happened_on=on, on=on, received_at=NOW)


def urgent(before: list[Entry], new: Entry, *, gone: Entry | None = None) -> bool:
    after = [one for one in (*before, new) if one is not gone]
    return is_urgent(position(before), position(after), [new], now=NOW)


@pytest.mark.parametrize(
    ("code", "details", "said"),
    [
        ("CI14", {}, True),
        ("CI24", {}, True),
        ("CI24", {"cause": "sin_elementos"}, True),
        ("CI21", {"outcome": "absolutoria"}, True),
        ("CI21", {"outcome": "condenatoria"}, False),
        ("CI21", {}, False),
        ("CI25", {"cause": "sustraccion"}, True),
        ("CI25", {"cause": "trastorno_mental"}, False),
        ("CI26", {"cause": "perdon"}, True),
        ("CI26", {"cause": "muerte"}, False),
        ("AP14", {"outcome": "libertad_por_falta_de_elementos"}, True),
        ("AP14", {"outcome": "formal_prision"}, False),
        ("AP17", {}, True),
        ("CI12", {"how": "puesta_a_disposicion"}, False),
        ("CI19", {}, False),
    ],
)
def test_somebody_goes_free_by_the_stage_or_by_its_code(code: str, details: dict[str, str], said: bool) -> None:
    assert urgent([], entry(code, **details)) is said


def test_what_is_told_of_the_past_of_a_line_wakes_nobody() -> None:
    stands = entry("CI24", TODAY)
    assert not urgent([stands], entry("CI14", TODAY - timedelta(days=90)))


@pytest.mark.parametrize(
    ("was_at", "is_at", "said"),
    [
        (TONIGHT, TONIGHT + timedelta(days=7), True),
        (TONIGHT, None, True),
        (TONIGHT, TONIGHT, False),
        (NOW + timedelta(hours=24), None, True),
        (NOW + timedelta(hours=25), None, False),
        (NOW - timedelta(minutes=1), TONIGHT, False),
        (None, TONIGHT, False),
    ],
)
def test_a_hearing_that_was_near_is_no_more_at_that_time(
    was_at: datetime | None, is_at: datetime | None, said: bool
) -> None:
    before, after = (entry("CI20", **({"hearing_at": at.isoformat()} if at else {})) for at in (was_at, is_at))
    assert urgent([before], after) is said
    assert urgent([before], after, gone=before) is said  # told anew, or as a correction


def test_a_hearing_that_was_no_hearing_at_all_is_urgent() -> None:
    opened, wrong = entry("CI12", TODAY, how="citatorio"), entry("CI13", TODAY, hearing_at=TONIGHT.isoformat())
    assert urgent([opened, wrong], entry("CI12", TODAY, how="citatorio"), gone=wrong)


def test_every_urgent_stage_is_one_that_she_is_told_of() -> None:
    found = [one for model in Model for one in procedure(model).stages.values() if one.urgent]
    assert len(found) == 11
    assert not any(one.moved or one.joined for one in found)
