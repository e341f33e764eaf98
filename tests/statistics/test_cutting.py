"""A cut: which months, what is in them, once for ever."""

import json
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from casestatus.crypto import KeyRing
from casestatus.crypto.keyring import Purpose
from casestatus.offices.models import Office
from casestatus.statistics.closing import MonthBeforeService, MonthStillOpen, closable_months
from casestatus.statistics.cutting import AlreadyDrawn, CountsDeleted, NotYetClosed, correct_month, cut_months
from casestatus.statistics.domain import cells
from casestatus.statistics.ledger import LedgerExhausted
from casestatus.statistics.models import CountKind, FrozenMonth, LedgerEntry, StoredDraw
from casestatus.statistics.released import code_lists, ledger_until, releases
from casestatus.statistics.rows import Draw
from casestatus.statistics.tables import TABLES
from casestatus.statistics.tallying import OfficeCodeChanged
from tests.statistics.crowd import DECEMBER, FEBRUARY, JANUARY, MARCH, NOVEMBER, Crowd, at


def test_a_month_closes_from_the_fifteenth_of_the_next_one_in_mexico_city(crowd: Crowd) -> None:
    with crowd.database.reading() as session:
        late_on_the_14th = at("2025-12-15").replace(hour=5)  # still the 14th there
        assert closable_months(session, now=late_on_the_14th) == []
        assert closable_months(session, now=at("2025-12-15")) == [NOVEMBER]
        with pytest.raises(MonthStillOpen):
            closable_months(session, now=late_on_the_14th, until=NOVEMBER)
        with pytest.raises(MonthBeforeService):
            closable_months(session, now=at("2025-12-15"), until="2025-10")


def test_every_month_that_may_close_is_in_one_release_with_its_quarters(crowd: Crowd) -> None:
    crowd.fill(NOVEMBER, MARCH)
    crowd.write()
    release = crowd.cut(day="2026-04-15")
    assert release is not None
    assert (release.name, release.months) == (MARCH, (NOVEMBER, DECEMBER, JANUARY, FEBRUARY, MARCH))
    assert {draw.period for draw in release.draws if draw.table == "T3"} == {"2025-T4", "2026-T1"}
    assert crowd.cut(day="2026-04-15") is None
    assert crowd.releases() == [release]


def test_months_are_closed_in_their_order_and_later_releases_change_no_row(crowd: Crowd) -> None:
    crowd.fill(NOVEMBER, FEBRUARY)
    crowd.write()
    first = crowd.cut(NOVEMBER)
    before = {name: crowd.table(name) for name in TABLES}
    crowd.cut(DECEMBER)
    third = crowd.cut(JANUARY)
    assert first is not None
    assert third is not None
    assert (third.previous, third.months) == (DECEMBER, (NOVEMBER, DECEMBER, JANUARY))
    for name, rows in before.items():
        assert crowd.table(name)[: len(rows)] == rows


def test_the_domain_is_the_code_lists_and_empty_cells_have_noise(crowd: Crowd) -> None:
    crowd.cut(JANUARY)
    rows = [row for row in crowd.table("T1") if row.period == JANUARY]
    with crowd.database.reading() as session:
        codes = code_lists(session, releases(session)[-1])
    assert {row.office for row in rows} == {"FGJ-1.CUH-1", "FGJ-1.CUH-2"}
    assert len(rows) == 2 * 66
    assert len({row.measured for row in rows}) > 3
    assert len([code for code in codes.crimes if code.valid_to == DECEMBER]) == 55 - 13 + 1  # one by its other content


def test_counts_are_near_what_was_counted(crowd: Crowd) -> None:
    crowd.new_cases(JANUARY, 7_919, office=1)
    for _ in range(400):
        crowd.add(CountKind.ENTRY, JANUARY, stage="concluida", outcome="sobreseimiento", crime="rnid2026.abuso-sexual")
        crowd.add(CountKind.EXIT, JANUARY, stage="pausa", duration_bin="31-90", crime="rnid2026.abuso-sexual")
    crowd.write()
    crowd.cut(MARCH)

    def found(table: str, period: str, *cell: str | None) -> int:
        return next(
            row.measured
            for row in crowd.table(table)
            if (row.period, row.office, row.crime, row.stage, row.outcome, row.days) == (period, *cell)
        )

    far = 45  # nine standard deviations of the wider noise
    office = "FGJ-1.CUH-2"
    assert abs(found("T1", JANUARY, office, "rnid2026.robo-a-negocio", None, None, None) - 7_919) < far
    assert abs(found("T1s", JANUARY, office, None, None, None, None) - 7_919) < far
    assert abs(found("T2", JANUARY, "FGJ-1.CUH-1", None, "concluida", None, None) - 400) < far
    ended = ("FGJ-1.CUH-1", "alta_sensibilidad", "concluida", "sobreseimiento", None)
    assert abs(found("T3", "2026-T1", *ended) - 400) < far
    assert abs(found("T4", JANUARY, None, "rnid2026.abuso-sexual", "concluida", None, None) - 400) < far
    assert abs(found("T5", "2026-T1", None, "libertad-sexual", "pausa", None, "31-90") - 400) < far


