"""All that one message depends on, read in one statement right before it leaves."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import Session

from casestatus.cases.models import Case
from casestatus.database.prepared import Prepared, Row
from casestatus.notices.models import DeliveryAttempt, Notice
from casestatus.notices.news import AHEAD_UNTIL, AT_ANY_HOUR, HAS_NEWS
from casestatus.offices.models import Institution
from casestatus.victims.models import Contact, Victim

# The contact's columns keep their names, so that the rules take the row as they take a contact.
OF_CONTACT = (
    Contact.id,
    Contact.channel,
    Contact.address,
    Contact.code_word,
    Contact.hours,
    Contact.time_zone,
    Contact.safe,
    Contact.confirmed_at,
    Contact.confirmed_in_person,
    Contact.stopped_at,
    Contact.reconfirm_by,
    Contact.usable_from,
    Contact.removed_at,
)

OF_VICTIM = (
    Victim.language,
    Victim.message_wording,
    Victim.risk_tier,
    Victim.contact_policy,
    Victim.stall_alerts,
)

LETTER = Prepared(
    select(
        DeliveryAttempt.id.label("attempt_id"),
        DeliveryAttempt.reference,
        Notice.id.label("notice_id"),
        Notice.kind,
        Notice.by_law,
        Notice.payload,
        Notice.due_at,
        HAS_NEWS.label("has_news"),
        AHEAD_UNTIL.label("ahead_until"),
        AT_ANY_HOUR.label("at_any_hour"),
        Institution.code.label("institution"),
        *OF_VICTIM,
        *OF_CONTACT,
    )
    .join(Notice, Notice.id == DeliveryAttempt.notice_id)
    .join(Victim, Victim.id == Notice.victim_id)
    .join(Contact, Contact.id == DeliveryAttempt.contact_id)
    .join(Case, Case.id == Victim.case_id)
    .join(Institution, Institution.id == Case.institution_id)
    .where(DeliveryAttempt.id == bindparam("held_id", type_=Uuid()))
)


def letter_of(session: Session, attempt_id: UUID) -> Row:
    """The letter of a held attempt, as things stand now."""
    (letter,) = LETTER.rows(session, {"held_id": attempt_id})
    return letter
