"""Until which day a contact counts as safe, on its own clock: from the beginning of that day she is to say so again."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def day_there(moment: datetime, time_zone: str) -> date:
    """The day that it is in a contact's zone."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def wants_confirming(reconfirm_by: date | None, time_zone: str, now: datetime) -> bool:
    """Whether nothing goes there until she confirms it again."""
    return reconfirm_by is not None and reconfirm_by <= day_there(now, time_zone)


def safe_until(now: datetime, time_zone: str, *, safe_days: int) -> date:
    """The day on which she is to have said that it is still safe, if she said so now."""
    return day_there(now + timedelta(days=safe_days), time_zone)
