"""What has been released, read from its stored rows: releases, their cells in domain order, code lists and the ledger.

The only reader of release rows for files and pages; nothing here can see a raw case.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from casestatus.statistics.rows import CodeLists, Draw, Ledger, Release, Row


def releases(session: Session) -> Sequence[Release]:
    """Every release, oldest first, withdrawn ones too."""
    raise NotImplementedError


def released_rows(session: Session, release: Release, table: str) -> Iterator[Row]:
    """One table with all periods and editions up to the release, by period, edition and domain; streamed."""
    raise NotImplementedError


def rows_of_draw(session: Session, draw: Draw) -> Iterator[Row]:
    """The rows of one draw, in domain order: a file of the release in which it is new."""
    raise NotImplementedError


def code_lists(session: Session, release: Release) -> CodeLists:
    """All codes in use up to the release."""
    raise NotImplementedError


def ledger_until(session: Session, release: Release) -> Ledger:
    """What was spent up to the release, and the bound that holds then."""
    raise NotImplementedError
