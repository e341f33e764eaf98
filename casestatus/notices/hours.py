"""The hours in which a contact may be written to, on the clock of the place where she lives."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from casestatus.settings import read_hours


@dataclass(frozen=True)
class Hours:
    """A daily window in a zone. One that closes before it opens runs across midnight; two equal ends mean always."""

    opens: time
    closes: time
    zone: ZoneInfo

    @classmethod
    def read(cls, text: str, zone: str) -> "Hours":
        """From `09:00-20:00` and a zone's name. ValueError or KeyError when either is unreadable."""
        opens, closes = read_hours(text)
        return cls(opens, closes, ZoneInfo(zone))

    def allow(self, now: datetime) -> bool:
        """Whether she may be written to at this moment."""
        local = now.astimezone(self.zone).time()
        if self.opens < self.closes:
            return self.opens <= local < self.closes
        return local >= self.opens or local < self.closes

    def closes_at(self, now: datetime) -> datetime | None:
        """The first moment after `now` at which the window closes, in UTC; None when it never does.

        In the hour that comes twice when clocks are set back it closes twice.
        """
        if self.opens == self.closes:
            return None
        today = now.astimezone(self.zone).date()
        twice = (self.closes.replace(fold=0), self.closes.replace(fold=1))
        closings = (_moment(today + timedelta(days=day), at, self.zone) for day in range(3) for at in twice)
        return next(closing for closing in closings if closing > now)

    def next_opening(self, now: datetime) -> datetime:
        """The first moment after `now` at which the window opens, in UTC.

        A day on which the clocks skip the whole window is passed over.
        """
        today = now.astimezone(self.zone).date()
        openings = (_moment(today + timedelta(days=day), self.opens, self.zone) for day in range(8))
        return next(opening for opening in openings if opening > now and self.allow(opening))


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def leaves_at(due: datetime, hours: Hours, *, jitter: timedelta = timedelta(0)) -> datetime:
    """When a message that is due may leave: at once inside the window, else at its next opening plus `jitter`.

    The jitter keeps a night's messages from leaving in one second; it never reaches past the window.
    """
    if hours.allow(due):
        return due
    opening = hours.next_opening(due)
    return opening + jitter if hours.allow(opening + jitter) else opening
