"""Periods, code lists and cells: fixed by public lists, one vocabulary for each period, told with their months."""

from dataclasses import replace

import pytest

from casestatus.cases.crimes import crimes, former_crimes
from casestatus.statistics.crossing import crossed_rows, former_of
from casestatus.statistics.domain import (
    ALTA_SENSIBILIDAD,
    Places,
    cells,
    crimes_of_offices,
    groups_of_offices,
    sensitive_crimes,
    vocabulary,
)
from casestatus.statistics.periods import closes_on, month_after, month_before, months_between, months_of, quarter_of
from casestatus.statistics.rows import Code, Row
from casestatus.statistics.tables import TABLES
from casestatus.statistics.vocabularies import codes_at, codes_over

OFFICES = [Code(code="FGJ.A", es="A", en="A", valid_from="2025-11"), Code(code="FGJ.B", es="B", en="B", valid_from="")]
OLD, NEW = vocabulary("2025-12", OFFICES), vocabulary("2026-01", OFFICES)


def test_months_and_quarters() -> None:
    assert (month_after("2025-12"), month_before("2026-01")) == ("2026-01", "2025-12")
    assert list(months_between("2025-11", "2026-01")) == ["2025-11", "2025-12", "2026-01"]
    assert list(months_between("2026-02", "2026-01")) == []
    assert [quarter_of(month) for month in ("2026-01", "2026-03", "2026-04", "2026-12")] == [
        "2026-T1", "2026-T1", "2026-T2", "2026-T4",
    ]  # fmt: skip
    assert months_of("2026-T4") == ("2026-10", "2026-11", "2026-12")
    assert closes_on("2025-12").isoformat() == "2026-01-15"


@pytest.mark.parametrize("codes", [OLD, NEW])
def test_each_cell_stands_once_and_nothing_is_left_out(codes) -> None:
    sizes = {name: len(cells(table, codes)) for name, table in TABLES.items()}
    crimes_alone = len(codes.crimes) - 1
    assert sizes["T1"] == 2 * len(crimes_of_offices(codes))
    assert (sizes["T1s"], sizes["T2"], sizes["T4"]) == (2, 2 * 8, crimes_alone * 8)
    assert (sizes["T3"], sizes["T5"]) == (2 * len(groups_of_offices(codes)) * (7 + 12), 8 * 7 * 7)
    assert all(len(set(cells(table, codes))) == sizes[name] for name, table in TABLES.items())


@pytest.mark.parametrize("codes", [OLD, NEW])
def test_at_office_level_no_sensitive_crime_stands_alone(codes) -> None:
    sensitive = sensitive_crimes(codes)
    assert len(sensitive) >= 15
    assert not sensitive & {str(cell.crime) for cell in cells(TABLES["T1"], codes)}
    assert "libertad-sexual" not in {cell.crime for cell in cells(TABLES["T3"], codes)}
    assert sensitive < {str(cell.crime) for cell in cells(TABLES["T4"], codes)}
    places = Places(codes)
    assert {places.crime_of_office(slug) for slug in sensitive} == {ALTA_SENSIBILIDAD}
    assert {places.group_of_office(slug) for slug in sensitive} == {ALTA_SENSIBILIDAD}


@pytest.mark.parametrize("codes", [OLD, NEW])
def test_every_crime_of_both_classifications_has_a_place_and_keeps_its_group(codes) -> None:
    places = Places(codes)
    for slug, crime in (dict(crimes()) | dict(former_crimes())).items():
        assert slug == "sin_clasificar" or places.crime(slug) != "sin_clasificar"
        assert places.group(slug) == crime.group
    assert places.crime("nobody.knows") == "sin_clasificar"


def test_a_small_office_is_counted_under_the_one_that_holds_it() -> None:
    merged = vocabulary("2026-01", [replace(OFFICES[0], includes=("FGJ.B",))])
    assert Places(merged).office("FGJ.B") == "FGJ.A"
    assert {cell.office for cell in cells(TABLES["T2"], merged)} == {"FGJ.A"}


def test_code_lists_over_months_say_when_each_code_held_and_come_apart_again() -> None:
    merged = vocabulary("2026-02", [replace(OFFICES[0], includes=("FGJ.B",), valid_from="2026-02")])
    months = [("2025-12", OLD), ("2026-01", NEW), ("2026-02", merged)]
    whole = codes_over(months)
    assert [(code.code, code.valid_from, code.valid_to) for code in whole.offices] == [
        ("FGJ.A", "2025-12", "2026-01"),
        ("FGJ.A", "2026-02", None),
        ("FGJ.B", "2025-12", "2026-01"),
    ]
    ended = {code.code: code.valid_to for code in whole.crimes if code.valid_to}
    assert ended["sesnsp2015.fraude"] == "2025-12"
    assert "sesnsp2015.extorsion" not in ended
    for month, codes in months:
        again = codes_at(whole, month)
        for name, table in TABLES.items():
            assert cells(table, again) == cells(table, codes), name


def test_the_periods_of_2026_are_told_in_the_crimes_of_2015_by_adding_noised_cells() -> None:
    split = ["presencial", "por-otros-medios"]
    tried = [f"rnid2026.tentativa-de-extorsion-{how}" for how in split]
    slugs = [*(f"rnid2026.extorsion-{how}" for how in split), *tried, "sesnsp2015.extorsion"]
    first = Row(
        table="T4", period="2026-01", office=None, crime=slugs[0], stage="inicio", outcome=None, days=None,
        count=20, measured=18, low=8, high=28, reliable=True, coverage=None, edition=1,
    )  # fmt: skip
    rows = [replace(first, crime=slug) for slug in slugs]
    (summed,) = crossed_rows(rows)
    assert (summed.crime, summed.measured, summed.count) == ("sesnsp2015.extorsion", 90, 100)
    assert (summed.low, summed.high, summed.reliable) == (90 - 22, 90 + 22, True)  # 1.96 · 5 · √5
    assert former_of("rnid2026.trata-de-personas-con-otros-fines", at_office=False) == "sesnsp2015.trata-de-personas"
    assert former_of("rnid2026.tentativa-de-homicidio-doloso", at_office=True) == ALTA_SENSIBILIDAD
