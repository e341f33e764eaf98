"""Commands of the transparency officer: where the releases stand, cutting, withdrawing and checking them."""

from pathlib import Path
from typing import Annotated

import typer

from casestatus.cli.opening import REFUSED, Refused, key_ring, ready_database_of, settings_from_environment
from casestatus.cli.release_recount import recount_as_typed, source_ids_in
from casestatus.cli.release_signing import SIGNERS, number_of_officers, own_public_keys, signed
from casestatus.cli.release_status import tell_coverage, tell_ledger, tell_planned, tell_recounts
from casestatus.cli.release_steps import cut_or_correct, publish_all, require_folder, take_up, tell_head

release = typer.Typer(help="Open data: releases of statistics. See docs/release_guide.md.", no_args_is_help=True)


@release.command("status")
def status() -> None:
    """Which months may close, how complete their feeds were, what a cut would publish, and what it costs.

    No count is shown and nothing is drawn on trial: nobody sees a number before everybody does.
    """
    from casestatus.statistics.ledger import Cost
    from casestatus.statistics.publishing.folder import chain_of
    from casestatus.statistics.recounting import recounts
    from casestatus.statistics.status import standing

    settings = settings_from_environment()
    folder = chain_of(settings.releases)
    with ready_database_of(settings) as database:
        with database.reading() as session:
            spent = [Cost(each.draw, each.events, each.sigma) for entry in folder for each in entry.draws]
            found = standing(session, now=database.now(), published=spent)
            recounted = recounts(session)
        officers = number_of_officers(database)
    typer.echo(f"May close now   {', '.join(found.closable) or 'no month'}")
    if found.next_month:
        typer.echo(f"Next            {found.next_month}, from {found.next_closes_on}")
    tell_coverage(found.coverage)
    tell_planned(found.planned)
    tell_ledger("Spent", found.spent)
    if found.closable:
        tell_ledger("After the cut", found.after)
    typer.echo(f"Confirmation    {SIGNERS[min(officers, 2)]}")
    for each in found.releases:
        ended = f", withdrawn on {each.withdrawn_at:%Y-%m-%d}: {each.reason}" if each.withdrawn_at else ""
        typer.echo(f"Release         {each.name}, cut on {each.cut_at:%Y-%m-%d}{ended}")
    tell_recounts(recounted)
    for entry in folder:
        if entry.name == entry.release and entry.name not in {each.name for each in found.releases}:
            typer.echo(f"Published       {entry.name}, unknown to this database: the next cut takes it up, never anew")


@release.command("cut")
def cut(
    month: Annotated[
        str | None, typer.Option(help="the last month to close, as 2026-10 (default: all that may)")
    ] = None,
    edition: Annotated[
        int, typer.Option(min=1, max=2, help="2 corrects the --month that is published, once for ever")
    ] = 1,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="write the whole static site here too")] = None,
    folder_lost: Annotated[
        bool, typer.Option("--folder-lost", help="the folder of releases is gone for good, and this database is whole")
    ] = False,
    head: Annotated[
        str | None, typer.Option(metavar="SHA256", help="what the last cut told to keep: draw nothing without it")
    ] = None,
) -> None:
    """Close the months that may, put noise on every count once, store and publish that. Safe to repeat and interrupt.

    A month that was published stays as it is; a run that was stopped is finished by the next with the same bytes.
    """
    from casestatus.statistics.publishing.publish import publisher_of, require_extra

    require_extra()
    settings = settings_from_environment()
    keys, publisher = key_ring(settings), publisher_of(settings)
    with ready_database_of(settings) as database:
        known = take_up(database, settings, keys, also=[out] if out else [], head=head)
        made = cut_or_correct(database, settings, keys, known, month=month, edition=edition, folder_lost=folder_lost)
        publish_all(database, settings, keys, publisher, out=out)
    tell_head(settings)
    if made is None:
        typer.echo("No further month may close.")
    else:
        typer.echo(f"Cut {made.name}: {len(made.draws)} tables, {len(made.months)} months in all.")


