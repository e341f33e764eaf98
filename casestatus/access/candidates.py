"""Which case a typed number may mean, and what its tries are counted under, known or not."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from casestatus.access.addresses import Origin
from casestatus.access.pins import CaseSecret
from casestatus.access.throttles import Subjects
from casestatus.cases.finding import NumberHit, find_number
from casestatus.cases.models import Case
from casestatus.cases.numbers import Form, Reading, clean_folio, readings
from casestatus.crypto import KeyRing
from casestatus.offices.models import Institution
from casestatus.victims.folios import case_of_folio

SALT_OF_NONE = bytes(16)
SALT = select(Case.pin_salt).where(Case.id == bindparam("case_id"))
INSTITUTIONS = select(Institution.id)


@dataclass(frozen=True)
class Candidate:
    """The case that a number may mean. For none, or more than one, a stand-in that costs the same work."""

    secret: CaseSecret
    number_id: UUID | None
    number_keys: tuple[bytes, ...]


def candidate_for(session: Session, keys: KeyRing, number: str, *, institution: str | None) -> Candidate:
    """The candidate for a number or folio as typed; `institution` (its code) narrows it. Raises NumberUnreadable."""
    read = readings(number)
    number_keys = throttle_keys(keys, number, read)
    hit = _hit(session, keys, number, read, institution)
    case_id = hit.case_id if hit else UUID(bytes=number_keys[0][:16])
    salt = session.connection().execute(SALT, {"case_id": case_id}).scalar()
    return Candidate(CaseSecret(case_id, salt or SALT_OF_NONE), hit.number_id if hit else None, number_keys)


def throttle_keys(keys: KeyRing, number: str, read: tuple[Reading, ...]) -> tuple[bytes, ...]:
    """What tries on a number are counted under: its most reduced form under each reading, in no institution.

    So spellings of one number share a counter, whether or not a case has it (security.md, "Signing in", 1).
    """
    folio = clean_folio(number)
    spoken = [("folio", folio)] if folio else [("number", *reading.segments[Form.REDUCED]) for reading in read]
    return tuple(dict.fromkeys(keys.lookup("throttle", *parts) for parts in spoken))


def subjects_of(keys: KeyRing, candidate: Candidate, origin: Origin, *, by_number: bool) -> Subjects:
    """What this try is counted under. `by_number` is False for a backup key, which only the address limits."""
    of_case = keys.lookup("throttle", "case", str(candidate.secret.case_id))
    return Subjects(
        number=candidate.number_keys[0],
        numbers=(*candidate.number_keys, of_case) if by_number else (),
        address=keys.lookup("throttle", "address", origin.address),
        network=keys.lookup("throttle", "network", origin.network) if origin.network else None,
    )


@dataclass(frozen=True)
class _Hit:
    case_id: UUID
    number_id: UUID | None


def _hit(
    session: Session, keys: KeyRing, number: str, read: tuple[Reading, ...], institution: str | None
) -> NumberHit | _Hit | None:
    """Both are asked for whenever a number reads like a folio, so that a folio that exists costs no less."""
    folio = clean_folio(number)
    case_id = case_of_folio(session, keys, folio) if folio else None
    if institution and not institution.isprintable():
        return None  # nobody's code; PostgreSQL can't even be asked for it
    known = INSTITUTIONS.where(Institution.code == institution) if institution else INSTITUTIONS
    hit = find_number(session, keys, session.connection().scalars(known).all(), read, forms=Form)
    return _Hit(case_id, None) if case_id else hit
