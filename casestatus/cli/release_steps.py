"""What a command of the transparency officer does with the database and the folder of releases, step by step."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from casestatus.cli.opening import Refused
from casestatus.cli.release_signing import signed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from casestatus.crypto import KeyRing
    from casestatus.database import Database
    from casestatus.settings import Settings
    from casestatus.statistics.publishing.catalogue import Publisher
    from casestatus.statistics.rows import Draw, Published, Release


def take_up(
    database: "Database",
    settings: "Settings",
    keys: "KeyRing",
    *,
    also: "Sequence[Path]" = (),
    head: str | None = None,
) -> "list[Published]":
    """What the published files hold, taken up by a database that doesn't know it: it was restored from before."""
    from casestatus.statistics.adopting import adopt
    from casestatus.statistics.publishing.agreeing import agreed, require_head

    known = agreed(settings.releases, also, keys)
    if head is not None:
        require_head(settings.releases, head)
    with database.writing() as session:
        for name in adopt(session, known):
            typer.echo(f"Took up {name} from the published files: this database was restored from before its cut.")
    return known


def cut_or_correct(
    database: "Database",
    settings: "Settings",
    keys: "KeyRing",
    known: "Collection[Published]",
    *,
    month: str | None,
    edition: int,
    folder_lost: bool,
) -> "Release | None":
    """None when no month may close. `folder_lost`: it holds nothing because it is gone, and this database is whole."""
    from casestatus.statistics.closing import closable_months, read_month
    from casestatus.statistics.cutting import correct_month, cut_months
    from casestatus.statistics.periods import ends_quarter, quarter_of

    if edition == 2 and month is None:
        raise typer.BadParameter("name the month that --edition 2 corrects", param_hint="--month")
    until, now = read_month(month) if month else None, database.now()
    drawn: Collection[Draw] = {draw for each in known for draw in each.release.draws}
    if edition == 1:
        with database.reading() as session:
            if not closable_months(session, now=now, until=until):
                return None
    if not folder_lost:
        require_folder(database, settings, known)
    if edition == 2 and (unwritten := _unwritten(database, f"{until}-e2", known)):
        return unwritten
    if edition == 2 and until is not None and ends_quarter(until):
        typer.echo(f"T3 and T5 of {quarter_of(until)} get their second edition with it: once, with all that is noted.")
    officers = signed(database, settings, keys)
    with database.writing() as session:
        if edition == 2 and until is not None:
            return correct_month(session, until, keys=keys, now=now, published=drawn, officers=officers)
        return cut_months(session, keys=keys, now=now, until=until, published=drawn, officers=officers)


def _unwritten(database: "Database", name: str, known: "Collection[Published]") -> "Release | None":
    """The release of this name that was drawn, and stopped before the folder held it: there is nothing to draw."""
    from casestatus.statistics.released import releases

    with database.reading() as session:
        drawn = {release.name: release for release in releases(session)}
    return None if name in {each.release.name for each in known} else drawn.get(name)


def require_folder(database: "Database", settings: "Settings", known: "Collection[Published]") -> None:
    """A database restored from before a cut must find what was published since; an empty folder may be a wrong one.

    The demo's may be empty: whoever tries it out throws it away. Raises Refused.
    """
    from casestatus.statistics.released import releases

    if known or settings.in_demo:
        return
    with database.reading() as session:
        if releases(session):
            raise Refused(
                "this database has published, but the folder of releases holds nothing: is CASESTATUS_RELEASES right? "
                "A restored database would draw numbers twice that are public already. If the folder is gone for good "
                "and the database was never restored from a backup: release cut --folder-lost."
            )


def publish_all(
    database: "Database", settings: "Settings", keys: "KeyRing", publisher: "Publisher", *, out: Path | None
) -> None:
    from casestatus.statistics.portal.apart import write_pages
    from casestatus.statistics.publishing.folder import mirror
    from casestatus.statistics.publishing.publish import publish
    from casestatus.statistics.released import releases
    from casestatus.web.asset_files import assets

    with database.reading() as session:
        for name in publish(settings.releases, session, keys, publisher):
            typer.echo(f"Published {name} in {settings.releases}.")
        anything = bool(releases(session))
    if out is not None and anything:
        mirror(settings.releases, out)
        write_pages(out, publisher, settings.service_name, assets())
        typer.echo(f"The whole site stands in {out} too.")


def tell_head(settings: "Settings") -> None:
    """One line stands for everything that was published: kept elsewhere, it shows when a folder is an older one."""
    from casestatus.statistics.publishing.agreeing import head_of

    if head := head_of(settings.releases):
        typer.echo(f"Head {head}: keep it elsewhere, for --head of the next cut and of release verify.")
