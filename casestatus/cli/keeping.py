"""Commands that keep the service's ground in order: the database's version and the key ring."""

from pathlib import Path
from typing import Annotated

import typer

from casestatus.cli.opening import Refused, database_troubles_in_words, settings_from_environment

keys = typer.Typer(
    help="The key ring: make it once, keep it apart from the database and its backups.", no_args_is_help=True
)


def migrate() -> None:
    """Bring the database to this version. Safe to repeat, and safe from several hosts at once."""
    from casestatus.database import migrate as bring_to_this_version

    settings = settings_from_environment()
    with database_troubles_in_words():
        bring_to_this_version(settings.database_url)
    typer.echo("The database is at this version.")


@keys.command("create")
def create(file: Annotated[Path, typer.Argument(help="where to write it; never overwritten", metavar="FILE")]) -> None:
    """Make a new key ring in FILE, readable by its owner only.

    Without it nothing sealed can be read again and no PIN works: keep a copy in another safe place.
    """
    from casestatus.crypto import KeyRing, KeyRingUnusable

    try:
        KeyRing.generate().write(file)
    except KeyRingUnusable as reason:
        raise Refused(f"{reason}.") from None
    typer.echo(f"Wrote {file}. Set CASESTATUS_KEYS={file}, and keep a copy in another safe place.")
