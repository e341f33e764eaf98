"""Offices' calendars as time limits need them, read once in a while and kept by the process."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.deadlines import OfficeCalendar
from casestatus.cases.stalls import thresholds_of_office
from casestatus.offices.models import Office, OfficeHoliday, RightCheck

KEPT_FOR = timedelta(minutes=5)


class OfficeCalendars:
    """One process's calendars. What an office changes is seen after five minutes at the latest."""

    def __init__(self) -> None:
        self._kept: dict[UUID, tuple[datetime, OfficeCalendar]] = {}

    def of(self, session: Session, office_id: UUID, *, now: datetime) -> OfficeCalendar:
        """The office's calendar as it was within the last five minutes."""
        kept = self._kept.get(office_id)
        if kept is None or not timedelta(0) <= now - kept[0] < KEPT_FOR:
            kept = now, read_calendar(session, office_id)
            self._kept[office_id] = kept
        return kept[1]


def read_calendar(session: Session, office_id: UUID) -> OfficeCalendar:
    """The office's calendar as it is now."""
    office = session.get_one(Office, office_id)
    days = session.scalars(select(OfficeHoliday.day).where(OfficeHoliday.office_id == office_id))
    checks = session.execute(select(RightCheck.right, RightCheck.rule).where(RightCheck.office_id == office_id))
    return OfficeCalendar(
        zone=office.time_zone,
        region=office.region,
        own_days=frozenset(days),
        stall_days=thresholds_of_office(session, office_id),
        checked={check.right: check.rule for check in checks},
    )
