"""A cut that is killed, and a database that is restored from before a cut: what was drawn stays as it was drawn."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from casestatus.crypto import KeyRing
from casestatus.database import Clock, Database
from casestatus.statistics.adopting import PublishedDiffers, adopt
from casestatus.statistics.cutting import AlreadyDrawn, CountsLost, correct_month, cut_months
from casestatus.statistics.ledger import LedgerExhausted, bound, cost_of
from casestatus.statistics.models import (
    CodeListVersion,
    FrozenMonth,
    LedgerEntry,
    ReleaseMade,
    StatisticsEvent,
    StoredDraw,
)
from casestatus.statistics.publishing.folder import LOCK, PREPARING, READY
from casestatus.statistics.publishing.verifying import findings
from casestatus.statistics.released import code_lists, costs, ledger_until, released_rows, releases, rows_of_draw
from casestatus.statistics.reliability import interval
from casestatus.statistics.rows import CodeLists, Draw, Ledger, Published, Release, Row
from casestatus.statistics.tables import TABLES
from casestatus.statistics.withdrawing import withdraw
from tests.factories import make_world
from tests.statistics.crowd import DECEMBER, JANUARY, NOVEMBER, Crowd, at, set_clock
from tests.statistics.killed_cut import POINTS

ROOT = Path(__file__).resolve().parents[2]


def run(crowd: Crowd, folder: Path, *words: str, point: str | None = None) -> int:
    """The command in a process of its own; killed at `point`."""
    program = ["-m", "casestatus"] if point is None else ["-m", "tests.statistics.killed_cut", point]
    settings = {
        "ENVIRONMENT": "demo",
        "DATABASE_URL": crowd.database.url,
        "KEYS": str(folder / "keys.json"),
        "RELEASES": str(folder / "releases"),
        "RELEASES_CONTACT": "datos@fiscalia.example",
        "AS_OF": "2026-01-20T12:00:00-06:00",
    }
    environment = {f"CASESTATUS_{name}": value for name, value in settings.items()}
    ran = subprocess.run(
        [sys.executable, *program, "release", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode in {0, -signal.SIGKILL}, ran.stderr
    return ran.returncode


def files(folder: Path) -> dict[str, str]:
    """The published files by their content; what is still being prepared nobody has seen."""
    releases = folder / "releases"
    return {
        str(path.relative_to(releases)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in releases.rglob("*")
        if path.is_file() and path.relative_to(releases).parts[0] not in {PREPARING, READY, LOCK}
    }


def draws(database: Database) -> dict[tuple[str, str, int], list[int]]:
    with database.reading() as session:
        stored = session.scalars(select(StoredDraw))
        return {(each.table, each.period, each.edition): each.measured for each in stored}


def forget_everything(database: Database) -> None:
    """As a database restored from before every cut."""
    with database.writing() as session:
        for table in (StoredDraw, FrozenMonth, LedgerEntry, ReleaseMade, CodeListVersion):
            session.execute(delete(table))


@pytest.mark.parametrize(
    ("database_url", "point"),
    [*(("sqlite", point) for point in POINTS), ("postgresql", POINTS[1]), ("postgresql", POINTS[2])],
    indirect=["database_url"],
)
def test_a_killed_cut_is_finished_by_the_next_with_what_it_had_drawn(crowd: Crowd, tmp_path: Path, point: str) -> None:
    """What happens to files doesn't depend on the database."""
    crowd.keys.write(tmp_path / "keys.json")
    assert run(crowd, tmp_path, "cut", "--month", NOVEMBER, point=point) == -signal.SIGKILL
    kept, seen = draws(crowd.database), files(tmp_path)
    assert bool(kept) is (point in POINTS[2:])
    assert run(crowd, tmp_path, "cut", "--month", NOVEMBER) == 0
    after, whole = draws(crowd.database), files(tmp_path)
    assert len(after) == 4
    assert {key: after[key] for key in kept} == kept
    assert {path: whole[path] for path in seen} == seen
    assert list(findings(tmp_path / "releases")) == []


