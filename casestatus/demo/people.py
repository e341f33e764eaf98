"""Staff members and systems of the small country. Their secrets are drawn anew for every demo and follow no seed."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from casestatus.access.clients import add_client
from casestatus.access.scopes import Scope
from casestatus.access.staff import add_staff_member
from casestatus.crypto import KeyRing
from casestatus.demo.country import Place
from casestatus.demo.planning import SHOWN_OFFICES, SHOWN_STATES
from casestatus.offices.models import Office, Role
from casestatus.settings import Limits

REGISTERED_UNDER = 3  # an office of its own, so that each shown office is named by one client: that which pushes
PUSHING = frozenset({Scope.UPDATES_WRITE, Scope.CASES_READ})
REGISTERING = frozenset({Scope.VICTIMS_WRITE, Scope.CASES_READ})  # in a system of its own, as an office should have it
KEPT_DAYS = 36_500  # a demo is opened again after any time


@dataclass(frozen=True, kw_only=True)
class DemoStaff:
    """A person who may sign in, and with what."""

    email: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    role: Role
    office_code: str | None


@dataclass(frozen=True, kw_only=True)
class DemoClient:
    """An office's system, and its secret."""

    client_id: UUID
    client_secret: str = field(repr=False)
    office_code: str
    scopes: frozenset[Scope]


@dataclass(frozen=True)
class People:
    """Everybody of the demo who isn't a victim."""

    staff: list[DemoStaff]
    clients: list[DemoClient]


def add_people(
    session: Session, places: Mapping[tuple[str, int], Place], *, keys: KeyRing, service_name: str, now: datetime
) -> People:
    """A clerk and a supervisor of each office whose victims have PINs, one person of each other role; their systems."""
    wanted = [(role, places[where]) for where in SHOWN_OFFICES for role in (Role.CLERK, Role.SUPERVISOR)]
    everybody: list[tuple[Role, Place | None]] = [*wanted, (Role.TRANSPARENCY, None), (Role.ADMIN, None)]
    pushing = [([places[where]], PUSHING) for where in SHOWN_OFFICES]
    registering = [
        (
            [places[letters, REGISTERED_UNDER], *(places[where] for where in SHOWN_OFFICES if where[0] == letters)],
            REGISTERING,
        )
        for letters in SHOWN_STATES
    ]
    return People(
        staff=[_staff(session, role, place, keys=keys, issuer=service_name, now=now) for role, place in everybody],
        clients=[_client(session, served, scopes, now=now) for served, scopes in [*pushing, *registering]],
    )


def _staff(
    session: Session, role: Role, place: Place | None, *, keys: KeyRing, issuer: str, now: datetime
) -> DemoStaff:
    where = place.office_code.lower() if place else "demo"
    email, password = f"{role.value}.{where}@casestatus.example", secrets.token_urlsafe(15)
    office = session.get_one(Office, place.desk.office_id) if place else None
    added = add_staff_member(
        session, keys, email=email, password=password, role=role, office=office, issuer=issuer, now=now
    )
    return DemoStaff(
        email=email,
        password=password,
        totp_secret=added.totp_secret,
        role=role,
        office_code=place.office_code if place else None,
    )


def _client(session: Session, served: Sequence[Place], scopes: frozenset[Scope], *, now: datetime) -> DemoClient:
    """A system of one institution's offices, shown under the first of them."""
    offices = [session.get_one(Office, place.desk.office_id) for place in served]
    limits = Limits(client_secret_days=KEPT_DAYS)
    name = f"Sistema de {', '.join(office.code for office in offices)}"
    added = add_client(session, offices, name=name, scopes=scopes, limits=limits, now=now)
    return DemoClient(
        client_id=added.client_id, client_secret=added.client_secret, office_code=offices[0].code, scopes=scopes
    )
