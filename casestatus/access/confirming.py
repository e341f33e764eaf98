"""A contact is confirmed by a code that was sent to it: only after a right PIN, and never in a high risk tier."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session

from casestatus.access.models import CodePurpose, OneTimeCode
from casestatus.access.one_time_codes import CodesUsedUp, issue_code, use_code
from casestatus.cases.crimes import RiskTier
from casestatus.crypto import KeyRing
from casestatus.errors import N_, NotFound, Unprocessable
from casestatus.notices.codes import send_code
from casestatus.notices.hours import leaves_at
from casestatus.notices.owing_changes import owe_change
from casestatus.notices.rungs import hours_of
from casestatus.offices.models import TaskKind
from casestatus.offices.tasks import Caused, open_task
from casestatus.settings import Limits, Settings
from casestatus.victims.her_office import office_of_victim
from casestatus.victims.models import Contact, ContactPolicy, Victim
from casestatus.victims.new_contacts import live_contacts
from casestatus.victims.reconfirming import day_there, safe_until, wants_confirming


class CodeWrong(Unprocessable):
    """422: not the newest code of this contact, or it has expired, or there were too many tries."""

    type = "code-wrong"
    title = N_("Ese código no sirve o ya venció.")
    detail = N_("Cuando entres otra vez llega otro.")


FIRST_DAY = "Pacific/Kiritimati"  # where a day begins first
TO_CONFIRM = (  # built once: every sign-in asks
    select(Contact)
    .join(Victim, Victim.id == Contact.victim_id)
    .where(
        Victim.id == bindparam("victim_id"),
        Victim.risk_tier == RiskTier.ORDINARY,
        Victim.contact_policy == ContactPolicy.NOTIFY,
        Contact.safe,
        Contact.stopped_at.is_(None),
        Contact.removed_at.is_(None),
        or_(Contact.confirmed_at.is_(None), Contact.reconfirm_by <= bindparam("today_anywhere")),
    )
    .order_by(Contact.created_at, Contact.id)
)


def contacts_to_confirm(session: Session, victim_id: UUID, *, now: datetime) -> Sequence[Contact]:
    """Contacts to which nothing goes until she types a code. None in a high tier: there it is done in person."""
    found = session.scalars(TO_CONFIRM, {"victim_id": victim_id, "today_anywhere": day_there(now, FIRST_DAY)})
    return [
        contact
        for contact in found
        if contact.confirmed_at is None or wants_confirming(contact.reconfirm_by, contact.time_zone, now)
    ]


def send_codes(session: Session, victim_id: UUID, *, keys: KeyRing, settings: Settings, now: datetime) -> None:
    """Send a code to each contact that wants one, if the hour is safe there and none is on its way; else nothing."""
    for contact in contacts_to_confirm(session, victim_id, now=now):
        send_code_to(session, contact, keys=keys, settings=settings, now=now)


def send_code_to(session: Session, contact: Contact, *, keys: KeyRing, settings: Settings, now: datetime) -> None:
    """Send a code there if the hour is safe, none is on its way and the day's aren't used up; else nothing, silently.

    What she is told is the same in each case: a code that doesn't come must say nothing about an address.
    """
    sleeps = leaves_at(now, hours_of(contact, settings.notice_hours)) > now
    if sleeps or contact.stopped_at is not None or _has_live_code(session, contact.id, now):
        return
    with suppress(CodesUsedUp):
        code = issue_code(session, keys, contact, settings.limits, purpose=CodePurpose.CONFIRM_CONTACT, now=now)
        send_code(session, contact, code, keys=keys, settings=settings, now=now)


def confirm_contact(
    session: Session, victim_id: UUID, contact_id: UUID, code: str, *, keys: KeyRing, limits: Limits, now: datetime
) -> bool:
    """Whether the code confirmed the contact. A wrong try counts: commit it. Raises NotFound if it isn't hers.

    One that she added herself waits some days for its first notice, and her other contacts are told of it: it may be
    that somebody else added it.
    """
    contact = session.get(Contact, contact_id)
    if contact is None or contact.victim_id != victim_id or contact.removed_at is not None or not contact.safe:
        raise NotFound
    if not use_code(session, keys, contact_id, code, limits, purpose=CodePurpose.CONFIRM_CONTACT, now=now):
        return False
    if contact.confirmed_at is None and contact.usable_from is not None:
        contact.usable_from = now + timedelta(seconds=limits.contact_wait)
        _tell_the_others(session, contact, contact.usable_from, keys=keys, now=now)
    contact.confirmed_at = now
    contact.reconfirm_by = safe_until(now, contact.time_zone, safe_days=limits.contact_safe_days)
    return True


def _tell_the_others(
    session: Session, contact: Contact, usable_from: datetime, *, keys: KeyRing, now: datetime
) -> None:
    """Her other contacts are told; where she had some and none can be, a person at the office is to ask her."""
    told = False
    for other in live_contacts(session, contact.victim_id):
        if other.id != contact.id:
            starts_on = usable_from.astimezone(ZoneInfo(other.time_zone)).date()
            told = owe_change(session, other, starts_on=starts_on, keys=keys, now=now) or told
    had = exists().where(
        Contact.victim_id == contact.victim_id, Contact.id != contact.id, Contact.confirmed_at.is_not(None)
    )
    if not told and session.scalar(select(had)):
        _ask_office(session, contact, now)


def _ask_office(session: Session, contact: Contact, now: datetime) -> None:
    her = session.get_one(Victim, contact.victim_id)
    open_task(
        session,
        TaskKind.CONTACT_REPLACED,
        Caused(contact.id, by=now.isoformat()),
        office_id=office_of_victim(session, her.id),
        case_id=her.case_id,
        victim_id=her.id,
        now=now,
    )


def _has_live_code(session: Session, contact_id: UUID, now: datetime) -> bool:
    live = select(OneTimeCode.id).where(
        OneTimeCode.contact_id == contact_id, OneTimeCode.expires_at > now, OneTimeCode.used_at.is_(None)
    )
    return session.scalar(live.limit(1)) is not None
