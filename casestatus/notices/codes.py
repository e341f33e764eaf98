"""The code that confirms a contact: it leaves at once, if the hour is safe, and to that contact only."""

from datetime import datetime

from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.database import new_id
from casestatus.notices.hours import leaves_at
from casestatus.notices.models import Notice, NoticeKind, NoticeState
from casestatus.notices.queue import Owed, enqueue
from casestatus.notices.rungs import hours_of, rung_of
from casestatus.settings import Settings
from casestatus.victims.models import Contact


def send_code(
    session: Session, contact: Contact, code: str, *, keys: KeyRing, settings: Settings, now: datetime
) -> datetime | None:
    """Owe this contact this code, in the caller's transaction. When it leaves: its life counts from then.

    None when the contact may not be written to at all (not called safe, or stopped). The code is sealed on the notice
    and erased once it left.
    """
    if not rung_of(contact).takes_codes():
        return None
    due_at = leaves_at(now, hours_of(contact, settings.notice_hours))
    notice_id = new_id()
    notice = Notice(
        id=notice_id,
        victim_id=contact.victim_id,
        contact_id=contact.id,
        kind=NoticeKind.CONFIRM,
        by_law=False,
        dedupe_key=f"code:{notice_id}",
        state=NoticeState.WAITING,
        payload=keys.seal(code, table="notice", column="payload", id=notice_id),
        due_at=due_at,
        created_at=now,
    )
    session.add(notice)
    session.flush()
    enqueue(session, [Owed(notice, contact, 1, due_at)], now=now)
    return due_at
