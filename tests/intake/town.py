"""Two offices of one institution, each with a system of its own, and one system that serves both."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from casestatus.cases.models import Case, Proceeding
from casestatus.intake.linking import FurtherLines, LinkedLines, link_further
from casestatus.intake.registration import GivenAccess
from casestatus.intake.sender import Sender, ServedOffice
from casestatus.offices.models import Source, SourceKind
from casestatus.victims.status import Status, status_of
from tests.factories import ZONE, World, add_office

OTHER = "CI-FICUH/CUH-2/UI-2 C/D/00777/04-2026"
THIRD = "CI-FICUH/CUH-2/UI-2 C/D/00888/04-2026"


@dataclass(frozen=True)
class Town:
    """`old` and `new` write for one office each, `both` for the two."""

    old: World
    new: World
    both: World

    def link(self, world: World, her: GivenAccess, *lines: int, case_number: str | None = None) -> LinkedLines:
        wanted = FurtherLines(proceedings=list(lines), case_number=case_number)
        with world.database.writing() as session:
            return link_further(session, her.victim_id, wanted, world.sender, keys=world.keys, now=world.database.now())


def make_town(world: World) -> Town:
    now = world.database.now()
    with world.database.writing() as session:
        office = add_office(session, world.institution_id, "IZP-6", now)
        served = {office.code: ServedOffice(id=office.id, code=office.code, zone=ZoneInfo(ZONE))}
        senders = [_sender(session, world, offices, now) for offices in (served, {**world.sender.offices, **served})]
    new, both = (replace(world, sender=sender) for sender in senders)
    return Town(old=world, new=replace(new, office_id=served["IZP-6"].id), both=both)


def _sender(session: Any, world: World, offices: Any, now: Any) -> Sender:
    source = Source(institution_id=world.institution_id, kind=SourceKind.IMPORT, name="another file", created_at=now)
    session.add(source)
    session.flush()
    return Sender(source_id=source.id, institution_id=world.institution_id, offices=offices)


def case_of(world: World, receipt: Any) -> Case:
    with world.database.reading() as session:
        found = session.scalars(select(Case).where(Case.id == receipt.case_id)).one()
        session.expunge(found)
        return found


def joined_into(world: World, receipt: Any, *, line: int = 1) -> UUID | None:
    """The case that a line of the receipt's case was joined into."""
    with world.database.reading() as session:
        of_case = select(Proceeding.joined_into_id).where(Proceeding.case_id == receipt.case_id)
        return session.scalars(of_case.where(Proceeding.ordinal == line)).one()


def status(world: World, her: GivenAccess) -> Status:
    with world.database.reading() as session:
        return status_of(session, her.victim_id, None, keys=world.keys)


def stages(world: World, her: GivenAccess) -> list[str]:
    return [line.current.stage.code for line in status(world, her).lines]
