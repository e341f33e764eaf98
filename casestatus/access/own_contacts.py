"""What she changes about her contacts, after her PIN: who else is told, what waits, and what holds at once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.access.confirming import send_code_to
from casestatus.cases.crimes import RiskTier
from casestatus.crypto import KeyRing
from casestatus.errors import N_, Conflict, Forbidden, NotFound
from casestatus.notices.ladder import may_be_contacted
from casestatus.notices.owing_changes import owe_change
from casestatus.offices.models import TaskKind
from casestatus.offices.tasks import Caused, open_task
from casestatus.settings import Settings
from casestatus.victims.her_office import office_of_victim
from casestatus.victims.models import Channel, Contact, Victim
from casestatus.victims.new_contacts import Address, SafeHours, keep_contact
from casestatus.victims.reconfirming import safe_until, wants_confirming


class InPersonOnly(Forbidden):
    """403: in a high risk tier nothing is written to what was not confirmed in person."""

    type = "in-person-only"
    title = N_("Esto se hace en persona.")
    detail = N_("Por tu seguridad, los avisos se activan en persona, en tu oficina.")


class NoticesPaused(Conflict):
    """409: she asked not to be written to, so no code is sent either."""

    type = "notices-paused"
    title = N_("Pediste que no te escribamos.")
    detail = N_("Primero elige «Volver a recibir avisos».")


class ConfirmFirst(Conflict):
    """409: saying that it is still safe isn't enough any more; its code has to come back."""

    type = "confirm-first"
    title = N_("Este contacto se confirma otra vez con un código.")
    detail = N_("Cuando entres otra vez llega uno.")


def add_own_contact(
    session: Session,
    victim_id: UUID,
    address: Address,
    when: SafeHours,
    *,
    keys: KeyRing,
    settings: Settings,
    now: datetime,
) -> Contact:
    """A contact that waits for its code, which leaves now if the hour is safe. Raises InPersonOnly, NoticesPaused."""
    _may_add(_held(session, victim_id))
    limits = settings.limits
    contact = keep_contact(session, victim_id, address, when, most=limits.contacts_of_one, keys=keys, now=now)
    if contact.confirmed_at is None:
        send_code_to(session, contact, keys=keys, settings=settings, now=now)
    return contact


def change_hours(
    session: Session, victim_id: UUID, contact_id: UUID, when: SafeHours, *, keys: KeyRing, now: datetime
) -> None:
    """Write to it at other hours, from now on; it is told, within them. Raises NotFound."""
    contact = own_contact(session, victim_id, contact_id)
    if (contact.hours, contact.time_zone) != (when.hours, when.time_zone):
        contact.hours, contact.time_zone = when.hours, when.time_zone
        owe_change(session, contact, keys=keys, now=now)


def remove_contact(session: Session, victim_id: UUID, contact_id: UUID, *, keys: KeyRing, now: datetime) -> None:
    """Nothing more goes there but, where notices went, a last message that something has changed. Raises NotFound."""
    contact = own_contact(session, victim_id, contact_id)
    owe_change(session, contact, keys=keys, now=now)
    contact.removed_at = now


def call_unsafe(session: Session, victim_id: UUID, contact_id: UUID, *, now: datetime) -> None:
    """Nothing goes there any more, not even that; a person at the office is to talk to her. Raises NotFound."""
    contact = own_contact(session, victim_id, contact_id)
    contact.safe, contact.removed_at = False, now
    if contact.confirmed_at is None:
        return
    open_task(
        session,
        TaskKind.CONTACT_UNSAFE,
        Caused(contact_id, by=contact.confirmed_at.isoformat()),
        office_id=office_of_victim(session, victim_id),
        case_id=session.get_one(Victim, victim_id).case_id,
        victim_id=victim_id,
        now=now,
    )


def call_still_safe(session: Session, victim_id: UUID, contact_id: UUID, *, safe_days: int, now: datetime) -> None:
    """She is asked again only after so many days. Raises NotFound, or ConfirmFirst where it is too late for that."""
    contact = own_contact(session, victim_id, contact_id)
    if contact.confirmed_at is None or wants_confirming(contact.reconfirm_by, contact.time_zone, now):
        raise ConfirmFirst
    contact.reconfirm_by = safe_until(now, contact.time_zone, safe_days=safe_days)


def resume_email(
    session: Session, victim_id: UUID, contact_id: UUID, *, keys: KeyRing, settings: Settings, now: datetime
) -> None:
    """Undo her stop of an e-mail address, for this access alone: a code there, as for a new one.

    An SMS stop is undone from the telephone itself (COMENZAR). Raises NotFound, InPersonOnly, NoticesPaused.
    """
    _may_add(_held(session, victim_id))
    contact = own_contact(session, victim_id, contact_id)
    if contact.channel is not Channel.EMAIL or contact.stopped_at is None or contact.confirmed_at is None:
        raise NotFound
    contact.stopped_at = None
    contact.confirmed_at, contact.confirmed_in_person, contact.usable_from = None, False, now
    send_code_to(session, contact, keys=keys, settings=settings, now=now)


def own_contact(session: Session, victim_id: UUID, contact_id: UUID) -> Contact:
    """A contact of hers that she didn't remove, held. Raises NotFound."""
    contact = session.scalars(
        select(Contact).where(Contact.id == contact_id).with_for_update(key_share=True)
    ).one_or_none()
    if contact is None or contact.victim_id != victim_id or contact.removed_at is not None or not contact.safe:
        raise NotFound
    return contact


def _held(session: Session, victim_id: UUID) -> Victim:
    """Her access, so that two of her requests change it one after the other."""
    return session.scalars(select(Victim).where(Victim.id == victim_id).with_for_update(key_share=True)).one()


def _may_add(victim: Victim) -> None:
    if victim.risk_tier is RiskTier.HIGH:
        raise InPersonOnly
    if not may_be_contacted(victim.contact_policy):
        raise NoticesPaused