@release.command("withdraw")
def withdraw(
    name: Annotated[str, typer.Argument(metavar="RELEASE", help="as release status names it")],
    reason: Annotated[str, typer.Option(help="what was wrong, in words that everybody will read")],
) -> None:
    """Withdraw a wrong release: its page says when and why from then on. Nothing is replaced in silence."""
    from casestatus.statistics.publishing.publish import publisher_of
    from casestatus.statistics.withdrawing import require_withdrawable
    from casestatus.statistics.withdrawing import withdraw as withdraw_release

    settings = settings_from_environment()
    keys, publisher = key_ring(settings), publisher_of(settings)
    with ready_database_of(settings) as database:
        require_folder(database, settings, take_up(database, settings, keys))
        with database.reading() as session:
            require_withdrawable(session, name, reason=reason)
        officers = signed(database, settings, keys)
        with database.writing() as session:
            withdraw_release(session, name, reason=reason, now=database.now(), officers=officers)
        publish_all(database, settings, keys, publisher, out=None)
    tell_head(settings)
    typer.echo(f"Withdrew {name}. Its page tells the reason.")


@release.command("verify")
def verify(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="a folder of releases (default: ours, CASESTATUS_RELEASES)")
    ] = None,
    jwks: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="public keys that you kept from elsewhere (default: those in the folder)"),
    ] = None,
    head: Annotated[
        str | None, typer.Option(metavar="SHA256", help="a head that you kept: an older folder doesn't hold it")
    ] = None,
) -> None:
    """Check every file, checksum and signature in DIR, the chain of releases, their rows and the ledger.

    It needs neither database nor key ring: the public keys are in the folder, or in --jwks. Our own folder is checked
    against the key ring's, where that is.
    """
    from casestatus.statistics.publishing.verifying import findings

    if jwks is not None and not jwks.is_file():
        raise Refused(f"there is no file {jwks}.")
    keys = jwks.read_bytes() if jwks else None
    if folder is None:
        settings = settings_from_environment()
        folder, keys = settings.releases, keys or own_public_keys(settings)
    if not folder.is_dir():
        raise Refused(f"there is no folder {folder}.")
    wrong = 0
    for finding in findings(folder, keys, head):
        wrong += 1
        typer.echo(finding, err=True)
    if wrong:
        raise typer.Exit(REFUSED)
    typer.echo("Everything holds: files, checksums, signatures, chain, rows and ledger.")
    if keys is None:
        typer.echo("Signatures were checked by the keys in the folder itself. Whose they are, --jwks FILE tells.")


@release.command("merge")
def merge(
    office: Annotated[str, typer.Argument(help="the small office's code")],
    institution: Annotated[str, typer.Option("--institution", help="the institution's code")],
    into: Annotated[str, typer.Option(help="the office under whose code it is published from now on")],
    reason: Annotated[str, typer.Option(help="the population, or the published numbers, that it was decided on")],
) -> None:
    """Publish a small office under another, from the next closed month on, for ever. Never decide it on true counts."""
    from casestatus.offices.models import Office
    from casestatus.offices.registering import institution_named, office_named
    from casestatus.statistics.published_offices import merge_office

    settings = settings_from_environment()
    with ready_database_of(settings) as database:
        with database.reading() as session:
            owner = institution_named(session, institution)
            named = [office_named(session, owner, code).id for code in (office, into)]
        officers = signed(database, settings, key_ring(settings))
        with database.writing() as session:
            small, large = (session.get_one(Office, each) for each in named)
            merge_office(session, small, large, reason=reason, now=database.now(), officers=officers)
    typer.echo(f"{office} will be published under {into}, from the next closed month on.")


@release.command("recount")
def recount(
    month: Annotated[str, typer.Argument(help="the month in which it was counted wrong, as 2026-10")],
    institution: Annotated[str, typer.Option("--institution", help="the institution's code")],
    reason: Annotated[
        str, typer.Option(help="what went wrong, for those who check it later: not published; nobody's name or number")
    ],
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="a CSV whose column source_id names the updates that were wrong")
    ] = None,
    office: Annotated[str | None, typer.Option(help="instead of FILE: all that was counted at this office")] = None,
    into: Annotated[
        str | None, typer.Option(help="the office at which they count (default: they count nowhere)")
    ] = None,
) -> None:
    """Count a month's wrong updates elsewhere or not at all, when it is cut: as edition 2 if it is published.

    Only for mistakes of method. How many counts these are is not told.
    """
    from casestatus.statistics.closing import read_month

    if (file is None) == (office is None):
        raise typer.BadParameter("name the wrong updates by --file or by --office", param_hint="--file")
    settings, source_ids, month = settings_from_environment(), source_ids_in(file), read_month(month)
    keys = key_ring(settings)
    with ready_database_of(settings) as database:
        recount_as_typed(
            database,
            settings,
            keys,
            month,
            institution=institution,
            office=office,
            source_ids=source_ids,
            into=into,
            reason=reason,
        )
