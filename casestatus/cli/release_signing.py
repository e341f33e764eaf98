"""Whoever publishes signs with address, password and code: two people where the service has two for it."""

from typing import TYPE_CHECKING

import typer

from casestatus.cli.opening import Refused

if TYPE_CHECKING:
    from uuid import UUID

    from casestatus.crypto import KeyRing
    from casestatus.database import Database
    from casestatus.settings import Settings
    from casestatus.statistics.officers import Officers

SIGNERS = (
    "not asked for: the service has no transparency officer",
    "the transparency officer signs each cut, withdrawal, recount and merger",
    "two transparency officers sign each cut, withdrawal, recount and merger",
)


def number_of_officers(database: "Database") -> int:
    from casestatus.access.staff_proof import active_members
    from casestatus.offices.models import Role

    with database.reading() as session:
        return len(active_members(session, Role.TRANSPARENCY))


def own_public_keys(settings: "Settings") -> bytes | None:
    """The keys under which our releases verify; None where the key ring isn't: on a host that only serves or checks."""
    from casestatus.crypto import KeyRing, KeyRingUnusable
    from casestatus.statistics.publishing.signing import key_set

    try:
        return key_set(KeyRing.load(settings.keys))
    except KeyRingUnusable:
        return None


def signed(database: "Database", settings: "Settings", keys: "KeyRing") -> "Officers":
    """Whoever may publish signs with address, password and code: two people where there are two, one where she is the
    only one, and nobody where the service has no transparency officer yet.
    """
    from casestatus.statistics.officers import Officers

    officers = number_of_officers(database)
    if not officers:
        return Officers()
    first = _officer(database, settings, keys, "The officer who publishes")
    if officers == 1:
        return Officers(signed_by=first)
    second = _officer(database, settings, keys, "The second officer, who confirms")
    if first == second:
        raise Refused("a second person must confirm, not the same one twice.")
    return Officers(signed_by=first, confirmed_by=second)


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
