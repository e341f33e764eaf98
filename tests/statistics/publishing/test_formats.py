"""A row becomes a cell that no spreadsheet runs, and comes back as it was."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestatus.statistics.publishing.catalogue import duration_of
from casestatus.statistics.publishing.codebook import codebook_csv, codebook_json, read_codebook
from casestatus.statistics.publishing.columns import key_of
from casestatus.statistics.publishing.formats import Meta, cell_of, csv_lines, text_of, write_table
from casestatus.statistics.rows import COLUMNS, Draw
from tests.statistics.publishing.synthetic import CODES, Plain, row_of

HEADING = (
    "tabla,periodo,oficina,delito,etapa,resultado,intervalo_dias,"
    "conteo,conteo_medido,ic95_inf,ic95_sup,fiable,cobertura,edicion"
)
META = Meta("T1", "2025", "", "2025-01", "título", "CC-BY-4.0", "descripción")


def test_the_heading_is_the_one_that_was_promised(tmp_path):
    write_table(tmp_path / "T1", [], META)
    assert (tmp_path / "T1.csv").read_bytes() == HEADING.encode() + b"\n"
    assert ",".join(COLUMNS) == HEADING


def test_a_row_in_csv(tmp_path):
    row = row_of(Draw(table="T1", period="2025-01", edition=1), {"office": "=1+1", "crime": "robo"}, 2)
    assert write_table(tmp_path / "T1", [row], META) == 1
    line = (tmp_path / "T1.csv").read_text().splitlines()[1]
    measured = row.measured
    assert line == (
        f"T1,2025-01,'=1+1,robo,,,,{max(measured, 0)},{measured},{measured - 4},{measured + 4},"
        f"{'si' if measured >= 6 else 'no'},{row.coverage:.1f},1"
    )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx"])
def test_no_text_starts_a_formula(text):
    assert cell_of(text)[0] == "'"


def test_a_negative_number_stays_a_number():
    assert cell_of(-3) == "-3"


@given(st.text(st.characters(exclude_characters="\0"), min_size=1))
def test_a_text_comes_back_from_its_cell(text):
    ((cell, _),) = csv.reader(io.StringIO(csv_lines([[text, "x"]]), newline=""))
    assert text_of(cell) == text


def test_a_value_that_there_is_not_is_empty_and_comes_back_as_none():
    assert cell_of(None) == ""
    assert text_of("") is None


@pytest.mark.parametrize(("value", "cell"), [(True, "si"), (False, "no"), (0.5, "0.5"), (0, "0")])
def test_values_as_cells(value, cell):
    assert cell_of(value) == cell


def test_rows_are_written_in_the_order_in_which_they_come(tmp_path):
    source = Plain(1)
    rows = list(source.rows_of_draw(Draw(table="T1", period="2025-01", edition=1)))
    write_table(tmp_path / "forth", rows, META)
    write_table(tmp_path / "back", rows[::-1], META)
    forth, back = ((tmp_path / name).with_suffix(".csv").read_text().splitlines() for name in ("forth", "back"))
    assert back[1:] == forth[:0:-1]


def test_the_code_book_comes_back_whole():
    assert read_codebook(codebook_json(CODES)) == CODES


def test_the_code_book_tells_every_code_with_both_labels_and_its_time():
    lines = list(csv.DictReader(codebook_csv(CODES).decode().splitlines()))
    assert lines[0] == {
        "lista": "oficina",
        "codigo": "CMX-1",
        "etiqueta_es": "«CMX-1»",
        "etiqueta_en": "“CMX-1”",
        "valido_desde": "2025-01",
        "valido_hasta": "",
        "clave_inegi": "09",
        "grupo": "",
        "incluye": "",
    }
    merged = next(line for line in lines if line["incluye"])
    assert (merged["codigo"], merged["valido_hasta"], merged["incluye"]) == ("alta_sensibilidad", "2024-12", "a b")
    assert len({(line["lista"], line["codigo"], line["valido_desde"]) for line in lines}) == len(lines)


def test_keys_and_periods_of_tables():
    assert key_of("T3") == ["periodo", "oficina", "delito", "etapa", "resultado", "edicion"]
    assert (duration_of("T1"), duration_of("T5")) == ("P1M", "P3M")
