"""One-time codes: six digits sent to a contact, for one purpose, kept as a keyed hash."""

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from casestatus.access.models import CodePurpose, OneTimeCode
from casestatus.crypto import KeyRing
from casestatus.errors import N_, Throttled
from casestatus.settings import Limits
from casestatus.victims.models import Contact, Victim

DIGITS = 6
DAY = timedelta(days=1)


class CodesUsedUp(Throttled):
    """429: this victim was sent as many codes for this purpose as one day allows."""

    type = "codes-used-up"
    detail = N_("Ya se mandaron los códigos de hoy. Prueba otra vez mañana.")


def issue_code(
    session: Session,
    keys: KeyRing,
    contact: Contact,
    limits: Limits,
    *,
    purpose: CodePurpose,
    now: datetime,
    randbelow: Callable[[int], int] = secrets.randbelow,
) -> str:
    """A new code for a contact; earlier ones stop working. Raises CodesUsedUp after `codes_per_day` in 24 hours."""
    _refuse_too_many(session, contact.victim_id, purpose, limits, now)
    code = f"{randbelow(10**DIGITS):0{DIGITS}d}"
    session.add(
        OneTimeCode(
            victim_id=contact.victim_id,
            contact_id=contact.id,
            purpose=purpose,
            code_hash=keys.code_hash(purpose, code, contact.id),
            tries=0,
            created_at=now,
            expires_at=now + timedelta(seconds=limits.code_life),
        )
    )
    return code


def use_code(
    session: Session,
    keys: KeyRing,
    contact_id: UUID,
    code: str,
    limits: Limits,
    *,
    purpose: CodePurpose,
    now: datetime,
) -> bool:
    """Whether this is the contact's newest code, still good; it is used up by that. A wrong try counts: commit it."""
    sent = session.scalar(_newest(contact_id, purpose))
    if sent is None or sent.used_at or now >= sent.expires_at or sent.tries >= limits.code_tries:
        return False
    sent.tries += 1
    if not hmac.compare_digest(sent.code_hash, keys.code_hash(purpose, code.strip(), contact_id)):
        return False
    sent.used_at = now
    return True


def _newest(contact_id: UUID, purpose: CodePurpose) -> Select[OneTimeCode]:
    """Locked, so that parallel tries are counted one after the other."""
    of_contact = select(OneTimeCode).where(OneTimeCode.contact_id == contact_id, OneTimeCode.purpose == purpose)
    newest_first = of_contact.order_by(OneTimeCode.created_at.desc(), OneTimeCode.id.desc())
    return newest_first.limit(1).with_for_update()


def _refuse_too_many(session: Session, victim_id: UUID, purpose: CodePurpose, limits: Limits, now: datetime) -> None:
    one_at_a_time = select(Victim.id).where(Victim.id == victim_id).with_for_update(key_share=True)
    session.execute(one_at_a_time)
    sent = select(func.count(), func.min(OneTimeCode.created_at)).where(
        OneTimeCode.victim_id == victim_id, OneTimeCode.purpose == purpose, OneTimeCode.created_at > now - DAY
    )
    count, first_at = session.execute(sent).one()
    if count >= limits.codes_per_day:
        raise CodesUsedUp(retry_after=int((first_at + DAY - now).total_seconds()) + 1)
