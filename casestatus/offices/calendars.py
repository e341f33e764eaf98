"""What an office says of its own calendar: days of rest, and time limits that its lawyers have checked."""

from datetime import date

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from casestatus.offices.models import Office, OfficeHoliday, RightCheck


def add_holiday(session: Session, office: Office, *, day: date, name: str) -> None:
    """No time limit of this office counts `day`. A day told again only changes its name."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    told = dialect.insert(OfficeHoliday).values(office_id=office.id, day=day, name=name)
    session.execute(told.on_conflict_do_update(index_elements=["office_id", "day"], set_={"name": name}))


def note_checked(session: Session, office: Office, *, right: str, rule: str, checked_on: date) -> None:
    """The office's lawyer has checked the time limit of `right` as it reads now; the latest check counts."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    told = dialect.insert(RightCheck).values(office_id=office.id, right=right, rule=rule, checked_on=checked_on)
    latest = {"rule": rule, "checked_on": checked_on}
    session.execute(told.on_conflict_do_update(index_elements=["office_id", "right"], set_=latest))
