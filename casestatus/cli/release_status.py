"""What `release status` says of where the releases stand: months, coverage, sizes and the ledger, never a count."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from casestatus.statistics.recounting import Told
    from casestatus.statistics.rows import Ledger
    from casestatus.statistics.status import Planned


def tell_coverage(coverage: "Iterable[tuple[str, str, Decimal]]") -> None:
    """How many offices of each month were heard of every day, and which were not: those to ask first, first."""
    by_month: dict[str, list[tuple[str, Decimal]]] = {}
    for month, office, share in coverage:
        by_month.setdefault(month, []).append((office, share))
    for month, offices in by_month.items():
        least = sorted(offices, key=lambda each: each[1])
        partial = [f"{office} {share}" for office, share in least if share < 1]
        some = f"; not: {', '.join(partial[:6])}{' …' if len(partial) > 6 else ''}" if partial else ""
        typer.echo(f"Coverage        {month}: {len(offices) - len(partial)} of {len(offices)} offices complete{some}")


def tell_planned(planned: "Iterable[Planned]") -> None:
    by_period: dict[str, list[str]] = {}
    for each in planned:
        by_period.setdefault(each.draw.period, []).append(f"{each.draw.table} {each.cells}")
    for period, tables in by_period.items():
        typer.echo(f"Would publish   {period}: {', '.join(tables)} cells")


def tell_ledger(when: str, spent: "Ledger") -> None:
    epsilon = ", ".join(f"epsilon {value} at delta {delta}" for delta, value in spent.epsilon)
    typer.echo(f"{when:<16}rho {spent.bound} of at most {spent.limit} ({epsilon})")


def tell_recounts(recounts: "Iterable[Told]") -> None:
    """What the officers had counted otherwise, and why."""
    for each in recounts:
        what, where = each.office or "a file's updates", f"at {each.into}" if each.into else "nowhere"
        typer.echo(f"Recounted       {each.month}, on {each.decided_at:%Y-%m-%d}: {what} counts {where}: {each.reason}")
