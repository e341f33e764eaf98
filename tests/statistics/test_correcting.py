"""A mistake of method is mended where nothing was published yet, and in edition 2 where something was."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from casestatus.database import Clock
from casestatus.offices.models import Office
from casestatus.statistics.correcting import AlreadyCorrected, count_at, counts_of_office, counts_of_updates, leave_out
from casestatus.statistics.cutting import correct_month
from casestatus.statistics.domain import Cell, cells
from casestatus.statistics.models import CountKind, FrozenMonth, StatisticsEvent, StoredDraw
from casestatus.statistics.officers import NOBODY
from casestatus.statistics.published_offices import public_codes
from casestatus.statistics.recounting import Mistake, recount, recounts
from casestatus.statistics.retaining import are_old_counts, delete_old_counts
from casestatus.statistics.tables import TABLES
from casestatus.statistics.tallying import OfficeCodeChanged, Tally
from casestatus.statistics.vocabularies import keep_codes, kept_codes
from tests.factories import World, add_office, make_world
from tests.statistics.crowd import DECEMBER, NOVEMBER, Crowd, at, set_clock

OFFICE = "FGJ-2.CUH-2"


@pytest.fixture
def world(crowd: Crowd, clock: Clock) -> World:
    """An office that sends updates of a case in November."""
    set_clock(clock, "2025-11-20")
    return make_world(crowd.database, crowd.keys, code="FGJ-2")


def true_counts(crowd: Crowd, table: str, edition: int, period: str = NOVEMBER) -> dict[Cell, int]:
    """What would be drawn on, where it isn't zero."""
    with crowd.database.reading() as session:
        frozen = session.scalars(select(FrozenMonth).order_by(FrozenMonth.month.desc())).first()
        assert frozen is not None
        codes = kept_codes(session, frozen.code_list, frozen.month)
        counts = Tally(session, public_codes(session), edition=edition).true_counts(TABLES[table], period, codes)
        return {cell: count for cell, count in zip(cells(TABLES[table], codes), counts, strict=True) if count}


def test_a_stage_that_was_corrected_too_late_counts_in_edition_1_alone(
    crowd: Crowd, world: World, clock: Clock
) -> None:
    world.push("a1", "CI00")
    world.push("a2", "CI15")
    crowd.cut(NOVEMBER)
    set_clock(clock, "2025-12-14")
    world.push("a3", "CI06", supersedes="a2")
    assert true_counts(crowd, "T2", 1) == {Cell(OFFICE, stage="inicio"): 1, Cell(OFFICE, stage="ante_juez"): 1}
    assert true_counts(crowd, "T2", 2) == {Cell(OFFICE, stage="inicio"): 1}
    assert true_counts(crowd, "T1s", 2) == {Cell(OFFICE): 1}
    world.push("a4", "CI15")  # now it is true: the lineage counted there, and counts in no later month
    with crowd.database.reading() as session:
        entries = select(StatisticsEvent).where(StatisticsEvent.stage == "ante_juez")
        assert [row.month for row in session.scalars(entries)] == [at(f"{NOVEMBER}-01").date()]


def test_what_a_late_correction_repeats_counts_in_edition_2_with_its_outcome(
    crowd: Crowd, world: World, clock: Clock
) -> None:
    world.push("a1", "CI00")
    world.push("a2", "CI23", details={"outcome": "condenatoria"})
    crowd.cut(NOVEMBER)
    set_clock(clock, "2025-12-20")
    world.push("a3", "CI23", details={"outcome": "absolutoria"}, supersedes="a2")
    ends = {edition: true_counts(crowd, "T3", edition, "2025-T4") for edition in (1, 2)}
    outcomes = {edition: [cell.outcome for cell in found if cell.outcome] for edition, found in ends.items()}
    assert outcomes[1] != outcomes[2]
    assert [len(found) for found in outcomes.values()] == [1, 1]
    assert true_counts(crowd, "T2", 1) == true_counts(crowd, "T2", 2)


def test_a_file_that_should_not_have_been_sent_counts_nowhere_in_edition_2(crowd: Crowd, world: World) -> None:
    world.push("a1", "CI00")
    world.push("b1", "CI00", case_number="CI-FICUH/CUH-2/UI-2 C/D/00124/04-2026")
    crowd.cut(NOVEMBER)
    with crowd.database.writing() as session:
        leave_out(session, NOVEMBER, counts_of_updates(session, NOVEMBER, world.institution_id, {"b1", "z9"}))
    assert true_counts(crowd, "T1s", 1) == {Cell(OFFICE): 2}
    assert true_counts(crowd, "T1s", 2) == {Cell(OFFICE): 1}


