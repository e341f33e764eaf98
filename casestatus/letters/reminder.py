"""A calendar file (RFC 5545) that says no more than that something is to be remembered on a day."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from icalendar import Alarm, Calendar, Event

DAYS_BEFORE = (7, 2, 1)
MORNING = time(9)  # an alarm at midnight would wake the house


def reminder(last_day: date, summary: str, *, today: date, uid: UUID, now: datetime) -> bytes:
    """An all-day entry on `last_day` with alarms 7, 2 and 1 days before, those that are still ahead of `today`."""
    event = Event()
    event.add("uid", str(uid))
    event.add("dtstamp", now)
    event.add("dtstart", last_day)
    event.add("summary", summary)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    for days in DAYS_BEFORE:
        if last_day - timedelta(days=days) > today:
            event.add_component(_alarm(days, summary))
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//-//-//ES")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _alarm(days: int, summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", timedelta(hours=MORNING.hour) - timedelta(days=days))
    return alarm
