"""However often a case goes back, moves or is sent again, its lineage counts once in each stage, for ever."""

import os
from collections import Counter
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import delete, select, update

from casestatus.cases.models import Case, CaseNumber, CaseNumberKey, Proceeding, TimelineEvent
from casestatus.cases.numbers import readings
from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database, new_id
from casestatus.offices.models import OfficeTask
from casestatus.statistics.counting import set_aside, take_back
from casestatus.statistics.cutting import cut_months
from casestatus.statistics.lineages import forget_lineage, keep_lineage, lineage_under
from casestatus.statistics.models import CountedOnce, CountKind, StatisticsEvent, StoredDraw
from casestatus.statistics.periods import KEPT_FOR
from casestatus.statistics.released import releases
from casestatus.statistics.retaining import delete_old_counts
from casestatus.upkeep.old_counts import OldCounts
from tests.factories import World, make_world
from tests.intake.town import make_town
from tests.statistics.crowd import JANUARY, NOVEMBER, Crowd, at, set_clock

CASES = 400 if os.environ.get("ENDURANCE") else 3
ROUND = ("CI00", "CI01", "CI06", "CI02", "CI09", "CI15", "CI20", "CI24")  # one code of each statistical stage


@pytest.fixture
def world(database: Database, keys: KeyRing) -> World:
    return make_world(database, keys)


def counted(database: Database) -> list[StatisticsEvent]:
    with database.reading() as session:
        rows = list(session.scalars(select(StatisticsEvent)))
        session.expunge_all()
        return rows


def once_each(database: Database, cases: int) -> None:
    """Every case counted as new, in all eight stages and out of seven of them, once; nobody a second time."""
    rows = counted(database)
    kinds = Counter(row.kind for row in rows)
    assert kinds == {CountKind.NEW: cases, CountKind.ENTRY: 8 * cases, CountKind.EXIT: 7 * cases}
    assert set(Counter((row.lineage_key, row.kind, row.stage) for row in rows).values()) == {1}
    assert len({row.lineage_key for row in rows}) == cases


def test_cases_that_enter_every_stage_again_and_again_move_and_are_sent_again_count_once(world: World) -> None:
    """The first ones move under their old number, the next under a new one, the next within no office of ours."""
    town = make_town(world)
    for case in range(CASES):
        number = f"CI-FICUH/CUH-2/UI-2 C/D/{case:05d}/04-2026"
        new = f"CI-FIIZP/IZP-6/UI-2 C/D/{case:05d}/05-2026"
        told = [{"to_office": "IZP-6"}, {"to_office": "IZP-6", "to_number": new}, {"to_number": new}][case % 3]
        for turn in range(3):
            place, office = (town.old, "CUH-2") if turn == 0 else (town.new, "IZP-6")
            for code in ROUND:
                place.push(f"{case}-{turn}-{code}", code, case_number=number, office=office)
            if turn == 0:
                town.old.push(f"{case}-moved", "CI10", case_number=number, details=told)
                number = told.get("to_number", number)
        town.new.push(f"{case}-again", "CI00", case_number=number, office="IZP-6", proceeding=2)
    once_each(world.database, CASES)


def test_a_case_that_is_registered_again_after_its_rows_are_gone_counts_no_second_time(world: World) -> None:
    for code in ROUND:
        world.push(f"1-{code}", code)
    forget_cases(world.database)
    for code in ROUND:
        world.push(f"2-{code}", code)
    once_each(world.database, 1)


def forget_cases(database: Database) -> None:
    """As after their retention."""
    with database.writing() as session:
        session.execute(update(StatisticsEvent).values(event_id=None))
        for gone in (OfficeTask, TimelineEvent, Proceeding, CaseNumberKey, CaseNumber, Case):
            session.execute(delete(gone))


def test_a_case_that_moved_came_back_after_its_rows_were_gone_and_was_joined_counts_once(world: World) -> None:
    town = make_town(world)
    moved, target = "CI-FIIZP/IZP-6/UI-2 C/D/00044/05-2026", "CI-FIIZP/IZP-6/UI-2 C/D/00055/05-2026"
    world.push("a1", "CI01")
    world.push("a2", "CI10", details={"to_office": "IZP-6", "to_number": moved})
    town.new.push("a3", "CI06", case_number=moved, office="IZP-6")
    forget_cases(world.database)
    town.new.push("a4", "CI01", case_number=moved, office="IZP-6")
    town.new.push("b1", "CI01", case_number=target, office="IZP-6")
    town.new.push("a5", "CI11", case_number=moved, office="IZP-6", details={"to_number": target})
    town.new.push("a6", "CI15", case_number=moved, office="IZP-6", proceeding=2)
    town.new.push("b2", "CI15", case_number=target, office="IZP-6")
    rows = counted(world.database)
    assert set(Counter((row.lineage_key, row.kind, row.stage) for row in rows).values()) == {1}
    assert Counter((row.stage, row.outcome) for row in rows if row.kind is CountKind.ENTRY) == {
        ("investigacion", None): 2,
        ("pausa", None): 1,
        ("concluida", "acumulada"): 1,
        ("ante_juez", None): 1,
    }
    assert Counter(row.kind for row in rows)[CountKind.NEW] == 2