def test_an_office_under_the_wrong_code_is_mended_in_edition_2_and_both_stay_published(crowd: Crowd) -> None:
    crowd.new_cases(NOVEMBER, 400, office=0)
    for _ in range(300):
        crowd.add(CountKind.ENTRY, NOVEMBER, office=0, stage="juicio")
    crowd.write()
    crowd.cut(NOVEMBER)
    with crowd.database.writing() as session:
        wrong = counts_of_office(session, NOVEMBER, crowd.offices[0])
        count_at(session, NOVEMBER, wrong, crowd.offices[1])
        correct_month(session, NOVEMBER, keys=crowd.keys, now=at("2026-12-21"))
    near = {
        (row.table, row.edition, row.office): round(row.measured / 100)
        for row in [*crowd.table("T1s"), *(row for row in crowd.table("T2") if row.stage == "juicio")]
    }
    first, second = "FGJ-1.CUH-1", "FGJ-1.CUH-2"
    assert {key: near[key] for key in near if key[0] == "T1s"} == {
        ("T1s", 1, first): 4, ("T1s", 1, second): 0, ("T1s", 2, first): 0, ("T1s", 2, second): 4,
    }  # fmt: skip
    assert {key: near[key] for key in near if key[0] == "T2"} == {
        ("T2", 1, first): 3, ("T2", 1, second): 0, ("T2", 2, first): 0, ("T2", 2, second): 3,
    }  # fmt: skip
    with pytest.raises(AlreadyCorrected), crowd.database.writing() as session:
        leave_out(session, NOVEMBER, wrong)


def test_a_wrong_crossing_of_crimes_is_mended_in_edition_2(crowd: Crowd) -> None:
    """As if November had been published by a version that didn't know what fraud was called before."""
    crowd.new_cases(NOVEMBER, 400, crime="rnid2026.fraude")
    crowd.write()
    crowd.cut(NOVEMBER)
    with crowd.database.writing() as session:
        frozen = session.get_one(FrozenMonth, (NOVEMBER, 1))
        codes = kept_codes(session, frozen.code_list, NOVEMBER)
        pairs = tuple(pair for pair in codes.crossings if "rnid2026.fraude" not in pair)
        frozen.code_list = keep_codes(session, replace(codes, crossings=pairs))
        for draw in session.scalars(select(StoredDraw)):
            draw.code_list = frozen.code_list
    old = true_counts(crowd, "T1", 1)
    with crowd.database.writing() as session:
        correct_month(session, NOVEMBER, keys=crowd.keys, now=at("2026-12-21"))
    large = {row.crime for row in crowd.table("T1") if row.edition == 2 and row.measured > 200}
    assert {cell.crime for cell in old} == {"sin_clasificar"}
    assert large == {"sesnsp2015.fraude"}


def test_what_was_not_published_yet_is_mended_in_place(crowd: Crowd) -> None:
    for month in (NOVEMBER, DECEMBER):
        crowd.new_cases(month, 30, office=0)
        crowd.new_cases(month, 7, office=1)
    crowd.write()
    crowd.cut(NOVEMBER)
    with crowd.database.writing() as session:
        leave_out(session, DECEMBER, counts_of_office(session, DECEMBER, crowd.offices[1]))
        count_at(session, DECEMBER, counts_of_office(session, DECEMBER, crowd.offices[0]), crowd.offices[1])
    assert true_counts(crowd, "T1s", 1, DECEMBER) == {Cell("FGJ-1.CUH-2"): 30}
    assert true_counts(crowd, "T1s", 1) == {Cell("FGJ-1.CUH-1"): 30, Cell("FGJ-1.CUH-2"): 7}


def test_notes_go_with_what_they_are_about(crowd: Crowd) -> None:
    crowd.new_cases(NOVEMBER, 3)
    crowd.write()
    crowd.cut(NOVEMBER, day="2025-12-20")
    with crowd.database.writing() as session:
        institution = session.get_one(Office, crowd.offices[0]).institution_id
        wrong = Mistake(month=NOVEMBER, institution_id=institution, office_id=crowd.offices[0])
        recount(session, wrong, reason="una carga repetida", officers=NOBODY, now=at("2026-01-20"))
    with crowd.database.writing() as session:
        assert not are_old_counts(session, now=at("2027-12-01"))
        assert are_old_counts(session, now=at("2028-01-10"))
        assert delete_old_counts(session, now=at("2028-01-10")) == 3
        assert recounts(session) == []
        assert not are_old_counts(session, now=at("2028-01-10"))


