"""Pictures of a release: whole without script or style, the same each time, never a bare point."""

import gzip
import json
import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from casestatus.statistics.publishing.charts import charts_of, labels_of
from casestatus.statistics.publishing.codebook import names_apart
from casestatus.statistics.publishing.drawing import DARK
from casestatus.statistics.publishing.figures import new_cases, offices
from casestatus.statistics.publishing.files import SiteFile
from casestatus.statistics.publishing.telling import number
from casestatus.statistics.publishing.times_figure import stage_times
from casestatus.statistics.publishing.totals import Sum, newest_editions, totals_of
from casestatus.statistics.rows import Code, Row
from casestatus.wording import LANGUAGES, Language
from tests.statistics.sample_rows import a_row, months_until, sample_codes, sample_rows

CODES = sample_codes()
ROWS = sample_rows(months_until("2026-10", 24), CODES)
PICTURES = {"new_cases", "entries", "stage_times", "coverage", "offices"}


@pytest.fixture(scope="module")
def charts() -> dict[str, SiteFile]:
    return {file.path: file for file in charts_of(ROWS, CODES)}


def drawn(charts: dict[str, SiteFile]) -> dict[str, str]:
    return {path: file.body.decode() for path, file in charts.items() if path.endswith(".svg")}


def test_each_picture_is_there_in_both_languages_for_light_and_dark(charts: dict[str, SiteFile]) -> None:
    names = {
        f"graficas/{name}.{language}{mode}.svg" for name in PICTURES for language in LANGUAGES for mode in ("", ".dark")
    }
    assert set(charts) == names | {"graficas/es.json", "graficas/en.json"}


def test_a_picture_needs_nothing_that_our_pages_forbid(charts: dict[str, SiteFile]) -> None:
    for svg in drawn(charts).values():
        elements = list(ET.fromstring(svg).iter())
        assert not [element for element in elements if element.tag.rpartition("}")[2] in {"script", "style", "image"}]
        assert not [name for element in elements for name in element.attrib if name == "style" or name.startswith("on")]
        assert not re.search(r"url\(|href=", svg)


def test_a_dark_picture_is_the_light_one_in_other_colours(charts: dict[str, SiteFile]) -> None:
    for path, svg in drawn(charts).items():
        if ".dark." not in path:
            dark = charts[path.replace(".svg", ".dark.svg")].body.decode()
            assert re.sub("#[0-9A-Fa-f]{6}", "", dark) == re.sub("#[0-9A-Fa-f]{6}", "", svg)
            assert {colour.upper() for colour in re.findall("#[0-9A-Fa-f]{6}", svg)} <= DARK.keys()


def test_pictures_are_small_enough_for_an_old_phone(charts: dict[str, SiteFile]) -> None:
    assert (
        sum(len(gzip.compress(file.body)) for path, file in charts.items() if re.search(r"\.es\.svg$", path)) < 12_000
    )


def test_drawing_again_gives_the_same_bytes(charts: dict[str, SiteFile]) -> None:
    assert {file.path: file.body for file in charts_of(ROWS, CODES)} == {
        path: file.body for path, file in charts.items()
    }


def test_each_picture_carries_its_two_sentences(charts: dict[str, SiteFile]) -> None:
    for path, svg in drawn(charts).items():
        title = ET.fromstring(svg)[0]
        assert title.tag.endswith("title"), path
        assert len(re.findall(r"\.(?: |$)", title.text or "")) >= 2


def test_a_sum_s_interval_grows_with_the_root_of_its_cells() -> None:
    year = sum((Sum(100, 4.0) for _ in range(12)), Sum(0, 0.0))
    assert (year.value, year.margin) == (1200, 14)  # 1.96 · 2 · √12
    stock = sum((Sum(0, 29.0) for _ in range(36)), Sum(0, 0.0))
    assert stock.margin == 63  # open_data.md §3d


def test_the_months_add_up_over_offices_and_every_number_keeps_its_band() -> None:
    totals = totals_of(ROWS)
    rows = list(ROWS("T1s"))
    for month, cell in totals.new_by_month.items():
        here = [row for row in rows if row.period == month]
        assert cell.value == sum(row.measured for row in here)
        assert cell.margin == 8  # 1.96 · 2 · √4
    assert list(totals.new_by_month) == months_until("2026-10", 24)


def test_a_corrected_period_is_drawn_from_its_second_edition_only() -> None:
    first = [a_row("T1s", month, 50, office="CMX-1") for month in ("2026-09", "2026-10")]
    second = a_row("T1s", "2026-09", 90, office="CMX-1", edition=2)
    assert newest_editions([*first, second]) == [second, first[1]]


@pytest.mark.parametrize(("language", "told"), [("es", "menos de 6"), ("en", "fewer than 6")])
def test_what_may_be_nothing_but_noise_is_told_as_fewer_than(language: Language, told: str) -> None:
    labels = labels_of(CODES, language)
    assert number(Sum(5, 4.0), labels) == told
    assert number(Sum(6, 4.0), labels) == "6"


def test_the_text_says_where_it_goes_only_when_the_band_allows() -> None:
    def told(then: int, now: int) -> str:
        rows = [
            replace(a_row("T1s", month, 0, office="CMX-1"), measured=count, low=count - 4, high=count + 4)
            for month, count in (("2026-09", then), ("2026-10", now))
        ]
        return new_cases(totals_of(lambda table: rows if table == "T1s" else []), labels_of(CODES, "es")).alternative

    assert "Son más que en septiembre de 2026, cuando hubo cerca de 50." in told(50, 60)
    assert "Son menos que en septiembre de 2026" in told(60, 50)
    assert "la diferencia cabe en la banda" in told(50, 54)


