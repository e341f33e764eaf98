"""The measure of releases: what a cut counts with, that it leaves the month open, and a plain server beside ours."""

from pathlib import Path

import httpx
import pytest

from bench import static
from bench.counted import CUT_AT, Counted, build_counted
from bench.cut import count, counting, cut, most_megabytes
from bench.measures import FULL, QUICK
from bench.processes import serving
from bench.release import cases_of
from casestatus.database import Database
from casestatus.statistics.closing import closable_months


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Counted:
    return build_counted(tmp_path_factory.mktemp("counted"), cases=40)


def test_what_is_counted_alone_is_what_a_cut_counts(counted: Counted) -> None:
    statements = counting(counted)
    assert len(statements) == 6  # one for each table
    assert all(sql.lstrip().startswith("SELECT") for sql, _ in statements)
    assert count(counted, statements) > 40


def test_a_measured_cut_leaves_the_month_open(counted: Counted) -> None:
    cut(counted, to_files=False)
    database = Database(counted.url)
    with database.reading() as session:
        assert closable_months(session, now=CUT_AT, until=None) == ["2026-09"]
    database.close()


def test_the_full_size_is_a_month_of_ten_million_cases() -> None:
    assert (cases_of(QUICK), cases_of(FULL)) == (1_000_000, 10_000_000)


def test_memory_is_told_in_megabytes() -> None:
    assert 10 < most_megabytes() < 100_000


def test_the_plain_server_serves_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "x.csv").write_text("a,b\n")
    with serving("bench.static", str(tmp_path / "site"), environment={}, folder=tmp_path, ready=static.READY) as server:
        assert httpx.get(f"http://127.0.0.1:{server.port}/x.csv").text == "a,b\n"