def test_a_correction_of_something_else_brings_nothing_back_that_was_left_out(
    crowd: Crowd, world: World, clock: Clock
) -> None:
    world.push("a1", "CI00")
    crowd.cut(NOVEMBER)
    with crowd.database.writing() as session:
        leave_out(session, NOVEMBER, counts_of_updates(session, NOVEMBER, world.institution_id, {"a1"}))
    set_clock(clock, "2025-12-14")
    world.push("a2", "CI06")
    world.push("a3", "CI15", supersedes="a2")
    assert true_counts(crowd, "T1s", 2) == {}


def test_what_officers_left_out_stays_out_though_its_office_corrects_it(
    crowd: Crowd, world: World, clock: Clock
) -> None:
    world.push("a1", "CI00")
    world.push("a2", "CI15")
    crowd.cut(NOVEMBER)
    with crowd.database.writing() as session:
        leave_out(session, NOVEMBER, counts_of_updates(session, NOVEMBER, world.institution_id, {"a2"}))
    set_clock(clock, "2025-12-14")
    world.push("a3", "CI15", supersedes="a2")
    assert true_counts(crowd, "T2", 2) == {Cell(OFFICE, stage="inicio"): 1}


def test_what_its_office_took_back_counts_nowhere_though_officers_count_that_office_elsewhere(
    crowd: Crowd, world: World, clock: Clock
) -> None:
    with crowd.database.writing() as session:
        right = add_office(session, world.institution_id, "CUH-9", crowd.database.now()).id
    world.push("a1", "CI00")
    world.push("a2", "CI15")
    crowd.cut(NOVEMBER)
    set_clock(clock, "2025-12-14")
    world.push("a3", "CI06", supersedes="a2")
    with crowd.database.writing() as session:
        count_at(session, NOVEMBER, counts_of_office(session, NOVEMBER, world.office_id), right)
    assert true_counts(crowd, "T2", 2) == {Cell("FGJ-2.CUH-9", stage="inicio"): 1}
    world.push("a4", "CI15", supersedes="a3")
    assert Cell("FGJ-2.CUH-9", stage="ante_juez") in true_counts(crowd, "T2", 2)


def test_what_is_corrected_back_counts_again(crowd: Crowd, world: World, clock: Clock) -> None:
    world.push("a1", "CI00")
    world.push("a2", "CI15")
    crowd.cut(NOVEMBER)
    set_clock(clock, "2025-12-14")
    world.push("a3", "CI06", supersedes="a2")
    world.push("a4", "CI15", supersedes="a3")
    assert true_counts(crowd, "T2", 2) == true_counts(crowd, "T2", 1)


def test_what_a_historical_load_corrects_late_counts_in_edition_1_alone(
    crowd: Crowd, world: World, clock: Clock
) -> None:
    world.push("a1", "CI00")
    world.push("a2", "CI15")
    crowd.cut(NOVEMBER)
    set_clock(clock, "2025-12-14")
    world.push("h3", "CI15", supersedes="a2", historical=True)
    assert true_counts(crowd, "T2", 1) == {Cell(OFFICE, stage="inicio"): 1, Cell(OFFICE, stage="ante_juez"): 1}
    assert true_counts(crowd, "T2", 2) == {Cell(OFFICE, stage="inicio"): 1}
    world.push("a4", "CI15", supersedes="h3")  # it was no history: it counts again where it had counted
    assert true_counts(crowd, "T2", 2) == true_counts(crowd, "T2", 1)


def test_an_office_that_the_month_does_not_list_is_refused_whether_or_not_anything_counted(
    crowd: Crowd, world: World, clock: Clock
) -> None:
    world.push("a1", "CI00")
    crowd.cut(NOVEMBER)
    with crowd.database.writing() as session:
        later = add_office(session, world.institution_id, "CUH-9", crowd.database.now())
        for source_ids in ({"a1"}, {"nobody"}):
            counts = counts_of_updates(session, NOVEMBER, world.institution_id, source_ids)
            with pytest.raises(OfficeCodeChanged):
                count_at(session, NOVEMBER, counts, later.id)
