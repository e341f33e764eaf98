"""Staff members and systems of the small country. Their secrets are drawn anew for every demo and follow no seed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from casestatus.access.clients import add_client
from casestatus.access.scopes import Scope
from casestatus.access.staff import add_staff_member
from casestatus.crypto import KeyRing
from casestatus.demo.country import Place
from casestatus.demo.planning import SHOWN_OFFICES
from casestatus.offices.models import Office, Role
from casestatus.settings import Limits

REGISTRY = ("CMX", 3)  # its system may register victims; apart from those that push, as an office should have it
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
    pushing = [(places[where], frozenset({Scope.UPDATES_WRITE, Scope.CASES_READ})) for where in SHOWN_OFFICES]
    registry = (places[REGISTRY], frozenset({Scope.VICTIMS_WRITE, Scope.CASES_READ}))
    return People(
        staff=[_staff(session, role, place, keys=keys, issuer=service_name, now=now) for role, place in everybody],
        clients=[_client(session, place, scopes, now=now) for place, scopes in [*pushing, registry]],
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


def _client(session: Session, place: Place, scopes: frozenset[Scope], *, now: datetime) -> DemoClient:
    office = session.get_one(Office, place.desk.office_id)
    limits = Limits(client_secret_days=KEPT_DAYS)
    added = add_client(session, [office], name=f"Sistema de {office.code}", scopes=scopes, limits=limits, now=now)
    return DemoClient(
        client_id=added.client_id, client_secret=added.client_secret, office_code=office.code, scopes=scopes
    )
