"""Commands that register institutions, offices, people and systems. Secrets are shown once, here and nowhere else."""

import secrets
from typing import TYPE_CHECKING, Annotated

import typer

from casestatus.cli.opening import Refused, key_ring, ready_database_of, settings_from_environment

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from casestatus.access.scopes import Scope
    from casestatus.cases.stages import Stage
    from casestatus.offices.models import Office, Role

institution = typer.Typer(help="Fiscalías and Procuradurías.", no_args_is_help=True)
office = typer.Typer(help="Offices of an institution.", no_args_is_help=True)
staff = typer.Typer(help="People who work for an institution.", no_args_is_help=True)
client = typer.Typer(help="Offices' own computer systems.", no_args_is_help=True)

InstitutionCode = Annotated[str, typer.Option("--institution", help="the institution's code")]
Name = Annotated[str, typer.Option(help="as people read it")]


@institution.command("add")
def add_institution(code: Annotated[str, typer.Argument(help="short and unique, such as FGJCDMX")], name: Name) -> None:
    """Register an institution; case numbers are unique inside one."""
    from casestatus.offices import registering

    with ready_database_of(settings_from_environment()) as database, database.writing() as session:
        registering.add_institution(session, code=code, name=name, now=database.now())
    typer.echo(f"Added institution {code}.")


@office.command("add")
def add_office(
    code: Annotated[str, typer.Argument(help="unique in its institution, such as CUH-2")],
    institution: InstitutionCode,
    name: Name,
    time_zone: Annotated[str, typer.Option(help="IANA name")] = "America/Mexico_City",
    region: Annotated[str, typer.Option(help="INEGI's two digits of its state")] = "",
    phone: Annotated[str, typer.Option(help="the public telephone that pages show")] = "",
    hours: Annotated[str, typer.Option(help="when it is open, as pages show it")] = "",
) -> None:
    """Register an office of an institution."""
    from casestatus.offices import registering

    with ready_database_of(settings_from_environment()) as database, database.writing() as session:
        registering.add_office(
            session,
            registering.institution_named(session, institution),
            code=code,
            name=name,
            time_zone=time_zone,
            region=region,
            public_phone=phone,
            public_hours=hours,
            now=database.now(),
        )
    typer.echo(f"Added office {code} of {institution}.")


@office.command("set")
def set_office(
    code: Annotated[str, typer.Argument(help="the office's code")],
    institution: InstitutionCode,
    stale_after_days: Annotated[
        int | None, typer.Option(help="days without its signal after which pages say that information may be old")
    ] = None,
    stall: Annotated[
        list[str],
        typer.Option(metavar="STAGE=DAYS", help="its own alert days, such as CI01=30,60,90; CI01= for the usual ones"),
    ] = [],  # noqa: B006 - typer reads it and never changes it
) -> None:
    """Change what an office decides for itself: its silence limit, and when a line of a stage counts as stalled."""
    from casestatus.cases.stalls import set_thresholds
    from casestatus.offices import registering

    chosen = [_stall_days(each) for each in stall]
    with ready_database_of(settings_from_environment()) as database, database.writing() as session:
        found = registering.office_named(session, registering.institution_named(session, institution), code)
        if stale_after_days is not None:
            registering.set_silence(found, stale_after_days)
        for reached, days in chosen:
            set_thresholds(session, found.id, reached, days, now=database.now())
    typer.echo(f"Changed office {code} of {institution}.")


def _stall_days(text: str) -> "tuple[Stage, list[int]]":
    """`CI01=30,60,90` as a stage and its days."""
    from casestatus.cases.stages import Model, stage

    code, _, days = text.partition("=")
    try:
        return stage(Model(code[:2]), code), [int(each) for each in days.split(",") if each]
    except ValueError:
        raise typer.BadParameter("must look like CI01=30,60,90", param_hint="--stall") from None


@client.command("add")
def add_client(
    name: Annotated[str, typer.Argument(help="what the office calls this system")],
    institution: InstitutionCode,
    office: Annotated[list[str], typer.Option("--office", help="code of an office that it serves; may be repeated")],
    scope: Annotated[
        list[str],
        typer.Option("--scope", help="updates:write, cases:read, victims:write or history:write; may be repeated"),
    ],
) -> None:
    """Register an office's system and show its secret, once.

    Give victims:write to a system of its own: whoever holds it can issue PINs.
    """
    from casestatus.access import clients
    from casestatus.offices import registering

    scopes = _scopes(scope)
    settings = settings_from_environment()
    with ready_database_of(settings) as database, database.writing() as session:
        owner = registering.institution_named(session, institution)
        offices = [registering.office_named(session, owner, code) for code in office]
        added = clients.add_client(
            session, offices, name=name, scopes=scopes, limits=settings.limits, now=database.now()
        )
    typer.echo(f"client_id      {added.client_id}\nclient_secret  {added.client_secret}")
    typer.echo(f"The secret is shown this once and works for {settings.limits.client_secret_days} days.", err=True)


def _scopes(words: list[str]) -> frozenset["Scope"]:
    from casestatus.access.scopes import Scope, read_scopes

    try:
        return read_scopes(" ".join(words))
    except ValueError:
        raise typer.BadParameter(f"use one of {', '.join(Scope)}", param_hint="--scope") from None


@staff.command("add")
def add_staff(
    email: Annotated[str, typer.Argument(help="what she signs in with")],
    role: Annotated[
        str | None, typer.Option(help="clerk, supervisor, transparency or admin; the first person is an admin")
    ] = None,
    institution: Annotated[str | None, typer.Option(help="the institution's code, for a clerk or supervisor")] = None,
    office: Annotated[str | None, typer.Option(help="the office's code, for a clerk or supervisor")] = None,
) -> None:
    """Register a person, and show her password and the secret for her code application, once."""
    from casestatus.access.staff import add_staff_member

    settings = settings_from_environment()
    keys, password = key_ring(settings), secrets.token_urlsafe(15)
    with ready_database_of(settings) as database, database.writing() as session:
        added = add_staff_member(
            session,
            keys,
            email=email,
            password=password,
            role=_role(session, role),
            office=_office_of(session, role, institution, office),
            issuer=settings.service_name,
            now=database.now(),
        )
    typer.echo(f"password     {password}\ntotp secret  {added.totp_secret}\ntotp uri     {added.totp_uri}")
    typer.echo("These are shown this once.", err=True)


def _role(session: "Session", given: str | None) -> "Role":
    """The role asked for; the first person is an admin, who can then register the others."""
    from casestatus.offices.models import Role
    from casestatus.offices.registering import has_staff

    if given is not None and given not in set(Role):
        raise typer.BadParameter(f"use one of {', '.join(Role)}", param_hint="--role")
    if not has_staff(session):
        if given not in {None, Role.ADMIN}:
            raise Refused("the first person must be an admin.")
        return Role.ADMIN
    if given is None:
        raise typer.BadParameter("say which role she has", param_hint="--role")
    return Role(given)


def _office_of(session: "Session", role: str | None, institution: str | None, office: str | None) -> "Office | None":
    """Where she works: clerks and supervisors in one office, the others in none."""
    from casestatus.offices.registering import institution_named, office_named

    works_in_office = role in {"clerk", "supervisor"}
    if works_in_office != (office is not None) or works_in_office != (institution is not None):
        raise typer.BadParameter("a clerk or supervisor has --institution and --office, others have none")
    if institution is None or office is None:
        return None
    return office_named(session, institution_named(session, institution), office)
