"""Commands of the transparency officer: where the releases stand, cutting, withdrawing and checking them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casestatus.cli.opening import REFUSED, Refused, key_ring, ready_database_of, settings_from_environment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from decimal import Decimal
    from uuid import UUID

    from casestatus.crypto import KeyRing
    from casestatus.database import Database
    from casestatus.settings import Settings
    from casestatus.statistics.cutting import Officers
    from casestatus.statistics.publishing.catalogue import Publisher
    from casestatus.statistics.rows import Draw, Ledger, Published, Release
    from casestatus.statistics.status import Planned

SIGNERS = (
    "not asked for: the service has no transparency officer",
    "the transparency officer signs each cut, withdrawal and merger",
    "two transparency officers sign each cut, withdrawal and merger",
)

release = typer.Typer(help="Open data: releases of statistics. See docs/release_guide.md.", no_args_is_help=True)


@release.command("status")
def status() -> None:
    """Which months may close, how complete their feeds were, what a cut would publish, and what it costs.

    No count is shown and nothing is drawn on trial: nobody sees a number before everybody does.
    """
    from casestatus.statistics.publishing.folder import chain_of
    from casestatus.statistics.status import standing

    settings = settings_from_environment()
    folder = chain_of(settings.releases)
    with ready_database_of(settings) as database:
        with database.reading() as session:
            drawn = [each.draw for entry in folder for each in entry.draws]
            found = standing(session, now=database.now(), published=drawn)
        officers = _number_of_officers(database)
    typer.echo(f"May close now   {', '.join(found.closable) or 'no month'}")
    if found.next_month:
        typer.echo(f"Next            {found.next_month}, from {found.next_closes_on}")
    _tell_coverage(found.coverage)
    _tell_planned(found.planned)
    _tell_ledger("Spent", found.spent)
    if found.closable:
        _tell_ledger("After the cut", found.after)
    typer.echo(f"Confirmation    {SIGNERS[min(officers, 2)]}")
    for each in found.releases:
        ended = f", withdrawn on {each.withdrawn_at:%Y-%m-%d}: {each.reason}" if each.withdrawn_at else ""
        typer.echo(f"Release         {each.name}, cut on {each.cut_at:%Y-%m-%d}{ended}")
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
        known = _take_up(database, settings, keys, also=[out] if out else [], head=head)
        sure = folder_lost or bool(known) or settings.in_demo
        made = _cut(database, settings, keys, known, month=month, edition=edition, sure=sure)
        _publish(database, settings, keys, publisher, out=out)
    _tell_head(settings)
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
    from casestatus.statistics.withdrawing import withdraw as withdraw_release

    settings = settings_from_environment()
    keys, publisher = key_ring(settings), publisher_of(settings)
    with ready_database_of(settings) as database:
        _take_up(database, settings, keys)
        _signed(database, settings, keys)
        with database.writing() as session:
            withdraw_release(session, name, reason=reason, now=database.now())
        _publish(database, settings, keys, publisher, out=None)
    _tell_head(settings)
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

    It needs neither database nor key ring: the public keys are in the folder, or in --jwks.
    """
    from casestatus.statistics.publishing.verifying import findings

    folder = folder or settings_from_environment().releases
    if not folder.is_dir():
        raise Refused(f"there is no folder {folder}.")
    if jwks is not None and not jwks.is_file():
        raise Refused(f"there is no file {jwks}.")
    wrong = 0
    for finding in findings(folder, jwks.read_bytes() if jwks else None, head):
        wrong += 1
        typer.echo(finding, err=True)
    if wrong:
        raise typer.Exit(REFUSED)
    typer.echo("Everything holds: files, checksums, signatures, chain, rows and ledger.")


@release.command("merge")
def merge(
    office: Annotated[str, typer.Argument(help="the small office's code")],
    institution: Annotated[str, typer.Option("--institution", help="the institution's code")],
    into: Annotated[str, typer.Option(help="the office under whose code it is published from now on")],
    reason: Annotated[str, typer.Option(help="the population, or the published numbers, that it was decided on")],
) -> None:
    """Publish a small office under another, from the next closed month on, for ever. Never decide it on true counts."""
    from casestatus.offices.registering import institution_named, office_named
    from casestatus.statistics.published_offices import merge_office

    settings = settings_from_environment()
    with ready_database_of(settings) as database:
        _signed(database, settings, key_ring(settings))
        with database.writing() as session:
            owner = institution_named(session, institution)
            small, large = (office_named(session, owner, code) for code in (office, into))
            merge_office(session, small, large, reason=reason, now=database.now())
    typer.echo(f"{office} will be published under {into}, from the next closed month on.")


