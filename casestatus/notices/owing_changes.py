"""A contact is told that something about her notices is to change, should it be news to her (pages.md §5, kind 6)."""

from datetime import date, datetime, timedelta

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.database import new_id
from casestatus.notices.ladder import may_be_contacted
from casestatus.notices.models import Notice, NoticeKind, NoticeState
from casestatus.notices.queue import Owed, enqueue
from casestatus.notices.rungs import rung_of
from casestatus.victims.models import Contact, Victim

ONE_IS_ENOUGH = timedelta(hours=1)


def owe_change(
    session: Session, contact: Contact, *, starts_on: date | None = None, keys: KeyRing, now: datetime
) -> bool:
    """Tell this contact, if it may be written to, unless it was told just now: one message is enough. False: it can't.

    `starts_on`: the day from which another contact is written to; None for what holds at once.
    """
    victim = session.get_one(Victim, contact.victim_id)
    may = may_be_contacted(victim.contact_policy) and rung_of(contact).takes(
        NoticeKind.CONTACT_CHANGED, victim.risk_tier, now
    )
    if not may or _was_told(session, contact, now):
        return may
    notice_id = new_id()
    told = starts_on.isoformat() if starts_on else None
    notice = Notice(
        id=notice_id,
        victim_id=victim.id,
        contact_id=contact.id,
        kind=NoticeKind.CONTACT_CHANGED,
        by_law=False,
        dedupe_key=f"change:{notice_id}",
        state=NoticeState.WAITING,
        payload=keys.seal(told, table="notice", column="payload", id=notice_id) if told else None,
        due_at=now,
        created_at=now,
    )
    session.add(notice)
    session.flush()
    enqueue(session, [Owed(notice, contact, 1, now)], now=now)
    return True


def _was_told(session: Session, contact: Contact, now: datetime) -> bool:
    """Whether such a message waits for it, or left within the hour."""
    told = Notice.state.not_in((NoticeState.NOT_WANTED, NoticeState.NO_CONTACT))
    lately = or_(Notice.state == NoticeState.WAITING, and_(told, Notice.created_at > now - ONE_IS_ENOUGH))
    of_contact = (Notice.contact_id == contact.id, Notice.kind == NoticeKind.CONTACT_CHANGED)
    return bool(session.scalar(select(exists().where(*of_contact, lately))))
