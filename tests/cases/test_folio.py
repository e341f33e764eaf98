"""Folios: short, without meaning, and a mistyped one is noticed."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestatus.cases.numbers import clean_folio, is_folio, new_folio, shown_folio

FOLIOS = st.integers(0, 10**9 - 1).map(lambda drawn: new_folio(lambda bound: drawn % bound))


def test_a_folio_is_ten_digits_of_which_nine_are_drawn() -> None:
    assert new_folio(lambda bound: bound - 1)[:9] == "999999999"
    folio = new_folio(lambda _: 7)
    assert folio[:9] == "000000007"
    assert len(folio) == 10


def test_a_folio_can_be_drawn_in_secret() -> None:
    assert is_folio(new_folio(secrets.randbelow))


@given(FOLIOS)
def test_a_folio_is_read_as_it_is_shown(folio: str) -> None:
    assert clean_folio(shown_folio(folio)) == folio
    assert clean_folio(f" {folio[:5]} – {folio[5:]} ") == folio


@pytest.mark.parametrize(
    "typed",
    [
        "Folio {}-{}", "FOLIO: {} {}", "folio núm. {}-{}", "No. de folio {}{}", "{}-{}.", " {}/{} ", "{}.{}", "{} . {}",
        "{}\u200b-\ufeff{}", "{}\u00ad{}", "{}\t{}", "«{}-{}»",
    ],
)  # fmt: skip
@given(folio=FOLIOS)
def test_a_folio_is_read_however_it_is_copied(typed: str, folio: str) -> None:
    assert clean_folio(typed.format(folio[:5], folio[5:])) == folio


@given(FOLIOS)
def test_letters_that_look_like_its_digits_are_digits(folio: str) -> None:
    assert clean_folio(shown_folio(folio.replace("0", "O").replace("1", "l"))) == folio
    assert clean_folio(shown_folio(folio.replace("0", "o").replace("1", "I"))) == folio
    assert clean_folio(shown_folio("".join(chr(ord(digit) + 0xFEE0) for digit in folio))) == folio


@given(FOLIOS)
def test_a_serial_and_a_year_are_no_folio_by_chance(folio: str) -> None:
    for sign in "-/. ":
        assert not is_folio(f"{folio[:6]}{sign}{folio[6:]}")


@given(FOLIOS, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(folio: str, at: int, shift: int) -> None:
    wrong = str((int(folio[at]) + shift) % 10)
    assert not is_folio(folio[:at] + wrong + folio[at + 1 :])


@pytest.mark.parametrize("text", ["", "12345", "12345678901", "CI-12345-6789", "１２３", "١٢٣٤٥٦٧٨٩٠", "\x00" * 10])
def test_other_texts_are_no_folio(text: str) -> None:
    assert clean_folio(text) is None
