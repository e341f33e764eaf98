"""A file of updates: what is good is kept, what is wrong is named, and nothing depends on how often it is run."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from casestatus.cases.models import Case, TimelineEvent
from casestatus.database import Database
from casestatus.intake.importing import HeaderWrong, Importer, Tally
from tests.factories import NO_DELAY, World, update_content
from tests.notices.test_deadlocks import clash


def importer(world: World, *, chunk_rows: int = 3, dry_run: bool = False) -> Importer:
    return Importer(
        database=world.database,
        keys=world.keys,
        sender=world.sender,
        delay=NO_DELAY,
        chunk_rows=chunk_rows,
        dry_run=dry_run,
    )


def row(world: World, number: int, stage: str = "CI01", **fields: Any) -> dict[str, str]:
    content = update_content(f"u{number}", stage, today=world.today)
    return content | {"case_number": f"CI-FICUH/CUH-2/UI-2 C/D/{number:05}/04-2026"} | fields


def write(path: Path, rows: list[dict[str, str]], header: list[str] | None = None) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, header or list(rows[0]), extrasaction="ignore")
        out.writeheader()
        out.writerows(rows)
    return path


def count(world: World, table: type) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def summary(tally: Tally) -> tuple[int, int, int]:
    return tally.new, tally.same, len(tally.refused)


def test_every_good_row_is_taken_and_every_bad_one_is_named(world: World, tmp_path: Path) -> None:
    rows = [row(world, number) for number in range(1, 8)]
    rows[1]["stage"] = "CI99"
    rows[3]["occurred_on"] = "31/12/2025"
    rows[4]["office"] = "NOWHERE"
    tally = importer(world).run(write(tmp_path / "updates.csv", rows))
    assert summary(tally) == (4, 0, 3)
    named = [(refused.row, refused.source_id, refused.problem.fields[0].field) for refused in tally.refused]
    assert named == [(3, "u2", "stage"), (5, "u4", "occurred_on"), (6, "u5", "office")]
    assert count(world, Case) == 4


def test_the_same_file_again_changes_nothing(world: World, tmp_path: Path) -> None:
    file = write(tmp_path / "updates.csv", [row(world, number) for number in range(1, 8)])
    assert summary(importer(world).run(file)) == (7, 0, 0)
    assert summary(importer(world).run(file)) == (0, 7, 0)
    assert count(world, TimelineEvent) == 7


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(world: World, tmp_path: Path) -> None:
    rows = [row(world, 1), row(world, 2, stage="CI06", case_number=row(world, 1)["case_number"], crime="", office="")]
    assert summary(importer(world, dry_run=True, chunk_rows=1).run(write(tmp_path / "u.csv", rows))) == (2, 0, 0)
    assert count(world, Case) == 0


def test_details_and_yes_or_no_have_columns_of_their_own(world: World, tmp_path: Path) -> None:
    rows = [
        row(world, 1) | {"details.hearing_at": "", "historical": "si", "proceeding": ""},
        row(world, 1, stage="CI13", source_id="u2") | {"details.hearing_at": "2026-12-01T10:00:00-06:00", "hidden": ""},
    ]
    assert summary(importer(world).run(write(tmp_path / "u.csv", rows, list(rows[0])))) == (2, 0, 0)
    with world.database.reading() as session:
        details = session.scalars(select(TimelineEvent.details).order_by(TimelineEvent.sequence)).all()
    assert details == [{}, {"hearing_at": "2026-12-01T10:00:00-06:00"}]


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ("source_id,case_number,model,stage", ["occurred_on"]),
        ("source_id,case_number,model,stage,occurred_on,name", ["name"]),
        ("source_id,source_id,case_number,model,stage,occurred_on", ["row 1"]),
        ("", ["source_id", "case_number", "model", "stage", "occurred_on"]),
    ],
)
def test_a_header_that_cannot_be_understood_stops_the_import_before_any_row(
    world: World, tmp_path: Path, header: str, named: list[str]
) -> None:
    file = tmp_path / "u.csv"
    file.write_text(f"{header}\n1,2,3,4,5,6\n", encoding="utf-8")
    with pytest.raises(HeaderWrong) as wrong:
        importer(world).run(file)
    assert [field.field for field in wrong.value.fields] == named


def test_a_row_that_is_not_utf8_is_named_and_the_others_are_kept(world: World, tmp_path: Path) -> None:
    file = write(tmp_path / "u.csv", [row(world, number) for number in range(1, 4)])
    file.write_bytes(file.read_bytes().replace(b"u2,", b"u\xff2,"))
    tally = importer(world).run(file)
    assert summary(tally) == (2, 0, 1)
    refused = tally.refused[0]
    assert (refused.row, refused.problem.type, refused.problem.fields[0].field) == (3, "not-text", "source_id")


def test_a_row_of_several_lines_is_named_by_the_first(world: World, tmp_path: Path) -> None:
    rows = [row(world, 1), row(world, 2, crime="two\nlines", stage="CI99"), row(world, 3, stage="CI99")]
    tally = importer(world).run(write(tmp_path / "u.csv", rows))
    assert [refused.row for refused in tally.refused] == [3, 5]


def test_a_quotation_mark_that_is_never_closed_is_named_by_its_own_line(world: World, tmp_path: Path) -> None:
    file = write(tmp_path / "u.csv", [row(world, 1)])
    with file.open("a", encoding="utf-8") as more:
        more.write('"u2,1,2\r\n' + "u3,1,2\r\n" * 50)
    tally = importer(world).run(file)
    assert (summary(tally), tally.refused[0].row) == ((1, 0, 1), 3)


def test_a_row_with_a_broken_quotation_mark_ends_the_import_after_what_came_before(
    world: World, tmp_path: Path
) -> None:
    file = write(tmp_path / "u.csv", [row(world, number) for number in range(1, 6)])
    with file.open("a", encoding="utf-8") as more:
        more.write('"u6"x,1,2\r\n')
    tally = importer(world).run(file)
    assert summary(tally) == (5, 0, 1)
    assert tally.refused[0].row == 7


class Polite(Database):
    """Counts how often it lets others write."""

    pauses = 0

    def let_others_write(self) -> None:
        self.pauses += 1


def test_others_may_write_after_every_chunk(world: World, tmp_path: Path) -> None:
    polite = Polite(world.database.url)
    file = write(tmp_path / "u.csv", [row(world, number) for number in range(1, 7)])
    replace(importer(world, chunk_rows=2), database=polite).run(file)
    polite.close()
    assert polite.pauses >= 3


def test_a_file_with_a_header_alone_is_no_mistake(world: World, tmp_path: Path) -> None:
    file = tmp_path / "u.csv"
    file.write_text("source_id,case_number,model,stage,occurred_on\n", encoding="utf-8")
    assert summary(importer(world).run(file)) == (0, 0, 0)


def test_a_cell_of_any_length_costs_its_own_row_only(world: World, tmp_path: Path) -> None:
    rows = [row(world, 1), row(world, 2, crime="x" * 200_000), row(world, 3)]
    tally = importer(world).run(write(tmp_path / "u.csv", rows))
    assert summary(tally) == (2, 0, 1)
    assert (tally.refused[0].row, tally.refused[0].problem.fields[0].field) == (3, "crime")


def test_a_file_without_a_header_is_not_repeated_back(world: World, tmp_path: Path) -> None:
    file = tmp_path / "u.csv"
    file.write_text("u1,CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026,CI,CI01,2026-11-20\n", encoding="utf-8")
    with pytest.raises(HeaderWrong) as wrong:
        importer(world).run(file)
    assert "00123" not in str([(field.field, field.params) for field in wrong.value.fields])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_chunk_that_was_given_up_for_another_transaction_is_taken_once(world: World, tmp_path: Path) -> None:
    rows = [row(world, number) for number in (1, 2)]
    first, second = (world.push(f"p{number}", "CI01", case_number=rows[number - 1]["case_number"]) for number in (1, 2))
    held, asked = (select(Case.id).where(Case.id == each.case_id).with_for_update() for each in (second, first))
    file = write(tmp_path / "updates.csv", rows)
    tally = clash(world.database, held, asked, lambda: importer(world).run(file))
    assert summary(tally) == (2, 0, 0)
    assert count(world, TimelineEvent) == 4
