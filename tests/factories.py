"""What tests arrange: an institution with an office and a source, updates, and victims. All numbers are made up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.intake.admitting import admit
from casestatus.intake.receiving import receive
from casestatus.intake.registration import GivenAccess, Registration
from casestatus.intake.sender import Sender, ServedOffice
from casestatus.intake.update import Receipt, read_update
from casestatus.offices.models import Heartbeat, Institution, Office, Source, SourceKind

NUMBER = "CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026"
ZONE = "America/Mexico_City"
NO_DELAY = timedelta(0)


@dataclass(frozen=True)
class World:
    """One institution with one office, and the source that writes for it."""

    database: Database
    keys: KeyRing
    institution_id: UUID
    office_id: UUID
    sender: Sender

    @property
    def today(self) -> date:
        return self.database.now().astimezone(ZoneInfo(ZONE)).date()

    def push(self, source_id: str, stage: str, /, **fields: Any) -> Receipt:
        """An update of the one case, dated today unless told otherwise."""
        return self.push_new(source_id, stage, **fields)[0]

    def push_new(self, source_id: str, stage: str, /, **fields: Any) -> tuple[Receipt, bool]:
        update = read_update(update_content(source_id, stage, today=self.today) | fields)
        return receive(self.database, update, self.sender, keys=self.keys, delay=NO_DELAY)

    def admit(self, **fields: Any) -> GivenAccess:
        """A victim of the one case with an SMS contact to which notices may go now."""
        contact = {"channel": "sms", "address": "55 1234 5678", "safe": True, "hours": "00:00-24:00"}
        content = {
            "case_number": NUMBER,
            "proceedings": [1],
            "contacts": [contact | {"confirmed_in_person": True}],
        }
        registration = Registration.model_validate(content | fields)
        return admit(self.database, registration, self.sender, keys=self.keys, pin_digits=10, safe_days=90)


def feed_lives(world: World, office_id: UUID | None = None) -> None:
    """The office's feed is alive on every day of a test that lets days pass."""
    with world.database.writing() as session:
        always = date(2099, 12, 31)
        session.add(Heartbeat(office_id=office_id or world.office_id, seen_on=always, seen_at=world.database.now()))


def update_content(source_id: str, stage: str, *, today: date) -> dict[str, Any]:
    """A complete update, as an office's system would send it."""
    return {
        "source_id": source_id,
        "case_number": NUMBER,
        "model": stage[:2],
        "stage": stage,
        "occurred_on": today.isoformat(),
        "office": "CUH-2",
        "crime": "rnid2026.robo-a-negocio",
        "opened_on": (today - timedelta(days=30)).isoformat(),
    }


def make_world(database: Database, keys: KeyRing, *, code: str = "FGJ-1") -> World:
    """A world in an empty database."""
    now = database.now()
    with database.writing() as session:
        institution = add_institution(session, code, now)
        office = add_office(session, institution.id, "CUH-2", now)
        source = Source(institution_id=institution.id, kind=SourceKind.IMPORT, name="a file", created_at=now)
        session.add(source)
        session.flush()
        served = ServedOffice(id=office.id, code=office.code, zone=ZoneInfo(office.time_zone))
        sender = Sender(
            source_id=source.id, institution_id=institution.id, offices={office.code: served}, may_load_history=True
        )
        return World(database, keys, institution.id, office.id, sender)


def add_institution(session: Session, code: str, now: datetime) -> Institution:
    institution = Institution(code=code, name=f"Fiscalía de prueba {code}", created_at=now)
    session.add(institution)
    session.flush()
    return institution


def add_office(session: Session, institution_id: UUID, code: str, now: datetime) -> Office:
    office = Office(institution_id=institution_id, code=code, name=f"Agencia {code}", time_zone=ZONE, created_at=now)
    session.add(office)
    session.flush()
    return office