def _take_up(
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


def _cut(
    database: "Database",
    settings: "Settings",
    keys: "KeyRing",
    known: "Iterable[Published]",
    *,
    month: str | None,
    edition: int,
    sure: bool,
) -> "Release | None":
    """`sure`: the folder may be believed when it holds nothing that this database doesn't know."""
    from casestatus.statistics.closing import closable_months, read_month
    from casestatus.statistics.cutting import correct_month, cut_months

    if edition == 2 and month is None:
        raise typer.BadParameter("name the month that --edition 2 corrects", param_hint="--month")
    until, now = read_month(month) if month else None, database.now()
    drawn: Collection[Draw] = {draw for each in known for draw in each.release.draws}
    if edition == 1:
        with database.reading() as session:
            if not closable_months(session, now=now, until=until):
                return None
    if not sure:
        _require_no_release(database)
    officers = _signed(database, settings, keys)
    with database.writing() as session:
        if edition == 2 and until is not None:
            return correct_month(session, until, keys=keys, now=now, published=drawn, officers=officers)
        return cut_months(session, keys=keys, now=now, until=until, published=drawn, officers=officers)


def _require_no_release(database: "Database") -> None:
    """A database restored from before a cut must find what was published since; an empty folder may be a wrong one."""
    from casestatus.statistics.released import releases

    with database.reading() as session:
        if releases(session):
            raise Refused(
                "this database has published, but the folder of releases holds nothing: is CASESTATUS_RELEASES right? "
                "A restored database would draw numbers twice that are public already. "
                "If the folder is gone for good and the database was never restored from a backup: --folder-lost."
            )


def _publish(
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


def _tell_head(settings: "Settings") -> None:
    """One line stands for everything that was published: kept elsewhere, it shows when a folder is an older one."""
    from casestatus.statistics.publishing.agreeing import head_of

    if head := head_of(settings.releases):
        typer.echo(f"Head {head}: keep it elsewhere, for --head of the next cut and of release verify.")


def _number_of_officers(database: "Database") -> int:
    from casestatus.access.staff_proof import active_members
    from casestatus.offices.models import Role

    with database.reading() as session:
        return len(active_members(session, Role.TRANSPARENCY))


def _signed(database: "Database", settings: "Settings", keys: "KeyRing") -> "Officers":
    """Whoever may publish signs with address, password and code: two people where there are two, one where she is the
    only one, and nobody where the service has no transparency officer yet.
    """
    from casestatus.statistics.cutting import Officers

    officers = _number_of_officers(database)
    if not officers:
        return Officers()
    first = _officer(database, settings, keys, "The officer who publishes")
    if officers == 1:
        return Officers(cut_by=first)
    second = _officer(database, settings, keys, "The second officer, who confirms")
    if first == second:
        raise Refused("a second person must confirm, not the same one twice.")
    return Officers(cut_by=first, confirmed_by=second)


def _officer(database: "Database", settings: "Settings", keys: "KeyRing", who: str) -> "UUID":
    """Counts the try for good before anything is compared."""
    from casestatus.access.staff_proof import count_proof_try, proven
    from casestatus.offices.models import Role

    typer.echo(f"{who}:")
    email = typer.prompt("  e-mail")
    password = typer.prompt("  password", hide_input=True)
    code = typer.prompt("  code")
    role, now = Role.TRANSPARENCY, database.now()
    with database.writing() as session:
        count_proof_try(session, keys, email, settings.limits, now=now)
    with database.writing() as session:
        return proven(session, keys, email=email, password=password, code=code, role=role, now=now).id


def _tell_coverage(coverage: "Iterable[tuple[str, str, Decimal]]") -> None:
    """How many offices of each month were heard of every day, and which were not."""
    by_month: dict[str, list[tuple[str, Decimal]]] = {}
    for month, office, share in coverage:
        by_month.setdefault(month, []).append((office, share))
    for month, offices in by_month.items():
        partial = [f"{office} {share}" for office, share in offices if share < 1]
        some = f"; not: {', '.join(partial[:6])}{' …' if len(partial) > 6 else ''}" if partial else ""
        typer.echo(f"Coverage        {month}: {len(offices) - len(partial)} of {len(offices)} offices complete{some}")


def _tell_planned(planned: "Iterable[Planned]") -> None:
    by_period: dict[str, list[str]] = {}
    for each in planned:
        by_period.setdefault(each.draw.period, []).append(f"{each.draw.table} {each.cells}")
    for period, tables in by_period.items():
        typer.echo(f"Would publish   {period}: {', '.join(tables)} cells")


def _tell_ledger(when: str, spent: "Ledger") -> None:
    epsilon = ", ".join(f"epsilon {value} at delta {delta}" for delta, value in spent.epsilon)
    typer.echo(f"{when:<16}rho {spent.bound} of at most {spent.limit} ({epsilon})")
