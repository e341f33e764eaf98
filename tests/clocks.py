"""A clock that stands still between a test's steps."""

from datetime import datetime, timedelta

from casestatus.database import Clock


class StoppedClock(Clock):
    """It goes on only when a test moves it, so that a page read twice is the same page."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by