def test_crimes_of_both_classifications_meet_in_the_vocabulary_of_the_month(crowd: Crowd) -> None:
    for month in (DECEMBER, JANUARY):
        crowd.new_cases(month, 300, crime="rnid2026.extorsion-presencial")
        crowd.new_cases(month, 500, crime="sesnsp2015.extorsion")
        crowd.new_cases(month, 700, crime="sesnsp2015.fraude")
    crowd.write()
    crowd.cut(JANUARY)
    near = {
        (row.period, row.crime): 100 * round(row.measured / 100)
        for row in crowd.table("T1")
        if row.office == "FGJ-1.CUH-1" and row.measured > 100
    }
    assert near == {
        (DECEMBER, "sesnsp2015.extorsion"): 800,
        (DECEMBER, "sesnsp2015.fraude"): 700,
        (JANUARY, "rnid2026.extorsion-presencial"): 300,
        (JANUARY, "sesnsp2015.extorsion"): 500,
        (JANUARY, "rnid2026.fraude"): 700,
    }


def test_counts_add_up_and_are_never_negative(crowd: Crowd) -> None:
    crowd.fill(JANUARY, MARCH, lineages=60)
    crowd.write()
    crowd.cut(MARCH)
    tables = {name: crowd.table(name) for name in TABLES}
    assert all(row.count >= 0 for rows in tables.values() for row in rows)

    def sums(table: str, *dimensions: str, quarter: bool = False) -> dict[tuple[str, ...], int]:
        found: dict[tuple[str, ...], int] = {}
        for row in tables[table]:
            period = row.period if not quarter else f"{row.period[:4]}-T{(int(row.period[-2:]) + 2) // 3}"
            key = (period, *(str(getattr(row, name)) for name in dimensions))
            found[key] = found.get(key, 0) + row.count
        return found

    assert sums("T1", "office") == sums("T1s", "office")
    assert sums("T2", "stage") == sums("T4", "stage")
    assert sums("T3", "office", "stage") == sums("T2", "office", "stage", quarter=True)


def test_coverage_is_the_days_with_a_heartbeat_and_only_a_whole_month_is_complete(crowd: Crowd) -> None:
    crowd.beat(0, [f"2026-01-{day:02d}" for day in range(1, 32)])
    crowd.beat(1, [f"2026-01-{day:02d}" for day in range(1, 31)])
    crowd.cut(JANUARY)
    shares = {row.office: row.coverage for row in crowd.table("T1s") if row.period == JANUARY}
    assert shares == {"FGJ-1.CUH-1": Decimal(1), "FGJ-1.CUH-2": Decimal("0.9")}
    assert {row.coverage for row in crowd.table("T4")} == {None}


def test_what_published_files_hold_is_never_drawn(crowd: Crowd) -> None:
    held = [Draw(table="T2", period=NOVEMBER, edition=1)]
    with pytest.raises(AlreadyDrawn), crowd.database.writing() as session:
        cut_months(session, keys=crowd.keys, now=at("2025-12-20"), published=held)
    assert crowd.releases() == []


def test_a_second_draw_of_the_same_cells_raises(crowd: Crowd) -> None:
    crowd.cut(NOVEMBER)
    with crowd.database.reading() as session:
        stored = session.get_one(StoredDraw, ("T1", NOVEMBER, 1))
        again = {column: getattr(stored, column) for column in ("release_name", "code_list", "sigma", "coverage")}
    with pytest.raises(IntegrityError), crowd.database.writing() as session:
        session.add(StoredDraw(table="T1", period=NOVEMBER, edition=1, measured=[0], counts=[0], **again))
    with crowd.database.writing() as session:
        correct_month(session, NOVEMBER, keys=crowd.keys, now=at("2026-01-20"))
    with pytest.raises(AlreadyDrawn), crowd.database.writing() as session:
        correct_month(session, NOVEMBER, keys=crowd.keys, now=at("2026-01-20"))


