"""Mexico's days of rest by law."""

import pytest
from holidays import country_holidays

from casestatus.cases.business_days import federal_holidays


@pytest.mark.parametrize("year", range(2007, 2061))
def test_the_days_of_rest_are_those_of_the_calendar_library(year: int) -> None:
    assert federal_holidays(year) == set(country_holidays("MX", years=year))
