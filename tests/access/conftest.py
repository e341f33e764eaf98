import secrets
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from casestatus.access.hashing import HashingRoom
from casestatus.access.pins import CaseSecret, draw_access, issue_access
from casestatus.access.sign_in import Door
from casestatus.cases.crimes import RiskTier
from casestatus.cases.models import Case, NumberKind
from casestatus.cases.numbers import new_folio, readings
from casestatus.cases.registering import add_number, open_case
from casestatus.cases.stages import Model
from casestatus.crypto import KeyRing
from casestatus.database import Database, new_id
from casestatus.offices.models import Office
from casestatus.offices.registering import add_institution, add_office
from casestatus.settings import Limits
from casestatus.victims.folios import folio_key
from casestatus.victims.models import Victim
from tests.access.knocking import COURT_NUMBER, NUMBER


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing.generate()


@pytest.fixture
def limits() -> Limits:
    return Limits(_env_file=None)


@pytest.fixture
def door(database: Database, keys: KeyRing, limits: Limits) -> Door:
    room = HashingRoom(places=limits.hashing_at_once, queue=limits.hashing_queue)
    return Door(database=database, keys=keys, limits=limits, pin_digits=10, hashing=room)


@dataclass(frozen=True)
class Person:
    """A victim of the test, and what her letter says."""

    id: UUID
    case_id: UUID
    folio: str
    pin: str
    backup_key: str


class Country:
    """Makes institutions, cases and victims in the test's database."""

    def __init__(self, database: Database, keys: KeyRing) -> None:
        self.database, self.keys = database, keys

    def office(self, code: str = "FGJ") -> Office:
        now = self.database.now()
        with self.database.writing() as session:
            institution = add_institution(session, code=code, name=code, now=now)
            office = add_office(
                session, institution, code="CUH-2", name="CUH-2", time_zone="America/Mexico_City", now=now
            )
            session.expunge_all()
        return office

    def case(self, office: Office, *numbers: str, case: Case | None = None) -> Case:
        now = self.database.now()
        with self.database.writing() as session:
            case = case or open_case(
                session,
                institution_id=office.institution_id,
                office_id=office.id,
                model=Model.CI,
                opened_on=date(2026, 4, 2),
                now=now,
            )
            for number in numbers:
                add_number(session, case, readings(number)[0], kind=NumberKind.OFFICIAL, keys=self.keys, now=now)
            session.flush()
            session.expunge_all()
        return case

    def victim(self, case: Case, *, now: datetime | None = None) -> Person:
        now = now or self.database.now()
        drawn = draw_access(self.keys, CaseSecret(case.id, case.pin_salt), pin_digits=10)
        with self.database.writing() as session:
            victim, folio = self._registered(session, case, now)
            issue_access(session, self.keys, victim, drawn, draw_again=lambda: drawn, now=now)
            return Person(victim.id, case.id, folio, drawn.pin, drawn.backup_key)

    def crowd(self, case: Case, size: int) -> None:
        """Victims whose PINs nobody knows: tags of the right shape."""
        with self.database.writing() as session:
            for _ in range(size):
                victim, _ = self._registered(session, case, self.database.now())
                victim.pin_tag, victim.backup_tag = secrets.token_bytes(32), secrets.token_bytes(32)
                victim.pin_issued_at = self.database.now()

    def _registered(self, session: Session, case: Case, now: datetime) -> tuple[Victim, str]:
        folio, victim_id = new_folio(secrets.randbelow), new_id()
        victim = Victim(
            id=victim_id,
            case_id=case.id,
            folio=self.keys.seal(folio, table="victim", column="folio", id=victim_id),
            folio_key=folio_key(self.keys, folio),
            language="es",
            risk_tier=RiskTier.ORDINARY,
            created_at=now,
        )
        session.add(victim)
        session.flush()
        return victim, folio


@pytest.fixture
def country(database: Database, keys: KeyRing) -> Country:
    return Country(database, keys)


@pytest.fixture
def office(country: Country) -> Office:
    return country.office()


@pytest.fixture
def case(country: Country, office: Office) -> Case:
    return country.case(office, NUMBER, COURT_NUMBER)


@pytest.fixture
def ana(country: Country, case: Case) -> Person:
    return country.victim(case)