def test_another_run_or_a_restore_from_before_changes_no_cell_and_no_file(crowd: Crowd, tmp_path: Path) -> None:
    crowd.keys.write(tmp_path / "keys.json")
    crowd.fill(NOVEMBER, DECEMBER, lineages=10)
    crowd.write()
    run(crowd, tmp_path, "cut")
    once = draws(crowd.database), files(tmp_path)
    crowd.new_cases(NOVEMBER, 200)
    crowd.write()
    run(crowd, tmp_path, "cut")
    assert (draws(crowd.database), files(tmp_path)) == once
    run(crowd, tmp_path, "withdraw", DECEMBER, "--reason", "Una oficina mandó dos veces su archivo")
    before, whole, told = draws(crowd.database), files(tmp_path), story(crowd.database)
    forget_everything(crowd.database)
    run(crowd, tmp_path, "cut")
    assert draws(crowd.database) == before
    assert story(crowd.database) == told
    assert files(tmp_path) == whole
    assert list(findings(tmp_path / "releases")) == []


def story(database: Database) -> list[tuple[Release, CodeLists, Ledger, list[Row]]]:
    """All that can be told of the releases."""
    with database.reading() as session:
        return [
            (
                release,
                code_lists(session, release),
                ledger_until(session, release),
                [row for table in TABLES for row in released_rows(session, release, table)],
            )
            for release in releases(session)
        ]


def as_published(database: Database) -> list[Published]:
    """What the files would give back, read in memory."""
    with database.reading() as session:
        rows: Mapping[Draw, list[Row]] = {
            draw: list(rows_of_draw(session, draw)) for release in releases(session) for draw in release.draws
        }
        return [
            Published(
                release=release,
                spent={draw: (cost_of(draw).events, cost_of(draw).sigma) for draw in release.draws},
                codes=code_lists(session, release),
                rows_of=lambda draw: iter(rows[draw]),
            )
            for release in releases(session)
        ]


def test_editions_code_lists_and_ledger_come_back_whole(crowd: Crowd) -> None:
    crowd.fill(NOVEMBER, JANUARY, lineages=10)
    crowd.write()
    crowd.cut(NOVEMBER)
    crowd.cut(JANUARY)
    with crowd.database.writing() as session:
        correct_month(session, DECEMBER, keys=crowd.keys, now=at("2026-12-21"))
        withdraw(session, NOVEMBER, reason="Un error", now=at("2026-12-22"))
    known, told, cells = as_published(crowd.database), story(crowd.database), draws(crowd.database)
    forget_everything(crowd.database)
    with crowd.database.writing() as session:
        assert adopt(session, known) == [NOVEMBER, JANUARY, "2025-12-e2"]
    assert story(crowd.database) == told
    assert draws(crowd.database) == cells
    with crowd.database.writing() as session:
        assert adopt(session, known) == []
    with pytest.raises(AlreadyDrawn), crowd.database.writing() as session:
        correct_month(session, DECEMBER, keys=crowd.keys, now=at("2026-12-23"))


def test_files_of_another_history_are_refused(crowd: Crowd) -> None:
    crowd.cut(NOVEMBER)
    (published,) = as_published(crowd.database)
    others = [
        replace(published, release=replace(published.release, cut_at=published.release.cut_at + timedelta(hours=1))),
        replace(published, release=replace(published.release, name="2025-10", previous=None)),
    ]
    for other in others:
        with pytest.raises(PublishedDiffers), crowd.database.writing() as session:
            adopt(session, [other])


