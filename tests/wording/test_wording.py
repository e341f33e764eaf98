"""Languages, dates and templates."""

from datetime import UTC, date, datetime

import pytest
from jinja2 import UndefinedError

from casestatus.wording import Wording, negotiate


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        ("en-US,es;q=.8", "en"),
        ("es-MX", "es"),
        ("fr", "es"),
        ("", "es"),
        (None, "es"),
        ("*", "es"),
        ("nah-MX,en;q=.3", "en"),
        ("en;q=0", "es"),
        ("en;q=0.2, es;q=0.9", "es"),
        ("EN", "en"),
        ("en;q=much,es", "es"),
        ("en;q=nan,es", "es"),
        (",;,;q=,", "es"),
    ],
)
def test_the_browser_s_wish_decides_the_language(accept_language: str | None, language: str) -> None:
    assert negotiate(accept_language, None) == language


def test_the_reader_s_own_choice_goes_before_the_browser_s() -> None:
    assert negotiate("es-MX,es", "en") == "en"


def test_a_choice_that_we_don_t_offer_is_ignored() -> None:
    assert negotiate("en", "../etc") == "en"


def test_days_are_written_as_people_write_them() -> None:
    assert Wording.of("es").day(date(2026, 11, 21)) == "21 de noviembre de 2026"
    assert Wording.of("en").day(date(2026, 11, 21)) == "November 21, 2026"
    assert Wording.of("es").weekday_day(date(2026, 11, 30)) == "lunes 30 de noviembre de 2026"
    assert Wording.of("en").weekday_day(date(2026, 11, 30)) == "Monday, November 30, 2026"


def test_hours_are_those_of_the_wall_clock_in_the_zone() -> None:
    moment = datetime(2026, 11, 21, 20, 42, tzinfo=UTC)
    assert Wording.of("es").clock(moment, "America/Mexico_City") == "14:42"
    assert Wording.of("es").clock(moment, "America/Tijuana") == "12:42"
    assert Wording.of("en").clock(moment, "America/Mexico_City").split() == ["2:42", "PM"]


def test_a_forgotten_variable_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        Wording.of("es").render("errors/problem.html")


def test_parameters_are_filled_after_translation() -> None:
    assert Wording.of("en").gettext("Referencia: %(id)s", id="abc") == "Reference: abc"
