"""The command `import`: a file of updates through the one way in."""

import csv
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from casestatus.cli.opening import REFUSED, Refused, database_of, key_ring, require_ready, settings_from_environment
from casestatus.cli.watching import progress_bars

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from casestatus.intake.importing import Importer, RowRefused, Tally
    from casestatus.intake.sender import Sender

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\0")  # what a spreadsheet would run


def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV in UTF-8; its first row names the fields of an update")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="try everything, keep nothing; on SQLite nobody else can write meanwhile")
    ] = False,
    office: Annotated[
        str | None, typer.Option(help="code of the office whose file it is; rows need not name it")
    ] = None,
    client: Annotated[
        UUID | None, typer.Option("--as", metavar="CLIENT", help="client_id to import as: its source and its offices")
    ] = None,
) -> None:
    """Take a file of updates. Safe to repeat, and safe to interrupt: every row carries its source_id.

    What can't be taken is written to FILE.errors.csv with its row and field, and the command ends with 1.
    """
    settings = settings_from_environment()
    keys = key_ring(settings)
    if not file.is_file():
        raise Refused(f"there is no file {file}.")
    with database_of(settings) as database:
        from casestatus.intake.importing import Importer

        require_ready(settings, database)
        with database.writing() as session:
            sender = _sender(session, database.now(), office=office, client=client)
        importer = Importer(
            database=database,
            keys=keys,
            sender=sender,
            delay=timedelta(minutes=settings.notice_delay_minutes),
            chunk_rows=settings.limits.import_chunk_rows,
            dry_run=dry_run,
        )
        tally = _run(importer, file)
    _say(tally, file, dry_run=dry_run)


def _run(importer: "Importer", file: Path) -> "Tally":
    told = 0
    with progress_bars() as tell:

        def rows_done(rows: int) -> None:
            nonlocal told
            tell("Rows", rows - told, None)
            told = rows

        return importer.run(file, progress=rows_done)


def _say(tally: "Tally", file: Path, *, dry_run: bool) -> None:
    errors = file.with_name(f"{file.name}.errors.csv")
    errors.unlink(missing_ok=True)
    kept = " (nothing was kept: dry run)" if dry_run else ""
    typer.echo(f"rows {tally.rows}, new {tally.new}, known before {tally.same}, refused {len(tally.refused)}{kept}")
    if tally.refused:
        _write_errors(errors, tally.refused)
        typer.echo(f"What was refused, and why: {errors}", err=True)
        raise typer.Exit(REFUSED)


def _write_errors(path: Path, refused: "list[RowRefused]") -> None:
    from casestatus.wording import Wording

    words = Wording.of("en")
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("row", "source_id", "type", "field", "problem"))
        for each in refused:
            problem = each.problem
            said = [(field.field, words.gettext(field.detail, **(field.params or {}))) for field in problem.fields]
            for name, detail in said or [("", words.gettext(problem.detail, **problem.params))]:
                out.writerow((each.row, _harmless(each.source_id), problem.type, _harmless(name), detail))


def _harmless(cell: str) -> str:
    """The cell so that a spreadsheet shows it and runs nothing."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _sender(session: "Session", now: datetime, *, office: str | None, client: UUID | None) -> "Sender":
    """Whose updates these are: a client's, an office's, or those of the only institution there is."""
    from casestatus.access.scopes import Scope, read_scopes
    from casestatus.intake.sender import sender_for_client, sender_for_import
    from casestatus.offices import registering
    from casestatus.offices.models import Client

    if client is not None:
        known = session.get(Client, client)
        if known is None or known.disabled_at is not None:
            raise Refused("there is no client with this client_id.")
        may_load_history = Scope.HISTORY_WRITE in read_scopes(known.scopes)
        return sender_for_client(session, client, may_load_history=may_load_history)
    if office is None:
        institution = registering.only_institution(session)
        return sender_for_import(session, registering.import_source(session, institution.id, now=now))
    owner = registering.only_office_with(session, office)
    sender = sender_for_import(session, registering.import_source(session, owner.institution_id, now=now))
    return replace(sender, offices={office: sender.offices[office]})
