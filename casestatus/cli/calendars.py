"""Commands about an office's calendar: its own days of rest, and the time limits that its lawyers have checked."""

from datetime import date, datetime
from typing import Annotated

import typer

from casestatus.cli.opening import Refused, ready_database_of, settings_from_environment

holiday = typer.Typer(help="An office's own days of rest.", no_args_is_help=True)

OfficeCode = Annotated[str, typer.Argument(help="the office's code")]
InstitutionCode = Annotated[str, typer.Option("--institution", help="the institution's code")]


@holiday.command("add")
def add_holiday(
    office: OfficeCode,
    institution: InstitutionCode,
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="the first day, as 2026-12-21")],
    name: Annotated[str, typer.Option(help="why, such as the winter rest")],
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="the last day, if there are more")
    ] = None,
) -> None:
    """Days on which an office rests, beside weekends and the days of rest by law: no time limit counts them."""
    from casestatus.offices import calendars, registering

    days = _days(day.date(), until.date() if until else day.date())
    with ready_database_of(settings_from_environment()) as database, database.writing() as session:
        owner = registering.office_named(session, registering.institution_named(session, institution), office)
        for each in days:
            calendars.add_holiday(session, owner, day=each, name=name)
    typer.echo(f"{office} of {institution} rests on {len(days)} more days, from {days[0]} to {days[-1]}.")


@holiday.command("remove")
def remove_holiday(
    office: OfficeCode,
    institution: InstitutionCode,
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="the first day, as 2026-12-21")],
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="the last day, if there are more")
    ] = None,
) -> None:
    """Take back days of rest that were told by mistake: time limits count them again."""
    from casestatus.offices import calendars, registering

    days = _days(day.date(), until.date() if until else day.date())
    with ready_database_of(settings_from_environment()) as database, database.writing() as session:
        owner = registering.office_named(session, registering.institution_named(session, institution), office)
        removed = calendars.remove_holidays(session, owner, days=days)
    if not removed:
        raise Refused(f"{office} of {institution} has no day of rest of its own from {days[0]} to {days[-1]}.")
    typer.echo(f"{office} of {institution} works on {removed} more days, from {days[0]} to {days[-1]}.")


def check_right(
    right: Annotated[str, typer.Argument(help="the right's name in rights.toml, such as judicial_review")],
    office: Annotated[str, typer.Option("--office", help="the office's code")],
    institution: InstitutionCode,
) -> None:
    """Note that a lawyer of the office has checked a right's time limits: its dates are told as checked from now on.

    All of them at once, as they are printed: also the one that holds only after another stage.
    """
    from casestatus.cases.office_calendars import read_calendar
    from casestatus.offices import calendars, registering

    with ready_database_of(settings_from_environment()) as database, database.writing() as session:
        owner = registering.office_named(session, registering.institution_named(session, institution), office)
        calendar = read_calendar(session, owner.id)
        limits = _limits(right, calendar.region)
        calendars.note_checked(session, owner, right=right, rule=limits, checked_on=calendar.today(database.now()))
    typer.echo(f"Checked for {office} of {institution}: {right}, {limits}.")


def _days(first: date, last: date) -> list[date]:
    if not 0 <= (last - first).days < 366:
        raise typer.BadParameter("must lie within a year after --day", param_hint="--until")
    return [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]


def _limits(right: str, region: str) -> str:
    from casestatus.cases.rights import rights

    found = rights().get(right)
    limits = found.limits_in(region) if found else ""
    if not limits:
        limited = ", ".join(code for code, each in rights().items() if each.deadline)
        raise typer.BadParameter(f"use a right that has a time limit: {limited}", param_hint="RIGHT")
    return limits
