"""A victim signs in: count the try, verify with the same work for everybody, open the session (design.md §5)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from casestatus.access.addresses import origin_of
from casestatus.access.candidates import Candidate, candidate_for, subjects_of
from casestatus.access.confirming import contacts_to_confirm
from casestatus.access.entries import Entry, read_entry
from casestatus.access.hashing import HashingBusy, HashingRoom
from casestatus.access.pins import FoundVictim, victim_with
from casestatus.access.throttles import CountedTry, count_try, note_failure, take_back
from casestatus.access.victim_sessions import open_session
from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.errors import N_, CaseStatusProblem, Unauthorized
from casestatus.settings import Limits
from casestatus.telemetry import Log
from casestatus.victims.models import Victim

log = Log()


class SignInWrong(Unauthorized):
    """401: the one answer for a wrong PIN, an unknown or ambiguous number, a closed access and an expired PIN."""

    type = "sign-in-wrong"
    title = N_("No pudimos abrir con esos datos.")
    detail = N_("Revisa el número de tu caso y tu PIN. También puedes usar la clave de respaldo.")


class Next(StrEnum):
    """What she is asked to do first."""

    CONFIRM_CONTACT = "confirm_contact"


@dataclass(frozen=True)
class Door:
    """What a sign-in needs of the process that it comes to."""

    database: Database
    keys: KeyRing
    limits: Limits
    pin_digits: int
    hashing: HashingRoom


@dataclass(frozen=True)
class Knock:
    """What somebody typed, and from which IP address. `institution` is a code that narrows the number."""

    number: str = field(repr=False)
    secret: str = field(repr=False)
    address: str
    institution: str | None = None
    shared_device: bool = False


@dataclass(frozen=True)
class Examined:
    """A try that was counted and stretched; taken back if it turns out right."""

    entry: Entry = field(repr=False)
    candidate: Candidate
    counted: CountedTry
    tags: list[bytes] = field(repr=False)

    def victim(self, session: Session, limits: Limits, *, now: datetime) -> FoundVictim | None:
        """Whose PIN or backup key it is, if anybody's."""
        return victim_with(session, self.entry, self.candidate.secret.case_id, self.tags, limits, now=now)


@dataclass(frozen=True)
class SignedIn:
    """An open session, and what comes next."""

    token: str = field(repr=False)
    ends_at: datetime
    next: Next | None
    victim_id: UUID


@dataclass(frozen=True)
class Refused:
    """Why not, for the one who asks. Returned and not raised, so that nothing rolls the counted try back."""

    problem: CaseStatusProblem


def sign_in(door: Door, knock: Knock, *, now: datetime) -> SignedIn | Refused:
    """Lets a victim in, or says why not: mistyped, wrong, throttled, busy, or a number that can't be read."""
    try:
        return _let_in(door, knock, now)
    except CaseStatusProblem as problem:
        return Refused(problem)


def _let_in(door: Door, knock: Knock, now: datetime) -> SignedIn:
    """Two transactions, each committed before anything below it can raise; none is open while Argon2id runs."""
    examined = examine(door, knock, now=now)
    with door.database.writing() as session:
        found = examined.victim(session, door.limits, now=now)
        if found is not None:
            take_back(session, examined.counted)
            return _opened(session, door, knock, found, examined.candidate.number_id, now)
        note_failure(session, examined.counted)
    raise SignInWrong


def examine(door: Door, knock: Knock, *, now: datetime) -> Examined:
    """Counts the try, commits that, and does the work that every try costs. Raises what stops a try before that."""
    entry, origin = read_entry(knock.secret, pin_digits=door.pin_digits), origin_of(knock.address)
    with door.database.writing() as session:
        candidate = candidate_for(session, door.keys, knock.number, institution=knock.institution)
        subjects = subjects_of(door.keys, candidate, origin, by_number=not entry.is_backup_key)
        counted = count_try(session, subjects, door.limits, now=now)
    return Examined(entry, candidate, counted, _stretched(door, candidate, entry, counted))


def _stretched(door: Door, candidate: Candidate, entry: Entry, counted: CountedTry) -> list[bytes]:
    """The tags to look for. A try that found no place was not verified, so it does not count."""
    secret = candidate.secret
    try:
        return door.hashing.run(
            lambda: door.keys.pin_tags(entry.digits, secret.case_id, secret.salt), backup_key=entry.is_backup_key
        )
    except HashingBusy:
        log.warning("hashing_busy", waiting=door.hashing.waiting, argon2_runs=door.keys.stretcher.runs)
        with door.database.writing() as session:
            take_back(session, counted)
        raise


def _opened(
    session: Session, door: Door, knock: Knock, found: FoundVictim, number_id: UUID | None, now: datetime
) -> SignedIn:
    if found.is_first_use:
        session.execute(update(Victim).where(Victim.id == found.id).values(pin_first_used_at=now))
    opened = open_session(session, found.id, number_id, shared_device=knock.shared_device, limits=door.limits, now=now)
    to_confirm = contacts_to_confirm(session, found.id, now=now)
    return SignedIn(opened.token, opened.ends_at, Next.CONFIRM_CONTACT if to_confirm else None, found.id)
