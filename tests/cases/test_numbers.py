"""Case numbers as people type them are found where the office's spelling is kept. All digits are made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestatus.cases.number_patterns import patterns
from casestatus.cases.numbers import Form, NumberUnreadable, Reading, readings

CDMX = "CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026"
DF = "FACI/50/UI-2 S/D/00123/01-2012"
OLD = "FPC/74/046/99-09"
NUC = "TOL/TOL/TOL/023/126681/25/04"
MEX = "CI-FMEX/1/UI-4 S/D/00123/09-2026"
CMX = "CI-FCMX/CMX-1/UI-1 C/D/00123/04-2026"
FGR = "FED/SEIDO/UEIDMS-MICH/0000123/2018"

EXACT, WITHOUT_CUSTODY, REDUCED = Form.EXACT, Form.WITHOUT_CUSTODY, Form.REDUCED


def first(text: str) -> Reading:
    return readings(text)[0]


def strictest_common_form(typed: str, official: str) -> Form | None:
    """The form under which the typed number finds the official one."""
    kept = readings(official)
    for form in Form:
        if {reading.segments[form] for reading in readings(typed)} & {reading.segments[form] for reading in kept}:
            return form
    return None


@pytest.mark.parametrize("pattern", patterns(), ids=lambda pattern: pattern.name)
def test_each_pattern_reads_its_own_examples_and_spells_them_so(pattern) -> None:
    for example in pattern.examples:
        assert first(example).pattern == pattern.name
        assert first(example).official == example


MISTYPES = [
    (CDMX, "ci-ficuh/cuh-2/ui-2 c/d/00123/04-2026", EXACT),
    (CDMX, "  CI - FICUH / CUH - 2 / UI - 2  C / D / 00123 / 04 - 2026  ", EXACT),
    (CDMX, "CI-FICUH/CUH-2/UI-2C/D/00123/04-2026", EXACT),
    (CDMX, "CI-FICUH/CUH-2/UI-2 CD/00123/04-2026", EXACT),
    (CDMX, "CI-FICUH/CUH-2/UI-2 C-D/00123/04-2026", EXACT),
    (CDMX, "CI-FICUH/CUH-2/UI-2 C.D./00123/04-2026", EXACT),
    (CDMX, "CI-FICUH/CUH-2/UI-2 con detenido/00123/04-2026", EXACT),
    (CDMX, "CI–FICUH—CUH―2—UI‑2 C−D—00123—04−2026", EXACT),
    (CDMX, r"CI-FICUH\CUH-2\UI-2 C\D\00123\04-2026", EXACT),
    (CDMX, "CI.FICUH.CUH.2.UI.2.C.D.00123.04.2026", EXACT),
    (CDMX, "CI FICUH CUH 2 UI 2 C D 123 4 26", EXACT),
    (CDMX, "CI-FICUH/CUH-2/UI2 C/D/123/4/26", EXACT),
    (CDMX, "CI-FICUH/CUH-2/UI-2 C/D/00123/2026-04", EXACT),
    (CDMX, "CI-FICUH/CUH-2/UI-2 C/D/00123/ABR-2026", EXACT),
    (CDMX, "CI-FICUH/CUH-2/UI-2 C/D/00123/abril 2026", EXACT),
    (CDMX, "CI-FICUH/CUH-2/UI-2 C/D/OOI23/O4-2O26", EXACT),
    (CDMX, "Carpeta de investigación núm. CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026", EXACT),
    (CDMX, "C.I.-FICUH/CUH-2/UI-2 C/D/00123/04-2026", EXACT),
    (CDMX, "C.I. FICUH/CUH-2/UI-2 C/D/00123/04-2026", EXACT),
    (CDMX, "«CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026».", EXACT),
    (CDMX, "CI-FICUH/\u200bCUH-2/UI-2 C/D/00123/\ufeff04-2026", EXACT),
    (CDMX, "ＣＩ－ＦＩＣＵＨ／ＣＵＨ－２／ＵＩ－２ Ｃ／Ｄ／００１２３／０４－２０２６", EXACT),
    (CDMX, "CI-FICUH/CUH-2/UI-2/00123/04-2026", WITHOUT_CUSTODY),
    (CDMX, "CI-FICUH/CUH-2/UI-2 S/D/00123/04-2026", WITHOUT_CUSTODY),
    (CDMX, "FICUH/CUH-2/UI-2 C/D/00123/04-2026", REDUCED),
    (CDMX, "FICUH/CUH-2/UI-2/123/04-2026", REDUCED),
    (CDMX, "CI-FICUH/CUH-2/UI-02 C/D/00123/04-2026", REDUCED),
    (CDMX, "CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026 Bis", REDUCED),
    (CDMX, "CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026 R1", REDUCED),
    (DF, "faci/50/ui-2 s/d/00123/01-2012", EXACT),
    (DF, "FACI/50/UI-2 sin detenido/123/ene-2012", EXACT),
    (DF, "FACI/50/UI-2SD/123/enero 12", EXACT),
    (DF, "FACI/50/UI-2 S/D/00123/01/12", EXACT),
    (DF, "A.P. FACI/50/UI-2 S/D/00123/01-2012", EXACT),
    (DF, "Averiguación previa no. FACI/50/UI-2 S/D/00123/01-2012", EXACT),
    (DF, "FACI/5O/UI-2 S/D/0012E/01-2012", None),
    (DF, "FACI/5O/UI-2 S/D/00I23/01-2012", REDUCED),
    (DF, "FACI/50/UI-2 S/D/00124/01-2012", None),
    (OLD, "fpc 74 46 99 9", EXACT),
    (OLD, "FPC/74/O46/99-O9", EXACT),
    (OLD, "FPC/74/046/1999-09", EXACT),
    (OLD, "FPC/74/046/09-99", EXACT),
    (OLD, "FPC/74/046/SEP-99", EXACT),
    (OLD, "AP: FPC/74/046/99-09", EXACT),
    (FGR, "fed/seido/ueidms-mich/123/2018", EXACT),
    (FGR, "SEIDO/UEIDMS-MICH/0000123/2018", REDUCED),
    ("AP/PGR/MICH/M-II/123/2012", "PGR/MICH/M-II/123/2012", REDUCED),
    ("C.I. 12300/2020", "c.i. 12300 / 2020", EXACT),
    ("C.I. 12300/2020", "ci 123OO-2020", EXACT),
    ("C.I. 12300/2020", "12300/2020", REDUCED),
    (CDMX, "C.I. CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026", EXACT),
    (CDMX, "A.P. CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026", EXACT),
    (CDMX, "C.I.: CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026", EXACT),
    (CDMX, "CI: CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026", EXACT),
    (CDMX, "Carpeta C.I. número: CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026", EXACT),
    (NUC, "C.I. TOL/TOL/TOL/023/126681/25/04", EXACT),
    (NUC, "A.P. TOL/TOL/TOL/023/126681/25/04", EXACT),
    (NUC, "AP TOL/TOL/TOL/23/126681/25/04", EXACT),
    (NUC, "AP: TOL-TOL-TOL-023-126681-25-04", EXACT),
    (NUC, "NUC: C.I. TOL/TOL/TOL/023/126681/abril de 2025", EXACT),
    (FGR, "C.I. FED/SEIDO/UEIDMS-MICH/0000123/2018", EXACT),
    ("AP/PGR/MICH/M-II/123/2012", "A.P. AP/PGR/MICH/M-II/123/2012", EXACT),
    (MEX, "CI-FMEX/l/UI-4 S/D/00123/09-2026", REDUCED),
    (MEX, "CI-FMEX/I/UI-4 S/D/00123/Septiembre de 2026", REDUCED),
    (MEX, "CI-FMEX/1/UI-4 S/D/00123/Sept. del 2026", EXACT),
    (CMX, "CI-FCMX/CMX-l/UI-l C/D/00123/04-2026", REDUCED),
    (CDMX, "CI\u00adFICUH/CUH\u00ad2/UI\u00ad2 C/D/00123/04\u00ad2026", EXACT),
    (CDMX, "CI⁃FICUH/CUH˗2/UI-2 C/D/00123/04-2026", EXACT),
    (CDMX, "CI-FICUH/CUH-2/\tUI-2\u00a0C/D\u2003/00123/\r\n04-2026", EXACT),
    (CDMX, "CI\tFICUH\vCUH-2\u3000UI-2 C/D/00123/04-2026", EXACT),
    ("NAT 23/2017", "nat: 0023 - 2017", EXACT),
    ("NAT 23/2017", "23/2017", REDUCED),
    ("001/0000/2021", "Carpeta judicial 1/0/2021", EXACT),
    ("0204-2019-12345", "NUC 204 2019 12345", EXACT),
]


@pytest.mark.parametrize(("official", "typed", "form"), MISTYPES)
def test_what_people_type_finds_what_the_office_wrote(official: str, typed: str, form: Form | None) -> None:
    assert strictest_common_form(typed, official) == form


def test_the_letters_of_an_agency_are_no_custody_mark() -> None:
    reading = first("CI-FIDS/SD-6/UI-3 C/D/00001/04-2021")
    assert reading.official == "CI-FIDS/SD-6/UI-3 C/D/00001/04-2021"
    assert "SD" in reading.segments[WITHOUT_CUSTODY]


def test_with_and_without_a_person_held_are_two_numbers() -> None:
    held, free = first(CDMX), first(CDMX.replace("C/D", "S/D"))
    assert held.segments[EXACT] != free.segments[EXACT]
    assert held.segments[WITHOUT_CUSTODY] == free.segments[WITHOUT_CUSTODY]


def test_an_inquiry_and_an_investigation_with_equal_digits_are_two_numbers() -> None:
    inquiry, investigation = first("A.P. 123/2015"), first("C.I. 123/2015")
    assert inquiry.segments[EXACT] != investigation.segments[EXACT]


def test_letters_are_mended_only_where_a_number_stands() -> None:
    assert first("CI-FISOL/SOL-5/UI-1 S/D/00001/04-2021").official == "CI-FISOL/SOL-5/UI-1 S/D/00001/04-2021"
    assert (
        strictest_common_form("CI-FI50L/SOL-5/UI-1 S/D/00001/04-2021", "CI-FISOL/SOL-5/UI-1 S/D/00001/04-2021") is None
    )


def test_a_number_that_no_office_is_known_to_write_is_read_all_the_same() -> None:
    (reading,) = readings("Exp. fg-x/α-0012 bis")
    assert reading.pattern is None
    assert reading.official == "FG-X/Α-0012 BIS"
    assert reading.segments[REDUCED] == ("FG", "X", "Α", "12", "BIS")
    assert strictest_common_form("fg x α 12 bis", "Exp. FG-X/α-0012 bis") is REDUCED


@pytest.mark.parametrize(
    "text", ["", "   ", "-/.", "\u200b", "12\x00/2020", "12\x1b[31m/2020", "x" * 121, "ﷺ" * 20, "\ud800"]
)
def test_what_cannot_be_a_number_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(NumberUnreadable) as refusal:
        readings(text)
    assert refusal.value.fields[0].field == "case_number"


def test_blanks_around_a_pasted_number_do_not_matter() -> None:
    assert readings(f"\t{CDMX}\r\n") == readings(CDMX)


OFFICIAL = st.sampled_from([example for pattern in patterns() for example in pattern.examples])
DASHES = st.sampled_from("-–—‑−")
SLASHES = st.sampled_from(["/", "\\", " / ", "⁄", "∕"])
NOISE = st.sampled_from(["", "\u200b", " ", "\u00ad"])
LABELS = st.sampled_from(["", "Número ", "núm. ", "No. ", "Expediente: ", "N° ", "NUC "])


@st.composite
def spelling_variants(draw: st.DrawFn) -> tuple[str, str]:
    official = draw(OFFICIAL)
    typed = official.replace("-", draw(DASHES)).replace("/", draw(SLASHES))
    typed = typed.replace("0", draw(st.sampled_from(["0", "０"])))
    typed = draw(st.sampled_from([typed, typed.lower(), typed.title()]))
    return official, draw(NOISE) + draw(LABELS) + typed + draw(NOISE)


@given(OFFICIAL, OFFICIAL, st.sampled_from(["C.I. ", "A.P. ", "ci ", "AP: ", "c.i.: ", "C.I. no. "]))
def test_a_label_before_a_number_finds_that_number_or_none(official: str, other: str, label: str) -> None:
    kept = {kind: {reading.segments[kind] for reading in readings(other)} for kind in Form}
    typed = readings(label + official)
    found = [form for form in Form if {reading.segments[form] for reading in typed} & kept[form]]
    assert not found or strictest_common_form(official, other)
    assert strictest_common_form(label + official, official)


@given(OFFICIAL, st.sampled_from(["\t", "\r\n", "\v", "\u00a0", "\u2009", "\u3000"]))
def test_any_blank_beside_a_sign_is_none(official: str, blank: str) -> None:
    typed = official.replace("/", f"/{blank}").replace("-", f"{blank}-").replace(" ", blank)
    assert readings(typed) == readings(official)


@given(spelling_variants())
def test_every_spelling_of_an_official_number_reads_the_same(spellings: tuple[str, str]) -> None:
    official, typed = spellings
    assert readings(typed) == readings(official)


@given(st.text(max_size=130) | st.text("CIAPNOUEDSLMR0159/-.: \t\u00ad", max_size=60))
def test_reading_the_official_spelling_again_changes_nothing(text: str) -> None:
    try:
        reading = first(text)
    except NumberUnreadable:
        return
    again = [other for other in readings(reading.official) if other.pattern == reading.pattern]
    assert again == [reading]
    assert all(reading.segments.values())
