"""What `release recount` does, step by step, and what it tells: never how many counts these are."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from casestatus.cli.opening import Refused
from casestatus.cli.release_signing import signed
from casestatus.cli.release_steps import require_folder, take_up

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from casestatus.crypto import KeyRing
    from casestatus.database import Database
    from casestatus.settings import Settings
    from casestatus.statistics.recounting import Mistake


UNKNOWN_SHOWN = 5


def recount_as_typed(
    database: "Database",
    settings: "Settings",
    keys: "KeyRing",
    month: str,
    *,
    institution: str,
    office: str | None,
    source_ids: set[str],
    into: str | None,
    reason: str,
) -> None:
    """All that may refuse it comes before anybody signs."""
    from casestatus.statistics.officers import usable_reason
    from casestatus.statistics.recounting import recount, require_recountable

    usable_reason(reason)
    require_folder(database, settings, take_up(database, settings, keys))
    with database.reading() as session:
        mistake = _mistake(session, month, institution=institution, office=office, source_ids=source_ids, into=into)
        require_recountable(session, mistake, now=database.now())
    officers = signed(database, settings, keys)
    with database.writing() as session:
        unknown = recount(session, mistake, reason=reason, officers=officers, now=database.now())
    with database.reading() as session:
        _tell(session, month, into)
    _tell_unknown(unknown, institution)


def _mistake(
    session: "Session", month: str, *, institution: str, office: str | None, source_ids: set[str], into: str | None
) -> "Mistake":
    """As typed, with codes read as what they stand for. Raises NotFound."""
    from casestatus.offices.registering import institution_named, office_named
    from casestatus.statistics.recounting import Mistake

    owner = institution_named(session, institution)
    return Mistake(
        month=month,
        institution_id=owner.id,
        office_id=office_named(session, owner, office).id if office else None,
        source_ids=source_ids,
        into_id=office_named(session, owner, into).id if into else None,
    )


def _tell(session: "Session", month: str, into: str | None) -> None:
    from casestatus.statistics.closing import frozen_months
    from casestatus.statistics.periods import months_of, quarter_of
    from casestatus.statistics.recounting import quarter_drawn

    where, quarter = f"at {into}" if into else "nowhere", quarter_of(month)
    if month not in frozen_months(session):
        typer.echo(f"They count {where} when {month} is cut. What is sent until then counts as it is sent.")
        return
    typer.echo(f"They count {where} in the second edition: release cut --month {month} --edition 2")
    if quarter_drawn(session, month) == 2:
        typer.echo(f"T3 and T5 of {quarter} stay as they are: their second edition is published, and is the last.")
    elif (last := months_of(quarter)[-1]) != month:
        typer.echo(f"T3 and T5 of {quarter} follow with the second edition of {last}.")


def _tell_unknown(unknown: Sequence[str], institution: str) -> None:
    """What a file names and nobody sent: mistyped, refused when it was sent, or of another institution."""
    if unknown:
        shown = f"{', '.join(unknown[:UNKNOWN_SHOWN])}{' …' if len(unknown) > UNKNOWN_SHOWN else ''}"
        typer.echo(f"Unknown of {institution}: {len(unknown)} of the file's updates ({shown})")


def source_ids_in(file: Path | None) -> set[str]:
    """The updates that a file names in its column source_id, as intake reads them; none without a file."""
    from casestatus.intake.update import trimmed

    if file is None:
        return set()
    if not file.is_file():
        raise Refused(f"there is no file {file}.")
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = csv.DictReader(text)
        if "source_id" not in (rows.fieldnames or ()):
            raise Refused(f"{file} has no column source_id.")
        named = {trimmed(row["source_id"] or "") for row in rows} - {""}
    if not named:
        raise Refused(f"{file} names no update.")
    return named
