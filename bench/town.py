"""A case of which as many people as asked are told, in a database of its own, and the provider that takes their SMS."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import insert, select, update

from bench.processes import LOOPBACK, ROOT, clean_environment
from bench.sample import NOBODYS, ZONE
from casestatus.cases.crimes import RiskTier
from casestatus.cases.models import Proceeding
from casestatus.crypto import KeyRing
from casestatus.database import Database, migrate, new_id
from casestatus.intake.receiving import receive
from casestatus.intake.sender import Sender, sender_for_import
from casestatus.intake.update import read_update
from casestatus.notices.models import AttemptState, DeliveryAttempt, Notice, NoticeState
from casestatus.offices.registering import add_institution, add_office, import_source
from casestatus.settings import Environment, Limits, Settings, SmsProvider
from casestatus.victims.addresses import address_key
from casestatus.victims.models import Channel, Contact, Victim, VictimProceeding

NUMBER = "CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026"
STAGES = ("CI06", "CI05")  # both are worth a notice
FASTEST = 100_000  # messages a second: no account takes so many, so its rate slows nobody down
ACCOUNT, TOKEN, SERVICE = "AC" + "5e" * 16, "a-token-of-the-measure", "MG" + "0a" * 16


@dataclass
class Town:
    """The database, and who writes updates of its one case."""

    folder: Path
    database: Database
    keys: KeyRing
    sender: Sender
    pushed: int = 0

    def push(self, delay: timedelta = timedelta(0)) -> None:
        """An update of which everybody is to be told now, or after a delay."""
        self._receive(STAGES[self.pushed % len(STAGES)], delay)

    def open_case(self) -> None:
        opened_on = (self.database.now() - timedelta(days=30)).date().isoformat()
        self._receive("CI01", timedelta(0), office="CUH-2", crime="rnid2026.robo-a-negocio", opened_on=opened_on)

    def _receive(self, stage: str, delay: timedelta, **more: str) -> None:
        self.pushed += 1
        day = (self.database.now() - timedelta(days=1)).date().isoformat()
        content = {"source_id": f"u{self.pushed}", "case_number": NUMBER, "model": "CI", "stage": stage}
        parsed = read_update(content | {"occurred_on": day} | more)
        receive(self.database, parsed, self.sender, keys=self.keys, delay=delay)

    def call_all_sent(self) -> None:
        """So that the next update owes everybody a notice of its own."""
        with self.database.writing() as session:
            session.execute(update(DeliveryAttempt).values(state=AttemptState.SENT, sent_at=self.database.now()))
            session.execute(update(Notice).values(state=NoticeState.HANDED_OVER))

    def environment(self, provider: "Provider") -> dict[str, str]:
        """The settings with which `casestatus worker` delivers there."""
        return provider.environment | {
            "CASESTATUS_DATABASE_URL": self.database.url,
            "CASESTATUS_KEYS": str(self.folder / "keys.json"),
        }


def build_town(folder: Path, *, victims: int) -> Town:
    """A new one, whose victims each have a contact to which notices may go."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'casestatus.db'}"
    migrate(url)
    keys, database = KeyRing.generate(), Database(url)
    keys.write(folder / "keys.json")
    now = database.now()
    with database.writing() as session:
        institution = add_institution(session, code="FGJ", name="Fiscalía", now=now)
        add_office(session, institution, code="CUH-2", name="Agencia", time_zone=ZONE, now=now)
        sender = sender_for_import(session, import_source(session, institution.id, now=now))
    town = Town(folder, database, keys, sender)
    town.open_case()
    _settle(town, victims)
    return town


def _settle(town: Town, count: int) -> None:
    now, keys = town.database.now(), town.keys
    ids = [(new_id(), new_id()) for _ in range(count)]
    with town.database.writing() as session:
        line = session.scalars(select(Proceeding)).one()
        usual = {"case_id": line.case_id, "folio": b"", "language": "es", "risk_tier": RiskTier.ORDINARY}
        people = [usual | {"id": victim, "folio_key": victim.bytes * 2, "created_at": now} for victim, _ in ids]
        links = [{"victim_id": victim, "proceeding_id": line.id, "linked_at": now} for victim, _ in ids]
        connection = session.connection()
        connection.execute(insert(Victim), people)
        connection.execute(insert(VictimProceeding), links)
        connection.execute(insert(Contact), [_contact(keys, *pair, number, now) for number, pair in enumerate(ids)])


def _contact(keys: KeyRing, victim_id: Any, contact_id: Any, number: int, now: Any) -> dict[str, Any]:
    phone = NOBODYS.format(number=number)
    return {
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
        "created_at": now,
    }


@dataclass(frozen=True)
class Provider:
    """The stand-in for Twilio, in a process of its own."""

    port: int

    @property
    def environment(self) -> dict[str, str]:
        return {
            "CASESTATUS_ENVIRONMENT": "demo",
            "CASESTATUS_SMS_PROVIDER": "twilio",
            "CASESTATUS_TWILIO_ACCOUNT_SID": ACCOUNT,
            "CASESTATUS_TWILIO_AUTH_TOKEN": TOKEN,
            "CASESTATUS_TWILIO_MESSAGING_SERVICE_SID": SERVICE,
            "CASESTATUS_TWILIO_API_URL": f"http://{LOOPBACK}:{self.port}",
            "CASESTATUS_NOTICE_HOURS": "00:00-24:00",
            "CASESTATUS_LIMITS_SMS_PER_SECOND": str(FASTEST),
            "CASESTATUS_LIMITS_POLL": "0.1",
        }

    @property
    def settings(self) -> Settings:
        """The same for a worker in this process."""
        return Settings(
            environment=Environment.DEMO,
            sms_provider=SmsProvider.TWILIO,
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=SecretStr(TOKEN),
            twilio_messaging_service_sid=SERVICE,
            twilio_api_url=f"http://{LOOPBACK}:{self.port}",
            notice_hours="00:00-24:00",
            limits=Limits(sms_per_second=FASTEST),
        )

    def take_seconds(self, seconds: float) -> None:
        """How long each message takes it from now on."""
        self._ask("POST", "behaviour", json.dumps({"latency_seconds": seconds}))

    def accepted_at(self) -> list[float]:
        """When it accepted each message so far, in epoch seconds, by its own clock, which is the machine's."""
        ledger = json.loads(self._ask("GET", "ledger"))
        return [message["at"] for message in ledger["accepted"]]

    def _ask(self, method: str, what: str, body: str = "") -> bytes:
        connection = HTTPConnection(LOOPBACK, self.port, timeout=10)
        connection.request(method, f"/standin/{what}", body)
        answer = connection.getresponse().read()
        connection.close()
        return answer


@contextmanager
def provider() -> Iterator[Provider]:
    """One that listens while it is entered."""
    command = [sys.executable, "-m", "tests.standins.twilio", "--account", ACCOUNT, "--token", TOKEN]
    environment = clean_environment({})
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # it is a pipe
            yield Provider(int(process.stdout.readline()))
        finally:
            process.kill()
