"""What a victim's pages and their JSON have in common: one reading of her case, one of her contacts."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from casestatus.access.confirming import contacts_to_confirm
from casestatus.access.victim_sessions import CurrentSession
from casestatus.notices.sent import failed_contacts, messages_of
from casestatus.victims.contacts import ContactState, contacts_of_victim
from casestatus.victims.status import status_of
from casestatus.web.case_view import case_view, contact_view, starts_on
from casestatus.web.dependencies import Service
from casestatus.web.views import CaseView, ContactView
from casestatus.wording import Wording


def case_of(service: Service, session: Session, current: CurrentSession, words: Wording, *, now: datetime) -> CaseView:
    """Her case at `now`, in the language of `words`."""
    status = status_of(session, current.victim_id, current.number_id, keys=service.keys)
    messages = messages_of(session, current.victim_id)
    offices = {line.office_id for line in status.lines}
    calendars = {office_id: service.calendars.of(session, office_id, now=now) for office_id in offices}
    return case_view(status, messages, calendars, words=words, limits=service.settings.limits, now=now)


def contacts_of(session: Session, current: CurrentSession, *, now: datetime) -> list[ContactView]:
    """Her contacts, the oldest first."""
    to_confirm = {contact.id for contact in contacts_to_confirm(session, current.victim_id, now=now)}
    contacts = contacts_of_victim(session, current.victim_id, now=now)
    return [contact_view(contact, wants_code=contact.id in to_confirm, now=now) for contact in contacts]


@dataclass(frozen=True)
class ContactNews:
    """What her summary says of her contacts: until when a change waits, and that one didn't get its message."""

    waits_until: date | None
    not_arrived: bool


def contact_news(session: Session, current: CurrentSession, *, now: datetime) -> ContactNews:
    """What she should know of her contacts before anything else; mostly nothing."""
    contacts = contacts_of_victim(session, current.victim_id, now=now)
    waiting = [starts_on(contact) for contact in contacts if contact.state is ContactState.WAITING]
    again = [contact.id for contact in contacts if contact.state is ContactState.CONFIRM_AGAIN]
    not_arrived = bool(again) and bool(failed_contacts(session, again))
    return ContactNews(max(filter(None, waiting), default=None), not_arrived)
