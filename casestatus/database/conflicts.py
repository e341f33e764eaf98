"""Inserts that know ON CONFLICT, which each database says in its own words."""

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from casestatus.database import Base


def insert_into(session: Session, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """Into this table, by the words of the session's database."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