def test_edition_two_stands_beside_edition_one_with_its_own_noise(crowd: Crowd) -> None:
    crowd.fill(NOVEMBER, DECEMBER)
    crowd.write()
    crowd.cut(DECEMBER)
    before = crowd.table("T1")
    with crowd.database.writing() as session:
        second = correct_month(session, DECEMBER, keys=crowd.keys, now=at("2026-02-01"))
        spent = ledger_until(session, second)
    rows = crowd.table("T1")
    assert (second.name, second.previous, second.months) == ("2025-12-e2", DECEMBER, (NOVEMBER, DECEMBER))
    assert [row for row in rows if row.edition == 1] == before
    assert {(row.period, row.measured - row.low) for row in rows if row.edition == 2} == {(DECEMBER, 8)}
    assert {draw.period for draw in second.draws} == {DECEMBER, "2025-T4"}
    assert spent.bound == Decimal("1.0875")


def test_only_a_published_month_whose_counts_are_kept_is_corrected(crowd: Crowd) -> None:
    with pytest.raises(NotYetClosed), crowd.database.writing() as session:
        correct_month(session, NOVEMBER, keys=crowd.keys, now=at("2026-01-20"))
    crowd.cut(NOVEMBER, day="2025-12-15")
    with pytest.raises(CountsDeleted), crowd.database.writing() as session:
        correct_month(session, NOVEMBER, keys=crowd.keys, now=at("2027-12-16"))


def test_a_late_event_changes_no_row(crowd: Crowd) -> None:
    crowd.fill(NOVEMBER, NOVEMBER)
    crowd.write()
    crowd.cut(NOVEMBER)
    before = {name: crowd.table(name) for name in TABLES}
    crowd.new_cases(NOVEMBER, 500)
    crowd.write()
    assert crowd.cut(NOVEMBER) is None
    assert {name: crowd.table(name) for name in TABLES} == before


def test_the_digest_of_a_frozen_input_is_keyed(crowd: Crowd) -> None:
    crowd.cut(NOVEMBER)
    with crowd.database.reading() as session:
        digest = session.get_one(FrozenMonth, (NOVEMBER, 1)).input_digest
        codes = code_lists(session, releases(session)[-1])
    text = json.dumps({name: [0] * len(cells(TABLES[name], codes)) for name in ("T1", "T1s", "T2", "T4")})
    assert digest == crowd.keys.mac(Purpose.STATISTICS, "frozen", NOVEMBER, "1", text)
    assert digest != KeyRing.generate().mac(Purpose.STATISTICS, "frozen", NOVEMBER, "1", text)


def test_an_exhausted_ledger_stops_the_cut_before_anything_is_drawn(crowd: Crowd) -> None:
    with crowd.database.writing() as session:
        session.add(LedgerEntry(table="T1", period="2025-10", edition=1, events=3, sigma=2, spent_at=at("2025-12-01")))
    with pytest.raises(LedgerExhausted):
        crowd.cut(DECEMBER)
    assert crowd.releases() == []


def test_a_refused_cut_leaves_nothing(crowd: Crowd) -> None:
    with pytest.raises(MonthStillOpen):
        crowd.cut(DECEMBER, day="2026-01-14")
    with crowd.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(StoredDraw)) == 0


def test_the_frozen_digest_is_of_its_edition_too(crowd: Crowd) -> None:
    crowd.cut(NOVEMBER)
    with crowd.database.writing() as session:
        correct_month(session, NOVEMBER, keys=crowd.keys, now=at("2026-12-21"))
    with crowd.database.reading() as session:
        first, second = (session.get_one(FrozenMonth, (NOVEMBER, edition)).input_digest for edition in (1, 2))
    assert first != second


def test_an_office_whose_code_was_changed_is_refused_by_name(crowd: Crowd) -> None:
    crowd.new_cases(NOVEMBER, 3)
    crowd.write()
    crowd.cut(NOVEMBER)
    with crowd.database.writing() as session:
        session.get_one(Office, crowd.offices[0]).code = "OTRA-1"
    with pytest.raises(OfficeCodeChanged) as refused, crowd.database.writing() as session:
        correct_month(session, NOVEMBER, keys=crowd.keys, now=at("2026-12-21"))
    assert refused.value.params == {"code": "FGJ-1.OTRA-1"}
    assert [release.name for release in crowd.releases()] == [NOVEMBER]
