"""What everybody may know of institutions and offices."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.offices.models import Institution


def institutions(session: Session) -> list[tuple[str, str]]:
    """Code and name of each institution, by name."""
    rows = session.execute(select(Institution.code, Institution.name).order_by(Institution.name))
    return [(row.code, row.name) for row in rows]
