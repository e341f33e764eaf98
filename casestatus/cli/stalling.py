"""The command `stalls`: an office's lines without a change, for its supervisor."""

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from casestatus.cli.opening import ready_database_of, settings_from_environment

SILENT = "the office's feed is silent: updates may be missing, and victims aren't told of stalls until its next signal"


def stalls(
    office: Annotated[str, typer.Option(help="the office's code")],
    institution: Annotated[
        str | None, typer.Option(help="its institution's, where several have such an office")
    ] = None,
) -> None:
    """List the lines that stand still, the oldest first: age in days, case, line, stage, since. Tabs between them.

    Of an office whose feed is silent, too: then a line on stderr says so, because updates may be missing.
    """
    from casestatus.offices.freshness import Freshness
    from casestatus.offices.heartbeats import feed_of
    from casestatus.offices.registering import institution_named, office_named, only_office_with
    from casestatus.upkeep.stalled_lines import stalled_lines

    settings = settings_from_environment()
    with ready_database_of(settings) as database, database.reading() as session:
        named = institution_named(session, institution) if institution else None
        found = office_named(session, named, office) if named else only_office_with(session, office)
        today = database.now().astimezone(ZoneInfo(found.time_zone)).date()
        usual = settings.limits.stale_after_days
        if feed_of(session, found.id, today=today, usual=usual) is not Freshness.UP_TO_DATE:
            typer.echo(SILENT, err=True)
        for each in stalled_lines(session, found.id, today=today):
            typer.echo(f"{each.days}\t{each.case_id}\t{each.line}\t{each.stage}\t{each.since}")