def test_rows_that_are_not_the_domain_or_have_other_noise_are_refused(crowd: Crowd, keys: KeyRing) -> None:
    crowd.cut(NOVEMBER)
    (published,) = as_published(crowd.database)
    forget_everything(crowd.database)
    fewer = replace(published, rows_of=lambda draw: iter(list(published.rows_of(draw))[:-1]))
    narrower = replace(
        published, rows_of=lambda draw: (replace(row, low=row.measured - 1) for row in published.rows_of(draw))
    )
    for wrong in (fewer, narrower):
        with pytest.raises(PublishedDiffers), crowd.database.writing() as session:
            adopt(session, [wrong])
    with crowd.database.writing() as session:
        held = set(published.release.draws)
        with pytest.raises(AlreadyDrawn):
            cut_months(session, keys=keys, now=at("2026-12-20"), published=held)


def test_what_a_restored_database_took_up_gets_no_second_edition(crowd: Crowd) -> None:
    crowd.cut(NOVEMBER)
    known = as_published(crowd.database)
    forget_everything(crowd.database)
    with crowd.database.writing() as session:
        adopt(session, known)
    with pytest.raises(CountsLost), crowd.database.writing() as session:
        correct_month(session, NOVEMBER, keys=crowd.keys, now=at("2026-12-21"))


def test_the_ledger_of_a_restored_database_holds_what_was_signed_and_stops_there(crowd: Crowd) -> None:
    """As if November had been published by a version that put less noise on T2."""
    crowd.cut(NOVEMBER)
    (published,) = as_published(crowd.database)
    forget_everything(crowd.database)
    dearer = {draw: (8, 4) if draw.table == "T2" else spent for draw, spent in published.spent.items()}

    def narrower(draw: Draw) -> Iterator[Row]:
        for row in published.rows_of(draw):
            low, high = interval(row.measured, dearer[draw][1])
            yield replace(row, low=low, high=high)

    with crowd.database.writing() as session:
        adopt(session, [replace(published, spent=dearer, rows_of=narrower)])
    crowd.cut(JANUARY)
    with crowd.database.reading() as session:
        assert bound(costs(session)) == Fraction(87, 100) - Fraction(16, 100) + Fraction(8, 32)
    with pytest.raises(LedgerExhausted), crowd.database.writing() as session:
        correct_month(session, JANUARY, keys=crowd.keys, now=at("2026-12-21"))


def test_what_is_sent_again_after_a_restore_counts_in_no_later_month(crowd: Crowd, clock: Clock) -> None:
    set_clock(clock, "2025-12-20")
    world = make_world(crowd.database, crowd.keys, code="FGJ-2")
    crowd.cut(NOVEMBER)
    known = as_published(crowd.database)
    forget_everything(crowd.database)
    with crowd.database.writing() as session:
        adopt(session, known)
    world.push("a1", "CI01", occurred_on="2025-11-30", opened_on="2025-11-30")
    world.push("a2", "CI06", occurred_on="2025-12-01")
    world.push("a3", "CI01", occurred_on="2025-12-02")
    with crowd.database.reading() as session:
        counted = session.scalars(select(StatisticsEvent)).all()
    assert sorted((row.kind.value, row.stage) for row in counted) == [
        ("entry", "pausa"),
        ("exit", "investigacion"),
        ("exit", "pausa"),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_cut_believes_the_newest_of_the_folders_that_it_knows(crowd: Crowd, tmp_path: Path) -> None:
    """Database and folder both restored from one older day: what went out since is taken from the mirror."""
    crowd.keys.write(tmp_path / "keys.json")
    crowd.fill(NOVEMBER, DECEMBER, lineages=10)
    crowd.write()
    site = str(tmp_path / "site")
    run(crowd, tmp_path, "cut", "--out", site)
    once = draws(crowd.database), files(tmp_path)
    forget_everything(crowd.database)
    shutil.rmtree(tmp_path / "releases")
    run(crowd, tmp_path, "cut", "--out", site)
    assert (draws(crowd.database), files(tmp_path)) == once
    assert list(findings(tmp_path / "releases")) == []