def test_a_number_that_was_told_by_mistake_is_another_case_once_that_is_corrected(world: World) -> None:
    new = "CI-FIIZP/IZP-6/UI-2 C/D/00044/05-2026"
    world.push("a1", "CI00")
    world.push("a2", "CI10", details={"to_number": new})
    world.push("a3", "CI06", supersedes="a2")
    world.push("b1", "CI00", case_number=new)
    assert Counter(row.kind for row in counted(world.database))[CountKind.NEW] == 2


def test_whoever_tells_many_numbers_joins_one_case_to_its_own_and_takes_no_other_out_of_the_counts(
    world: World,
) -> None:
    """Whatever it tells, before or after the first of them is registered."""
    told = [f"CI-FIIZP/IZP-6/UI-2 C/D/{number:05}/05-2026" for number in range(60, 64)]
    world.push("a0", "CI00")
    for number, text in enumerate(told[:3]):
        world.push(f"m{number}", "CI10", details={"to_number": text})
    for number, text in enumerate(told):
        if number == 3:
            world.push("m3", "CI10", details={"to_number": text})
        world.push(f"b{number}", "CI00", case_number=text)
    assert Counter(row.kind for row in counted(world.database))[CountKind.NEW] == 1 + 3


def test_a_case_that_goes_on_under_one_number_after_the_other_counts_once(world: World) -> None:
    first, *others = (f"CI-FIIZP/IZP-6/UI-2 C/D/{number:05}/05-2026" for number in range(70, 74))
    world.push("a", "CI00", case_number=first)
    before = first
    for number, text in enumerate(others):
        world.push(f"m{number}", "CI10", case_number=before, details={"to_number": text})
        world.push(f"b{number}", "CI00", case_number=text)
        before = text
    assert Counter(row.kind for row in counted(world.database))[CountKind.NEW] == 1


def test_a_correction_leaves_what_came_before_the_mistake_and_not_the_mistake(world: World) -> None:
    world.push("a1", "CI00")
    world.push("a2", "CI15")
    world.push("a3", "CI06", supersedes="a2")
    found = Counter((row.kind, row.stage) for row in counted(world.database))
    assert found == {
        (CountKind.NEW, "inicio"): 1,
        (CountKind.ENTRY, "inicio"): 1,
        (CountKind.EXIT, "inicio"): 1,
        (CountKind.ENTRY, "pausa"): 1,
    }


def test_a_case_that_was_loaded_as_history_is_no_new_case_when_it_moves_on(world: World) -> None:
    """What it entered and left before is known as its first, though it counts nowhere."""
    for number, code in enumerate(("CI00", "CI01", "CI06")):
        world.push(f"h{number}", code, historical=True)
    world.push("a1", "CI15")
    world.push("a2", "CI01")
    world.push("a3", "CI06")
    assert Counter((row.kind, row.stage) for row in counted(world.database)) == {
        (CountKind.ENTRY, "ante_juez"): 1,
        (CountKind.EXIT, "pausa"): 1,
        (CountKind.EXIT, "ante_juez"): 1,
    }


def test_a_hidden_event_of_a_historical_load_counts_nowhere_when_it_is_revealed(world: World) -> None:
    world.push("h1", "CI01", historical=True)
    world.push("h2", "CI12", historical=True)
    world.push("a1", "CI12", reveals="h2")
    assert counted(world.database) == []


def test_a_historical_correction_takes_back_what_was_counted_and_adds_nothing(world: World) -> None:
    world.push("a1", "CI00")
    world.push("a2", "CI15")
    world.push("h3", "CI15", supersedes="a2", historical=True)
    assert {(row.kind, row.stage) for row in counted(world.database)} == {
        (CountKind.NEW, "inicio"),
        (CountKind.ENTRY, "inicio"),
    }


def test_a_stock_that_was_sent_as_news_counts_nowhere_once_it_is_corrected_as_history(world: World) -> None:
    world.push("a1", "CI01")
    world.push("a2", "CI01", supersedes="a1", historical=True)
    world.push("a3", "CI06")
    assert {(row.kind, row.stage) for row in counted(world.database)} == {
        (CountKind.ENTRY, "pausa"),
        (CountKind.EXIT, "investigacion"),
    }


