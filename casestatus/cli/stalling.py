"""The command `stalls`: an office's lines without a change, for its supervisor."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from casestatus.cli.opening import ready_database_of, settings_from_environment


def stalls(
    office: Annotated[str, typer.Option(help="the office's code")],
    institution: Annotated[
        str | None, typer.Option(help="its institution's, where several have such an office")
    ] = None,
) -> None:
    """List the lines that stand still, the oldest first: age in days, case, line, stage, since. Tabs between them."""
    from casestatus.offices.registering import institution_named, office_named, only_office_with
    from casestatus.upkeep.stalled_lines import stalled_lines

    with ready_database_of(settings_from_environment()) as database, database.reading() as session:
        named = institution_named(session, institution) if institution else None
        found = office_named(session, named, office) if named else only_office_with(session, office)
        today = database.now().astimezone(ZoneInfo(found.time_zone)).date()
        for each in stalled_lines(session, found.id, today=today):
            typer.echo(f"{each.days}\t{each.case_id}\t{each.line}\t{each.stage}\t{each.since}")
