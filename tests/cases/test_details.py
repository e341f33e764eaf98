"""Details are typed, and each stage takes only its own."""

import pytest
from pydantic import ValidationError

from casestatus.cases.details import Details, DetailsRefused, details_of
from casestatus.cases.stages import Model, Stage, procedures, stage

CI13 = stage(Model.CI, "CI13")
CI15 = stage(Model.CI, "CI15")
CI10 = stage(Model.CI, "CI10")


def refused(code: str, **given: object) -> dict[str, str]:
    with pytest.raises(DetailsRefused) as refusal:
        details_of(stage(Model(code[:2]), code), given)
    return {problem.field: str((problem.params or {}).get("allowed", "")) for problem in refusal.value.fields}


def test_details_survive_being_kept_as_json() -> None:
    given = {"to_authority": "fgr", "to_office": "CUH-2", "to_number": "CI-1/2"}
    details = details_of(CI10, given)
    kept = details.model_dump(mode="json", exclude_none=True)
    assert kept == given
    assert Details.model_validate(kept) == details


def test_a_hearing_survives_being_kept_as_json() -> None:
    details = details_of(CI13, {"hearing_at": "2026-11-20T10:00:00-06:00"})
    assert Details.model_validate(details.model_dump(mode="json", exclude_none=True)) == details


@pytest.mark.parametrize(
    "at", [at for model in procedures().values() for at in model.stages.values()], ids=lambda at: at.code
)
def test_every_stage_can_do_without_details(at: Stage) -> None:
    assert details_of(at, {"cause": None, "hearing_at": None}) == Details()


def test_an_unknown_code_names_those_allowed() -> None:
    assert refused("CI26", cause="capricho")["details.cause"].startswith("amnistia, desistimiento")
    assert "condenatoria" in refused("CI21", outcome="formal_prision")["details.outcome"]
    assert "fgr" in refused("CI10", to_authority="la fiscalía de al lado")["details.to_authority"]


def test_a_stage_refuses_details_of_others() -> None:
    assert refused("CI13", cause="muerte") == {"details.cause": "hearing_at"}
    assert refused("CI01", hearing_at="2026-11-20T10:00:00-06:00") == {"details.hearing_at": ""}


def test_an_unknown_detail_is_named() -> None:
    assert refused("CI13", narrative="…") == {"details.narrative": "hearing_at"}


def test_every_wrong_detail_is_named_at_once() -> None:
    assert refused("CI10", to_authority="x", to_office="-", colour="red").keys() == {
        "details.to_authority",
        "details.colour",
    }
    assert refused("CI10", to_office="-", to_number="").keys() == {"details.to_office", "details.to_number"}


@pytest.mark.parametrize(
    "moment",
    ["2026-11-20", "2026-11-20T10:00:00", "20 de noviembre", "", 1763654400, "1763654400", True, ["2026"],
     "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"],
)  # fmt: skip
def test_a_hearing_needs_a_day_an_hour_and_a_zone(moment: object) -> None:
    assert refused("CI13", hearing_at=moment).keys() == {"details.hearing_at"}


@pytest.mark.parametrize(
    "day",
    [
        "2026-13-01",
        "mañana",
        20261120,
        "20261120",
        "1763654400",
        "2026-11-20T00:00:00",
        "2026-11-20T10:00:00-06:00",
        "1492-10-12",
        {},
    ],
)
def test_a_deadline_is_a_day(day: object) -> None:
    assert refused("CI15", deadline_on=day).keys() == {"details.deadline_on"}


@pytest.mark.parametrize("number", ["", "x" * 81, "CI-1\n2", "CI-1\x00", "CI-1\u202e2", 12])
def test_a_new_number_is_one_short_printed_line(number: object) -> None:
    assert refused("CI10", to_number=number).keys() == {"details.to_number"}


@pytest.mark.parametrize("code", [7, None.__class__, ["perdon"], {"perdon": 1}, "perdon "])
def test_a_code_is_a_text_of_the_list(code: object) -> None:
    assert refused("CI26", cause=code).keys() == {"details.cause"}


def test_details_never_change() -> None:
    with pytest.raises(ValidationError):
        details_of(CI15, {"deadline_on": "2026-11-20"}).deadline_on = None  # type: ignore[misc]  # what is tested
