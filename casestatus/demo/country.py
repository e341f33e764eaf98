"""Institutions and offices of the small country."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.demo.places import State
from casestatus.demo.planning import OFFICES_A_STATE
from casestatus.demo.rows import Desk
from casestatus.offices.models import Heartbeat, Office
from casestatus.offices.registering import add_institution, add_office, import_source

WEEKDAYS = "Lunes a viernes, 9:00 a 18:00"


@dataclass(frozen=True, kw_only=True)
class Place:
    """An office, and how updates reach it."""

    desk: Desk
    office_code: str
    zone: str


def add_country(session: Session, states: Sequence[State], *, now: datetime) -> dict[tuple[str, int], Place]:
    """A Fiscalía for each state, with its offices; by the state's letters and the office's ordinal."""
    places = {}
    for state in states:
        institution = add_institution(session, code=f"FG-{state.letters}", name=state.institution, now=now)
        source = import_source(session, institution.id, now=now)
        for ordinal, where in enumerate(OFFICES_A_STATE, 1):
            office = add_office(
                session,
                institution,
                code=f"{state.letters}-{ordinal}",
                name=f"Unidad de Investigación {where}",
                time_zone=state.zone,
                region=state.region,
                public_phone=f"800 000 {state.region}{ordinal:02d}",  # nobody's
                public_hours=WEEKDAYS,
                now=now,
            )
            desk = Desk(institution_id=institution.id, office_id=office.id, source_id=source.id)
            places[state.letters, ordinal] = Place(desk=desk, office_code=office.code, zone=state.zone)
    return places


def give_sign_of_life(session: Session, *, now: datetime) -> None:
    """Today's heartbeat of every office, as their systems would send it."""
    for office in session.scalars(select(Office)):
        today = now.astimezone(ZoneInfo(office.time_zone)).date()
        if session.get(Heartbeat, (office.id, today)) is None:
            session.add(Heartbeat(office_id=office.id, seen_on=today, seen_at=now))
