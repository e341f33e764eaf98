"""The database that is measured on: the demo's made-up country, as large as asked, with messages and open sessions."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from casestatus.access.victim_sessions import open_session
from casestatus.cases.models import CaseNumber, NumberKind
from casestatus.crypto import KeyRing
from casestatus.database import Database, migrate, new_id
from casestatus.demo.building import IssuedVictim, Order, build_cases, issue_pins
from casestatus.demo.country import add_country, give_sign_of_life
from casestatus.demo.places import states
from casestatus.notices.models import AttemptState, DeliveryAttempt, Notice, NoticeKind, NoticeState
from casestatus.settings import Limits, Settings
from casestatus.victims.addresses import address_key
from casestatus.victims.models import Channel, Contact, Victim

SEED = 20
MESSAGES_EACH = 3
NOBODYS = "+525500{number:06d}"  # subscriber numbers that begin with 0 don't exist in Mexico's numbering plan
ZONE = "America/Mexico_City"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Credentials:
    """What a victim types."""

    case_number: str
    pin: str


@dataclass(frozen=True)
class Sample:
    """A database file with its keys, and who can sign in."""

    folder: Path
    database: Database
    keys: KeyRing
    victims: tuple[Credentials, ...]

    @property
    def path(self) -> Path:
        return self.folder / "casestatus.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings with which `casestatus serve` serves it."""
        return {
            "CASESTATUS_ENVIRONMENT": "demo",
            "CASESTATUS_DATABASE_URL": self.url,
            "CASESTATUS_KEYS": str(self.folder / "keys.json"),
        }


def build_sample(folder: Path, *, cases: int, issued: int, tell: Tell) -> Sample:
    """A new database of so many cases, of whose victims `issued` have a PIN (at most the demo's 60)."""
    url = f"sqlite:///{folder / 'casestatus.db'}"
    keys = KeyRing.generate()
    keys.write(folder / "keys.json")
    migrate(url)
    database = Database(url)
    victims = _fill(database, keys, cases=cases, issued=issued, tell=tell)
    known = tuple(Credentials(each.case_number, each.drawn.pin) for each in victims)
    return Sample(folder, database, keys, known)


def _fill(database: Database, keys: KeyRing, *, cases: int, issued: int, tell: Tell) -> Sequence[IssuedVictim]:
    now, country = database.now(), states()
    with database.writing() as session:
        places = add_country(session, country, now=now)
        give_sign_of_life(session, now=now)
    order = Order(cases=cases, seed=SEED, today=now.date())
    done = 0

    def progress(count: int) -> None:
        nonlocal done
        done += count
        if count and done % (cases // 10 or 1) == 0:
            tell(f"{done} of {cases} cases")

    to_issue = build_cases(database, keys, country, places, order, progress=progress)[:issued]
    pin_digits = Settings.model_fields["pin_digits"].default
    victims = issue_pins(database, keys, to_issue, pin_digits=pin_digits, progress=lambda _: None)
    with database.writing() as session:
        session.connection().exec_driver_sql("ANALYZE")
        for number, victim in enumerate(victims):
            _add_contact(session, keys, victim.planned.id, number, now=now)
    return victims


@cache
def open_sessions(sample: Sample, count: int) -> list[str]:
    """Tokens of victims from all over the database, each with a contact and some messages that left; made once."""
    now = sample.database.now()
    with sample.database.writing() as session:
        return [
            _visitor(session, sample.keys, victim_id, number_id, number, now=now)
            for number, (victim_id, number_id) in enumerate(_victims(session, count), start=1000)
        ]


def _victims(session: Session, count: int) -> Sequence[tuple[UUID, UUID]]:
    """Evenly spread: an id is its moment, so every so-manieth row in its order."""
    total: int = session.execute(select(func.count()).select_from(Victim)).scalar_one()
    place = func.row_number().over(order_by=Victim.id).label("place")
    ordered = select(Victim.id, Victim.case_id, place).subquery()
    own_number = (CaseNumber.case_id == ordered.c.case_id) & (CaseNumber.kind == NumberKind.OFFICIAL)
    spread = ordered.c.place % max(total // count, 1) == 0
    chosen = select(ordered.c.id, CaseNumber.id).join(CaseNumber, own_number).where(spread).limit(count)
    return [(row[0], row[1]) for row in session.execute(chosen)]


def _visitor(session: Session, keys: KeyRing, victim_id: UUID, number_id: UUID, number: int, *, now: datetime) -> str:
    contact_id = _add_contact(session, keys, victim_id, number, now=now)
    for which in range(MESSAGES_EACH):
        _add_message(session, victim_id, contact_id, at=now - timedelta(days=30 * which + 1))
    return open_session(session, victim_id, number_id, shared_device=False, limits=Limits(), now=now).token


def _add_contact(session: Session, keys: KeyRing, victim_id: UUID, number: int, *, now: datetime) -> UUID:
    contact_id, phone = new_id(), NOBODYS.format(number=number)
    contact = {
        "id": contact_id,
        "victim_id": victim_id,
        "channel": Channel.SMS,
        "address": keys.seal(phone, table="contact", column="address", id=contact_id),
        "address_key": address_key(keys, Channel.SMS.value, phone),
        "ending": phone[-2:],
        "safe": True,
        "time_zone": ZONE,
        "confirmed_at": now,
        "confirmed_in_person": True,
        "reconfirm_by": date(now.year + 1, 1, 1),
        "created_at": now,
    }
    session.connection().execute(insert(Contact), contact)
    return contact_id


def _add_message(session: Session, victim_id: UUID, contact_id: UUID, *, at: datetime) -> None:
    notice_id = new_id()
    notice = {"id": notice_id, "victim_id": victim_id, "kind": NoticeKind.NOTICE, "by_law": False}
    notice |= {"dedupe_key": str(notice_id), "state": NoticeState.PROVED, "due_at": at, "created_at": at}
    attempt = {"id": new_id(), "notice_id": notice_id, "contact_id": contact_id, "rung": 1, "reference": "A1B"}
    attempt |= {"state": AttemptState.DELIVERED, "due_at": at, "created_at": at, "first_try_at": at, "sent_at": at}
    session.connection().execute(insert(Notice), notice)
    session.connection().execute(insert(DeliveryAttempt), attempt)


def without_settings() -> None:
    """The measures decide the settings, not the shell they run in."""
    for name in [name for name in os.environ if name.startswith("CASESTATUS_")]:
        del os.environ[name]
