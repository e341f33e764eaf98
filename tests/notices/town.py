"""A small town for the tests of notices: an office, a case with one line, victims, contacts and events."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from casestatus.cases.crimes import RiskTier
from casestatus.cases.models import EventKind, Proceeding, TimelineEvent
from casestatus.cases.registering import add_proceeding, open_case
from casestatus.cases.stages import Model, stage
from casestatus.crypto import KeyRing
from casestatus.database import Database, new_id
from casestatus.notices.codes import send_code
from casestatus.notices.models import DeliveryAttempt, Notice, NoticeEvent
from casestatus.notices.owing import owe
from casestatus.offices.models import OfficeTask
from casestatus.offices.registering import add_institution, add_office, import_source
from casestatus.settings import Settings
from casestatus.victims.addresses import address_key
from casestatus.victims.models import Channel, Contact, Victim, VictimProceeding, Wording

LAW, POLICY = "CI19", "CI03"
DAY = date(2026, 11, 20)


class Town:
    """Makes rows and reads them back; every method is a transaction of its own."""

    def __init__(self, database: Database, keys: KeyRing) -> None:
        self.database, self.keys = database, keys
        with database.writing() as session:
            now = database.now()
            institution = add_institution(session, code="FGJ", name="Fiscalía", now=now)
            office = add_office(
                session, institution, code="CUH-2", name="CUH-2", time_zone="America/Mexico_City", now=now
            )
            case = open_case(
                session,
                institution_id=institution.id,
                office_id=office.id,
                model=Model.CI,
                opened_on=DAY,
                now=now,
            )
            line = add_proceeding(session, case, ordinal=1, crime="x", stage="CI01", since=DAY, now=now)
            source = import_source(session, institution.id, now=now)
            self.case_id, self.line_id, self.source_id = case.id, line.id, source.id
        self._events = 0
        self._numbers = 0

    def victim(self, number: str | None = None, *, tier: RiskTier = RiskTier.ORDINARY, contacts: int = 1) -> UUID:
        """Somebody who may see the line, with so many confirmed contacts."""
        victim = Victim(
            id=new_id(),
            case_id=self.case_id,
            folio=b"",
            folio_key=new_id().bytes,
            language="es",
            risk_tier=tier,
            message_wording=Wording.NEUTRAL,
            created_at=self.database.now(),
        )
        with self.database.writing() as session:
            session.add(victim)
            session.flush()
            session.add(
                VictimProceeding(victim_id=victim.id, proceeding_id=self.line_id, linked_at=self.database.now())
            )
            victim_id = victim.id
        for _ in range(contacts):
            self.contact(victim_id, number)
        return victim_id

    def contact(self, victim_id: UUID, number: str | None = None, **changes: object) -> UUID:
        """A safe contact (SMS unless `channel` says otherwise), confirmed by a code, without hours of its own."""
        number = number or self.new_number()
        contact_id = new_id()
        usual: dict[str, Any] = {
            "channel": Channel.SMS,
            "ending": number[-2:],
            "safe": True,
            "time_zone": "America/Mexico_City",
            "confirmed_at": self.database.now(),
            "confirmed_in_person": False,
        }
        contact = Contact(
            id=contact_id,
            victim_id=victim_id,
            address=self.keys.seal(number, table="contact", column="address", id=contact_id),
            address_key=address_key(self.keys, str(changes.get("channel", Channel.SMS)), number),
            created_at=self.database.now(),
            **(usual | changes),
        )
        with self.database.writing() as session:
            session.add(contact)
        return contact_id

    def new_number(self) -> str:
        self._numbers += 1
        return f"+5255{self._numbers:08d}"

    def event(
        self,
        code: str = LAW,
        *,
        supersedes: UUID | None = None,
        delay: timedelta = timedelta(0),
        urgent: bool = False,
    ) -> tuple[UUID, int]:
        """An event that became visible, and how many notices were queued because of it."""
        self._events += 1
        now = self.database.now()
        event = TimelineEvent(
            id=new_id(),
            proceeding_id=self.line_id,
            sequence=self._events,
            kind=EventKind.STAGE,
            stage=code,
            details={},
            occurred_on=DAY,
            received_at=now,
            shown_on=DAY,
            shown_at=now,
            source_id=self.source_id,
            source_event=f"e{self._events}",
            digest=b"0" * 32,
            flags=[],
            historical=False,
            created_case=False,
            notices_queued=0,
            supersedes_id=supersedes,
        )
        with self.database.writing() as session:
            session.add(event)
            session.flush()
            queued = owe(
                session,
                event,
                proceeding=session.get_one(Proceeding, self.line_id),
                shown=[stage(Model.CI, code)],
                superseded=session.get(TimelineEvent, supersedes) if supersedes else None,
                now=now,
                delay=delay,
                urgent=urgent,
            )
            return event.id, queued

    def code(self, contact_id: UUID, settings: Settings, code: str = "482193") -> object:
        """A confirmation code on its way; when it leaves."""
        with self.database.writing() as session:
            contact = session.get_one(Contact, contact_id)
            return send_code(session, contact, code, keys=self.keys, settings=settings, now=self.database.now())

    def change(self, table: Any, row_id: UUID, **values: object) -> None:
        with self.database.writing() as session:
            session.execute(update(table).where(table.id == row_id).values(**values))

    def notices(self) -> Sequence[Notice]:
        return self._all(select(Notice).order_by(Notice.id))

    def attempts(self) -> Sequence[DeliveryAttempt]:
        return self._all(select(DeliveryAttempt).order_by(DeliveryAttempt.id))

    def tasks(self) -> Sequence[OfficeTask]:
        return self._all(select(OfficeTask).order_by(OfficeTask.id))

    def told(self) -> Sequence[NoticeEvent]:
        return self._all(select(NoticeEvent))

    def contact_row(self, contact_id: UUID) -> Contact:
        return self._all(select(Contact).where(Contact.id == contact_id))[0]

    def states(self) -> list[str]:
        """The attempts' states, in the order in which they were queued."""
        return [attempt.state.value for attempt in self.attempts()]

    def notice_states(self) -> list[str]:
        return [notice.state.value for notice in self.notices()]

    def _all(self, query: Any) -> Sequence:
        with self.database.reading() as session:
            rows = session.scalars(query).all()
            session.expunge_all()
            return rows
