"""An office gives somebody access to a case: folio, PIN and backup key, linked lines, contacts that are safe."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.access.closing import close_access
from casestatus.access.pins import CaseSecret, DrawnAccess, draw_access, issue_access
from casestatus.cases.crimes import RiskTier
from casestatus.cases.finding import find_number
from casestatus.cases.line_numbers import have_number
from casestatus.cases.line_offices import office_of
from casestatus.cases.models import Case, Proceeding
from casestatus.cases.numbers import Form, is_folio, new_folio, readings, shown_folio
from casestatus.crypto import KeyRing
from casestatus.database import Database, new_id
from casestatus.database.again import again_when_given_up
from casestatus.errors import N_, FieldProblem, NotFound
from casestatus.intake.line_for import line_meant, lines_of
from casestatus.intake.registration import GivenAccess, GivenContact, Registration, RegistrationRefused
from casestatus.intake.sender import Sender, has_line, has_line_of_hers, may_see
from casestatus.intake.told_numbers import is_only_told
from casestatus.offices.models import Office
from casestatus.victims.addresses import address_key, address_keys, stopped_at
from casestatus.victims.folios import case_of_folio, folio_key
from casestatus.victims.links import link
from casestatus.victims.models import Channel, Contact, Victim
from casestatus.victims.reconfirming import safe_until
from casestatus.victims.tiers import careful_tier


@again_when_given_up
def admit(
    database: Database, registration: Registration, sender: Sender, *, keys: KeyRing, pin_digits: int, safe_days: int
) -> GivenAccess:
    """Give access, in a transaction of its own. Raises RegistrationRefused, which names the field.

    Whether a contact that was confirmed in person is still safe, she is asked after `safe_days`.

    The two Argon2id runs happen before it: nothing is hashed while the database waits.
    """
    with database.reading() as session:
        secret = _secret_of(session, registration, sender, keys=keys)

    def draw() -> DrawnAccess:
        return draw_access(keys, secret, pin_digits=pin_digits)

    drawn, now = draw(), database.now()
    with database.writing() as session:
        case = session.get_one(Case, secret.case_id)
        victim = _victim(session, registration, case, sender, keys=keys, safe_days=safe_days, now=now)
        drawn = issue_access(session, keys, victim, drawn, draw_again=draw, now=now)
        folio = keys.unseal(victim.folio, table="victim", column="folio", id=victim.id)
        return GivenAccess(victim_id=victim.id, folio=shown_folio(folio), pin=drawn.pin, backup_key=drawn.backup_key)


def dismiss(session: Session, victim_id: UUID, sender: Sender, *, now: datetime) -> None:
    """Close an access to lines of the sender's offices. Raises NotFound; another office's is as unknown."""
    victim = session.get(Victim, victim_id)
    if victim is None or not has_line_of_hers(session, sender, victim):
        raise NotFound
    close_access(session, victim, now=now)


def _secret_of(session: Session, registration: Registration, sender: Sender, *, keys: KeyRing) -> CaseSecret:
    case = find_case(session, registration.case_number, sender, keys=keys)
    if case is None or not has_line(session, sender, case):
        detail = N_("No hay un caso con ese número en las oficinas de este sistema.")
        raise RegistrationRefused(fields=(FieldProblem("case_number", detail),))
    return CaseSecret(case.id, case.pin_salt)


def find_case(session: Session, number: str, sender: Sender, *, keys: KeyRing) -> Case | None:
    """The case of an exact number or folio that the sender owns or is to accept; others are unknown to it.

    A number that was only told may be another family's: it lets nobody in yet.
    """
    if is_folio(number):
        case_id = case_of_folio(session, keys, number)
    else:
        reading = readings(number)[0]
        hit = find_number(session, keys, [sender.institution_id], [reading], forms=[Form.EXACT])
        case_id = hit.case_id if hit and not is_only_told(session, hit.number_id) else None
    case = session.get(Case, case_id) if case_id else None
    return case if case is not None and may_see(session, sender, case) else None


def _victim(
    session: Session,
    registration: Registration,
    case: Case,
    sender: Sender,
    *,
    keys: KeyRing,
    safe_days: int,
    now: datetime,
) -> Victim:
    lines = lines_of_case(session, case, registration.proceedings, sender)
    _require_represented(session, registration, case.id)
    victim_id, folio = new_id(), _new_folio(session, keys)
    victim = Victim(
        id=victim_id,
        case_id=case.id,
        folio=keys.seal(folio, table="victim", column="folio", id=victim_id),
        folio_key=folio_key(keys, folio),
        language=registration.language,
        risk_tier=_tier(registration.risk_tier, lines),
        represents_id=registration.represents,
        created_at=now,
    )
    session.add(victim)
    session.flush()
    link(session, victim_id, [line.id for line in lines], now=now)
    office_zone = session.get_one(Office, office_of(case, lines[0])).time_zone
    for given in _safe_contacts(registration):
        contact = _contact(given, victim_id, office_zone, keys=keys, safe_days=safe_days, now=now)
        contact.stopped_at = stopped_at(session, *address_keys(keys, given.channel, given.address))
        session.add(contact)
    session.flush()
    return victim


def _tier(given: RiskTier, lines: Sequence[Proceeding]) -> RiskTier:
    """As the crimes in sight ask; high while she sees none, whatever is hidden.

    A more careful footer or a missing message would tell of a hidden line, beside a visible one or once one is shown.
    """
    in_sight = [line for line in lines if line.first_shown_at]
    return careful_tier(given, in_sight) if in_sight else RiskTier.HIGH


def lines_of_case(session: Session, case: Case, ordinals: Collection[int], sender: Sender) -> Sequence[Proceeding]:
    """The lines with these numbers, each once. Raises RegistrationRefused if the sender's offices have none of one.

    A number that two lines have means the one that no other of the numbers means.
    """
    served = [line for line in lines_of(session, case) if sender.serves(office_of(case, line))]
    meant = dict[int, Proceeding | None]()
    for number in sorted(set(ordinals), key=lambda each: len(have_number(case, served, each, sender.office_ids))):
        free = [line for line in served if line not in meant.values()]
        found = line_meant(session, case, free, number, sender)
        meant[number] = found or line_meant(session, case, served, number, sender)
    missing = [number for number, line in sorted(meant.items()) if line is None]
    lines = list(dict.fromkeys(line for _, line in sorted(meant.items()) if line is not None))
    if missing:
        detail = N_("Este caso no tiene la línea %(missing)s.")
        params = {"missing": ", ".join(map(str, missing))}
        raise RegistrationRefused(fields=(FieldProblem("proceedings", detail, params),))
    return lines


def _require_represented(session: Session, registration: Registration, case_id: UUID) -> None:
    if registration.represents is None:
        return
    represented = session.get(Victim, registration.represents)
    if represented is None or represented.case_id != case_id:
        detail = N_("No hay en este caso un acceso con esa clave.")
        raise RegistrationRefused(fields=(FieldProblem("represents", detail),))


def _new_folio(session: Session, keys: KeyRing) -> str:
    while True:
        folio = new_folio(secrets.randbelow)
        if session.scalar(select(Victim.id).where(Victim.folio_key == folio_key(keys, folio))) is None:
            return folio


def _safe_contacts(registration: Registration) -> Collection[GivenContact]:
    """The contacts that she called safe, each once; of the others not even the address is kept.

    An address that was called unsafe anywhere in the registration is unsafe.
    """
    unsafe = {given.address for given in registration.contacts if not given.safe}
    return {given.address: given for given in registration.contacts if given.address not in unsafe}.values()


def _contact(
    given: GivenContact, victim_id: UUID, zone: str, *, keys: KeyRing, safe_days: int, now: datetime
) -> Contact:
    contact_id, time_zone = new_id(), given.time_zone or zone
    return Contact(
        id=contact_id,
        victim_id=victim_id,
        channel=Channel(given.channel),
        address=keys.seal(given.address, table="contact", column="address", id=contact_id),
        address_key=address_key(keys, given.channel, given.address),
        ending=given.ending,
        safe=True,
        hours=given.hours,
        time_zone=time_zone,
        confirmed_at=now if given.confirmed_in_person else None,
        confirmed_in_person=given.confirmed_in_person,
        reconfirm_by=safe_until(now, time_zone, safe_days=safe_days) if given.confirmed_in_person else None,
        created_at=now,
    )
