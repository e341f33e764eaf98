"""What an office says of its own calendar: days of rest, and time limits that its lawyers have checked."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from casestatus.database.conflicts import insert_into
from casestatus.offices.models import Office, OfficeHoliday, RightCheck


def add_holiday(session: Session, office: Office, *, day: date, name: str) -> None:
    """No time limit of this office counts `day`. A day told again only changes its name."""
    told = insert_into(session, OfficeHoliday).values(office_id=office.id, day=day, name=name)
    session.execute(told.on_conflict_do_update(index_elements=["office_id", "day"], set_={"name": name}))


def remove_holidays(session: Session, office: Office, *, days: Collection[date]) -> int:
    """Time limits count these days again; how many the office had told. A mistake mustn't move dates for good."""
    told = delete(OfficeHoliday).where(OfficeHoliday.office_id == office.id, OfficeHoliday.day.in_(days))
    removed = session.scalars(told.returning(OfficeHoliday.day)).all()
    return len(removed)


def note_checked(session: Session, office: Office, *, right: str, rule: str, checked_on: date) -> None:
    """The office's lawyer has checked the time limit of `right` as it reads now; the latest check counts."""
    told = insert_into(session, RightCheck).values(office_id=office.id, right=right, rule=rule, checked_on=checked_on)
    latest = {"rule": rule, "checked_on": checked_on}
    session.execute(told.on_conflict_do_update(index_elements=["office_id", "right"], set_=latest))