def test_the_first_office_is_named_with_its_months_and_with_whom_the_noise_may_have_put_behind_it() -> None:
    def told(other: int) -> str:
        rows = [
            replace(a_row("T1s", "2026-10", 0, office=office), measured=count)
            for office, count in (("CMX-1", 50), ("CMX-2", other))
        ]
        codes = labels_of(sample_codes(2), "es")
        return offices(totals_of(lambda table: rows if table == "T1s" else []), codes).alternative

    assert told(20).startswith("El número más alto desde octubre de 2026 es el de «")
    assert "cabe en la banda" not in told(20)
    assert "La diferencia con «" in told(46)


def test_one_stage_alone_is_neither_the_slowest_nor_the_fastest() -> None:
    def rows_of(table: str) -> list[Row]:
        return [row for row in ROWS(table) if table != "T5" or row.stage == "investigacion"]

    figure = stage_times(totals_of(rows_of), labels_of(CODES, "es"))
    assert figure is not None
    assert figure.alternative.count("«") == 1
    assert "Donde menos" not in figure.alternative


def test_one_month_is_enough_for_a_first_release() -> None:
    codes = sample_codes(1)
    files = list(charts_of(sample_rows(["2026-10"], codes), codes))
    assert b"Es el primer mes publicado." in next(file.body for file in files if file.path == "graficas/es.json")


def test_what_is_told_as_fewer_than_never_contradicts_the_band_beside_it() -> None:
    """11 is below 3 sigma (12), but its band reaches 19: "fewer than 12" would be wrong almost every second time."""

    def rows_of(table: str) -> list[Row]:
        measured = {"T1s": 11, "T2": 29}.get(table)  # of one office; the other three say 0
        return [
            replace(row, measured=measured if row.office == "CMX-1" else 0, reliable=False)
            for row in ROWS(table)
            if measured is not None and row.period == "2026-10"
        ]

    files = {file.path: file.body.decode() for file in charts_of(rows_of, CODES)}
    told = {figure["name"]: figure["alternative"] for figure in json.loads(files["graficas/es.json"])}
    assert told["new_cases"].startswith("En octubre de 2026 hubo menos de 20 casos nuevos.")
    assert told["entries"].startswith("En octubre de 2026 ninguna etapa tuvo 50 entradas o más.")


def test_the_table_beneath_holds_every_number_of_the_picture() -> None:
    figure = new_cases(totals_of(ROWS), labels_of(CODES, "es"))
    assert len(figure.rows) == 24
    assert all(len(row) == len(figure.columns) for row in figure.rows)
    assert all(earlier != later for earlier, later in pairwise(figure.rows))


def test_where_everything_may_be_noise_no_number_is_told_as_one() -> None:
    def rows_of(table: str) -> list[Row]:
        return [replace(row, measured=0, count=0, low=-4, high=4, reliable=False) for row in ROWS(table)]

    files = {file.path: file.body.decode() for file in charts_of(rows_of, CODES)}
    told = {figure["name"]: figure for figure in json.loads(files["graficas/es.json"])}
    assert told["new_cases"]["alternative"] == (
        "En octubre de 2026 hubo menos de 12 casos nuevos. Es tan poco que no se distingue del ruido."
    )
    assert told["entries"]["alternative"].startswith("En octubre de 2026 ninguna etapa tuvo 30 entradas o más.")
    assert told["offices"]["alternative"].startswith("Desde noviembre de 2025 ninguna oficina tuvo 21 casos nuevos")
    assert told["stage_times"]["alternative"].startswith("En este trimestre salieron muy pocos casos")
    assert not told["stage_times"]["drawn"]
    assert "graficas/stage_times.es.svg" not in files
    assert not [path for path, drawn in files.items() if "undefined" in drawn or "NaN" in drawn]


def test_of_many_offices_the_first_twenty_are_drawn_and_all_stand_in_the_table() -> None:
    codes = sample_codes(25)
    files = {file.path: file.body.decode() for file in charts_of(sample_rows(["2026-10"], codes), codes)}
    figure = next(each for each in json.loads(files["graficas/es.json"]) if each["name"] == "offices")
    assert files["graficas/offices.es.svg"].count("Agencia") == 20 + figure["alternative"].count("Agencia")
    assert len(figure["rows"]) == 25
    assert figure["reading"].endswith("La tabla las tiene todas.")


def test_offices_of_one_name_are_told_apart_by_their_codes() -> None:
    codes = [
        Code(code=code, es=name, en=name, valid_from="2026-01")
        for code, name in (("A.1", "Norte"), ("B.1", "Norte"), ("B.2", "Sur"))
    ]
    assert names_apart(codes, "es") == {"A.1": "A.1 · Norte", "B.1": "B.1 · Norte", "B.2": "Sur"}


def test_names_that_are_told_apart_by_codes_are_drawn_whole() -> None:
    codes = sample_codes(2)
    alike = tuple(replace(office, es="Unidad de Investigación Norte") for office in codes.offices)
    files = charts_of(sample_rows(["2026-10"], codes), replace(codes, offices=alike))
    svg = next(file.body.decode() for file in files if file.path == "graficas/offices.es.svg")
    assert re.findall(">(CMX-[12]|Unidad[^<]*)<", svg).count("Unidad de Investigación Norte") == 2
    assert {"CMX-1", "CMX-2"} <= set(re.findall(">(CMX-[12])<", svg))
