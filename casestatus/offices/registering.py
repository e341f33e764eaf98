"""Registers institutions, their offices and the sources that updates come from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.errors import N_, Conflict, NotFound, Unprocessable
from casestatus.offices.models import Client, ClientOffice, Institution, Office, Source, SourceKind, StaffMember
from casestatus.offices.time_zones import time_zones

LONGEST_SILENCE = 365  # days


class InstitutionKnown(Conflict):
    """There is an institution with this code."""

    type = "institution-known"
    detail = N_("Ya hay una institución con la clave %(code)s.")


class OfficeKnown(Conflict):
    """The institution has an office with this code."""

    type = "office-known"
    detail = N_("La institución ya tiene una oficina con la clave %(code)s.")


class InstitutionUnknown(NotFound):
    """No institution has this code."""

    type = "institution-unknown"
    detail = N_("No hay ninguna institución con la clave %(code)s.")


class OfficeUnknown(NotFound):
    """The institution has no office with this code."""

    type = "office-unknown"
    detail = N_("La institución no tiene ninguna oficina con la clave %(code)s.")


class InstitutionUnclear(Unprocessable):
    """Several institutions may be meant, or there is none."""

    type = "institution-unclear"
    detail = N_("Hay %(count)s instituciones. Di de qué oficina es el archivo.")


class OfficeUnclear(Unprocessable):
    """Several offices have this code, or none has."""

    type = "office-unclear"
    detail = N_("Hay %(count)s oficinas con la clave %(code)s.")


class SilenceUnusable(Unprocessable):
    """Not a number of days after which information may be old."""

    type = "silence-unusable"
    detail = N_("Ese límite debe ser de 1 a %(longest)s días.")


class TimeZoneUnknown(Unprocessable):
    """Not a zone of the IANA database."""

    type = "time-zone-unknown"
    detail = N_("No hay ninguna zona horaria con el nombre %(name)s.")


def add_institution(session: Session, *, code: str, name: str, now: datetime) -> Institution:
    """A new institution. Raises InstitutionKnown."""
    if _institution(session, code) is not None:
        raise InstitutionKnown(params={"code": code})
    institution = Institution(code=code, name=name, created_at=now)
    session.add(institution)
    session.flush()  # its offices may follow in the same transaction
    return institution


def add_office(
    session: Session,
    institution: Institution,
    *,
    code: str,
    name: str,
    time_zone: str,
    now: datetime,
    region: str = "",
    public_phone: str = "",
    public_hours: str = "",
) -> Office:
    """A new office; `region` is INEGI's two-digit code of its state. Raises OfficeKnown, TimeZoneUnknown."""
    if time_zone not in time_zones():
        raise TimeZoneUnknown(params={"name": time_zone})
    if _office(session, institution, code) is not None:
        raise OfficeKnown(params={"code": code})
    office = Office(
        institution_id=institution.id,
        code=code,
        name=name,
        time_zone=time_zone,
        region=region,
        public_phone=public_phone,
        public_hours=public_hours,
        created_at=now,
    )
    session.add(office)
    session.flush()  # its clients may follow in the same transaction
    return office


def set_silence(office: Office, days: int) -> None:
    """After so many days without its signal the office's information may be old. Raises SilenceUnusable."""
    if not 1 <= days <= LONGEST_SILENCE:
        raise SilenceUnusable(params={"longest": LONGEST_SILENCE})
    office.stale_after_days = days


def add_client_source(session: Session, client: Client, offices: list[Office], *, now: datetime) -> Source:
    """Lets `client` serve `offices`, and gives its updates a source of their own."""
    session.add_all(ClientOffice(client_id=client.id, office_id=office.id) for office in offices)
    source = Source(
        institution_id=client.institution_id,
        kind=SourceKind.CLIENT,
        client_id=client.id,
        name=client.name,
        created_at=now,
    )
    session.add(source)
    session.flush()
    return source


def institution_named(session: Session, code: str) -> Institution:
    """The institution with this code. Raises InstitutionUnknown."""
    institution = _institution(session, code)
    if institution is None:
        raise InstitutionUnknown(params={"code": code})
    return institution


def office_named(session: Session, institution: Institution, code: str) -> Office:
    """The institution's office with this code. Raises OfficeUnknown."""
    office = _office(session, institution, code)
    if office is None:
        raise OfficeUnknown(params={"code": code})
    return office


def only_institution(session: Session) -> Institution:
    """The institution, where there is only one. Raises InstitutionUnclear."""
    institutions = session.scalars(select(Institution)).all()
    if len(institutions) != 1:
        raise InstitutionUnclear(params={"count": len(institutions)})
    return institutions[0]


def only_office_with(session: Session, code: str) -> Office:
    """The office with this code, of whatever institution. Raises OfficeUnclear."""
    offices = session.scalars(select(Office).where(Office.code == code)).all()
    if len(offices) != 1:
        raise OfficeUnclear(params={"count": len(offices), "code": code})
    return offices[0]


def import_source(session: Session, institution_id: UUID, *, now: datetime) -> Source:
    """Where an institution's imported files come from; made at the first import."""
    source = session.scalar(
        select(Source).where(Source.institution_id == institution_id, Source.kind == SourceKind.IMPORT)
    )
    if source is None:
        source = Source(institution_id=institution_id, kind=SourceKind.IMPORT, name="import", created_at=now)
        session.add(source)
        session.flush()
    return source


def has_staff(session: Session) -> bool:
    """Whether anybody was ever registered to work here."""
    return session.scalar(select(StaffMember.id).limit(1)) is not None


def _institution(session: Session, code: str) -> Institution | None:
    return session.scalar(select(Institution).where(Institution.code == code))


def _office(session: Session, institution: Institution, code: str) -> Office | None:
    return session.scalar(select(Office).where(Office.institution_id == institution.id, Office.code == code))
