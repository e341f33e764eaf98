"""Who sends an update: a source, the institution it belongs to, and the offices it may write for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.line_offices import office_of, offices_of_case, offices_of_line
from casestatus.cases.models import Case, Proceeding
from casestatus.errors import N_, FieldProblem, Unprocessable
from casestatus.offices.models import ClientOffice, Office, Source
from casestatus.victims.models import Victim, VictimProceeding


class OfficeUnknown(Unprocessable):
    """No office with this code that the sender may write for."""

    type = "office-unknown"
    title = N_("Esa oficina no existe para este sistema.")


@dataclass(frozen=True, kw_only=True)
class ServedOffice:
    """An office that a sender may write for."""

    id: UUID
    code: str
    zone: ZoneInfo


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Where updates come from, and for whom they may be."""

    source_id: UUID
    institution_id: UUID
    offices: Mapping[str, ServedOffice]
    may_load_history: bool = False

    def serves(self, office_id: UUID) -> bool:
        return office_id in self.office_ids

    @property
    def office_ids(self) -> set[UUID]:
        return {office.id for office in self.offices.values()}

    def office(self, code: str | None) -> ServedOffice | None:
        """The office with this code, or the only one there is when no code is given. Raises OfficeUnknown."""
        if code is None:
            return next(iter(self.offices.values())) if len(self.offices) == 1 else None
        if code not in self.offices:
            detail = N_("Usa la clave de una oficina que este sistema atiende: %(allowed)s.")
            raise OfficeUnknown(fields=(FieldProblem("office", detail, {"allowed": ", ".join(sorted(self.offices))}),))
        return self.offices[code]


def may_see(session: Session, sender: Sender, case: Case) -> bool:
    """Whether the case or a line of it is of the sender's offices, or on its way to one of them: they know it."""
    return bool(sender.office_ids & offices_of_case(session, case))


def has_part_in_sight(session: Session, sender: Sender, case: Case) -> bool:
    """Whether other offices may know that the sender's have the case, or have or await a line of it."""
    in_sight = select(Proceeding).where(Proceeding.case_id == case.id, Proceeding.first_shown_at.is_not(None))
    return sender.serves(case.office_id) or any(may_write(sender, case, line) for line in session.scalars(in_sight))


def has_line(session: Session, sender: Sender, case: Case) -> bool:
    """Whether a line of the case is of the sender's offices already."""
    lines = session.scalars(select(Proceeding).where(Proceeding.case_id == case.id))
    return any(sender.serves(office_of(case, line)) for line in lines)


def has_line_of_hers(session: Session, sender: Sender, victim: Victim) -> bool:
    """Whether a line of her own case that she is linked to is of the sender's offices; the case, if she has none."""
    case = session.get_one(Case, victim.case_id)
    linked = select(Proceeding).join(VictimProceeding, VictimProceeding.proceeding_id == Proceeding.id)
    of_her_case = (VictimProceeding.victim_id == victim.id, Proceeding.case_id == case.id)
    offices = [office_of(case, line) for line in session.scalars(linked.where(*of_her_case))]
    return any(sender.serves(office) for office in offices or [case.office_id])


def may_write(sender: Sender, case: Case, line: Proceeding) -> bool:
    """Whether the line is of the sender's offices, or on its way to one of them."""
    return bool(sender.office_ids & offices_of_line(case, line))


def sender_for_client(session: Session, client_id: UUID, *, may_load_history: bool) -> Sender:
    """A client as a sender, with the offices that it serves at this moment."""
    source = session.scalars(select(Source).where(Source.client_id == client_id)).one()
    served = select(Office).join(ClientOffice).where(ClientOffice.client_id == client_id)
    return _sender(source, session.scalars(served).all(), may_load_history=may_load_history)


def sender_for_import(session: Session, source: Source) -> Sender:
    """A person who imports a file for an institution: any of its offices, history too."""
    offices = session.scalars(select(Office).where(Office.institution_id == source.institution_id)).all()
    return _sender(source, offices, may_load_history=True)


def _sender(source: Source, offices: Sequence[Office], *, may_load_history: bool) -> Sender:
    served = {
        office.code: ServedOffice(id=office.id, code=office.code, zone=ZoneInfo(office.time_zone)) for office in offices
    }
    return Sender(
        source_id=source.id,
        institution_id=source.institution_id,
        offices=served,
        may_load_history=may_load_history,
    )