def test_what_is_turned_into_a_mark_while_it_is_sent_again_counts_no_second_time(crowd: Crowd) -> None:
    crowd.new_cases(NOVEMBER, 1)
    again = crowd.rows[0] | {"id": new_id(), "month": at("2028-01-01").date()}
    crowd.write()
    crowd.cut(NOVEMBER, day="2025-12-20")

    def send_again() -> None:
        with crowd.database.writing() as session:
            set_aside(session, [again])

    sender = Thread(target=send_again)
    with crowd.database.writing() as session:
        assert delete_old_counts(session, now=at("2028-01-10")) == 1
        sender.start()
        sender.join(1)  # it waits for this transaction
        assert sender.is_alive()
    sender.join(20)
    assert counted(crowd.database) == []


def test_the_lineage_is_a_keyed_hash_and_no_row_names_its_case(world: World) -> None:
    receipt = world.push("a1", "CI01")
    (row, *_) = counted(world.database)
    assert row.lineage_key == world.keys.statistics("lineage", str(receipt.case_id))
    assert row.lineage_key != KeyRing.generate().statistics("lineage", str(receipt.case_id))


def test_a_correction_takes_back_until_the_day_before_the_month_may_close(crowd: Crowd) -> None:
    world = make_world(crowd.database, crowd.keys, code="FGJ-2")
    receipt = world.push("a1", "CI01")
    with crowd.database.writing() as session:
        for row in session.scalars(select(StatisticsEvent)):
            row.month = at("2026-01-01").date()
    too_late, in_time = at("2026-02-14"), at("2026-02-13")
    with crowd.database.writing() as session:
        take_back(session, receipt.event_id, now=too_late)
    assert len(counted(crowd.database)) == 2
    with crowd.database.writing() as session:
        take_back(session, receipt.event_id, now=in_time)
    assert counted(crowd.database) == []


def test_what_was_counted_goes_after_two_years_and_never_counts_again(crowd: Crowd, clock: Clock) -> None:
    crowd.fill(NOVEMBER, JANUARY, lineages=4)
    crowd.write()
    with crowd.database.writing() as session:
        cut_months(session, keys=crowd.keys, now=at("2025-12-20"), until=NOVEMBER)
    old = [row for row in counted(crowd.database) if row.month == at("2025-11-01").date()]
    set_clock(clock, "2025-12-19")
    clock.advance(KEPT_FOR)
    assert not OldCounts(crowd.database).once()
    assert len(counted(crowd.database)) > len(old) > 0
    clock.advance(timedelta(days=1))
    upkeep = OldCounts(crowd.database, rows_at_once=7)
    while upkeep.once():
        pass
    assert {row.month for row in counted(crowd.database)} == {at("2025-12-01").date(), at("2026-01-01").date()}
    again = {name: getattr(old[0], name) for name in ("lineage_key", "kind", "stage", "office_id", "crime")}
    before = len(counted(crowd.database))
    with crowd.database.writing() as session:
        set_aside(session, [again | {"id": old[0].id, "month": at("2028-01-01").date(), "event_id": None}])
        marks = session.scalars(select(CountedOnce.mark)).all()
    assert len(counted(crowd.database)) == before
    assert len(marks) == len(old)
    assert not {old[0].lineage_key, *(row.lineage_key for row in old)} & set(marks)


def test_deletion_changes_nothing_that_was_published(crowd: Crowd, clock: Clock) -> None:
    crowd.fill(NOVEMBER, NOVEMBER)
    crowd.write()
    crowd.cut(NOVEMBER)
    before = crowd.table("T1")
    set_clock(clock, "2030-01-01")
    while OldCounts(crowd.database).once():
        pass
    assert counted(crowd.database) == []
    assert crowd.table("T1") == before
    with crowd.database.reading() as session:
        assert len(releases(session)) == 1
        assert len(session.scalars(select(StoredDraw.table)).all()) == 4


def test_a_number_that_a_case_was_registered_under_stays_its_lineage_s_when_the_move_that_told_it_is_corrected(
    world: World,
) -> None:
    event_id, lineage, number = new_id(), new_id(), readings("FED/MEX/UEI/0000777/2026")[0]
    with world.database.writing() as session:
        keep_lineage(session, world.keys, world.institution_id, number, lineage, told_by=event_id)
        keep_lineage(session, world.keys, world.institution_id, number, lineage)
        forget_lineage(session, event_id)
        assert lineage_under(session, world.keys, world.institution_id, number) == lineage
