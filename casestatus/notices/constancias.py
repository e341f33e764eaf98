"""Documents that prove which messages left for somebody; by its code anybody may check one, and learns only its day.

docs/decisions says what one proves. Of each we keep hashes, the day and our signature: never what it says nor of whom.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.database.prepared import Row
from casestatus.errors import N_
from casestatus.notices.check_codes import code_hash, draw_code, read_code, shown_code
from casestatus.notices.models import OF_A_LINE, AttemptState, Constancia, DeliveryAttempt, Notice, NoticeKind
from casestatus.notices.of_offices import of_offices
from casestatus.offices.models import Office
from casestatus.victims.her_office import office_of_victim
from casestatus.victims.models import Channel, Victim
from casestatus.victims.safe_hours import ZONES
from casestatus.victims.status import institution_to_name
from casestatus.wording import Language

if TYPE_CHECKING:
    from casestatus.letters.constancia import SentRow

# Codes, changes of contacts and answers are left out: whoever finds the paper would learn that she changed something.
HERS = OF_A_LINE

CHANNELS = {Channel.SMS: "SMS", Channel.EMAIL: N_("correo")}
NOTICE, CORRECTION = N_("Aviso"), N_("Corrección")
REPORTS = {
    AttemptState.SENT: N_("Aún no informa"),
    AttemptState.DELIVERED: N_("Informó entrega"),
    AttemptState.UNDELIVERED: N_("Informó que no llegó"),
    AttemptState.FAILED: N_("Informó que no llegó"),
}
NO_REPORT = N_("No informó")
REPORTED = frozenset(REPORTS) - {AttemptState.SENT}


@dataclass(frozen=True)
class _Subject:
    """What is told of whose messages these are."""

    institution: str | None
    folio_ending: str
    zone: str
    rows: "Sequence[SentRow]"


def issue(
    database: Database,
    victim_id: UUID,
    kinds: Collection[NoticeKind],
    *,
    offices: Collection[UUID] | None = None,
    language: Language,
    keys: KeyRing,
    now: datetime,
) -> bytes:
    """A new document (PDF) of what left for her; drawn while no transaction is open, kept before it is given away.

    For `offices` it holds what is theirs, for herself everything.
    """
    from casestatus.letters.constancia import Constancia as Paper  # fpdf2 is slow to import, and seldom needed
    from casestatus.letters.constancia import constancia_pdf

    with database.reading() as session:
        subject = _subject(session, victim_id, kinds, offices, keys=keys)
    code = draw_code(secrets.randbits)
    paper = Paper(
        institution=subject.institution,
        folio_ending=subject.folio_ending,
        rows=subject.rows,
        zone=subject.zone,
        zone_name=ZONES.get(subject.zone, subject.zone),
        issued_at=now,
        code=shown_code(code),
    )
    pdf = constancia_pdf(paper, language=language)
    with database.writing() as session:
        _keep(session, code, pdf, paper.issued_on, keys=keys)
    return pdf


def checked(session: Session, typed: str, file: bytes | None, *, keys: KeyRing) -> date | None:
    """The day on which the document with this code was issued, if we did and, given its file, if that is unchanged."""
    kept = session.get(Constancia, code_hash(read_code(typed)))
    if kept is None or (file is not None and hashlib.sha256(file).digest() != kept.digest):
        return None
    record = _record(kept.code_hash, kept.digest, kept.issued_on)
    return kept.issued_on if keys.has_signed_constancia(record, kept.signature) else None


def _keep(session: Session, code: str, pdf: bytes, issued_on: date, *, keys: KeyRing) -> None:
    hashed, digest = code_hash(code), hashlib.sha256(pdf).digest()
    signature = keys.sign_constancia(_record(hashed, digest, issued_on))
    session.add(Constancia(code_hash=hashed, digest=digest, issued_on=issued_on, signature=signature))


def _record(code: bytes, digest: bytes, issued_on: date) -> bytes:
    return code + digest + issued_on.isoformat().encode()


def _subject(
    session: Session,
    victim_id: UUID,
    kinds: Collection[NoticeKind],
    offices: Collection[UUID] | None,
    *,
    keys: KeyRing,
) -> _Subject:
    victim = session.get_one(Victim, victim_id)
    return _Subject(
        institution=institution_to_name(session, victim_id),
        folio_ending=keys.unseal(victim.folio, table="victim", column="folio", id=victim_id)[-4:],
        zone=session.get_one(Office, office_of_victim(session, victim_id)).time_zone,
        rows=_rows(session, victim_id, kinds, offices),
    )


def _rows(
    session: Session, victim_id: UUID, kinds: Collection[NoticeKind], offices: Collection[UUID] | None
) -> "Sequence[SentRow]":
    """What was certainly handed over, the oldest first."""
    attempt = DeliveryAttempt
    sent = (
        select(attempt.reference, attempt.channel, attempt.state, attempt.sent_at, attempt.ended_at, Notice.kind)
        .join(Notice, Notice.id == attempt.notice_id)
        .where(Notice.victim_id == victim_id, Notice.kind.in_(kinds), attempt.sent_at.is_not(None))
        .order_by(attempt.sent_at, attempt.id)
    )
    sent = sent if offices is None else sent.where(of_offices(offices))
    return [_row(row) for row in session.execute(sent)]


def _row(row: Row) -> "SentRow":
    from casestatus.letters.constancia import SentRow

    return SentRow(
        reference=row.reference,
        channel=CHANNELS[row.channel],
        kind=CORRECTION if row.kind is NoticeKind.CORRECTION else NOTICE,
        handed_over_at=row.sent_at,
        report=REPORTS.get(row.state, NO_REPORT),
        reported_at=row.ended_at if row.state in REPORTED else None,
    )
