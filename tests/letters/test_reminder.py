"""The calendar file, read back: a day to remember, and not a word about what."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from icalendar import Calendar

from casestatus.letters.reminder import reminder

LAST_DAY = date(2026, 11, 30)
UID = UUID(int=7)
NOW = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)


def read(today: date, summary: str = "Recordatorio") -> Calendar:
    return Calendar.from_ical(reminder(LAST_DAY, summary, today=today, uid=UID, now=NOW))


def test_it_is_an_all_day_entry_with_a_neutral_word() -> None:
    [event] = read(date(2026, 11, 16)).walk("VEVENT")
    assert event.decoded("dtstart") == LAST_DAY
    assert str(event["summary"]) == "Recordatorio"


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2026, 11, 16), [7, 2, 1]),
        (date(2026, 11, 23), [2, 1]),
        (date(2026, 11, 27), [2, 1]),
        (date(2026, 11, 28), [1]),
        (date(2026, 11, 29), []),
        (LAST_DAY, []),
    ],
)
def test_it_rings_in_the_morning_on_the_days_that_are_still_ahead(today: date, days: list[int]) -> None:
    alarms = [alarm.decoded("trigger") for alarm in read(today).walk("VALARM")]
    assert alarms == [timedelta(hours=9) - timedelta(days=day) for day in days]


def test_no_field_tells_more() -> None:
    fields = [(part.name, name) for part in read(date(2026, 11, 16)).walk() for name, _ in part.property_items(False)]
    told = {"BEGIN", "END", "VERSION", "PRODID", "UID", "DTSTAMP", "DTSTART", "SUMMARY", "CLASS", "TRANSP"}
    assert {name for _, name in fields} == told | {"ACTION", "DESCRIPTION", "TRIGGER"}
    text = reminder(LAST_DAY, "Reminder", today=date(2026, 11, 16), uid=UID, now=NOW).decode()
    assert "PRODID:-//-//-//ES\r\n" in text
    assert f"UID:{UID}\r\n" in text
    assert text.count("Reminder") == 4
    assert "@" not in text
    assert "http" not in text
