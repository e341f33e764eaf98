"""The number under which a moved case goes on in another office of this service: it opens the case like the old one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from casestatus.access.models import VictimSession
from casestatus.cases.finding import find_number, is_free, number_keys
from casestatus.cases.models import Case, CaseNumber, CaseNumberKey, NumberKind, Proceeding, TimelineEvent
from casestatus.cases.numbers import Form, readings
from casestatus.cases.registering import add_number
from casestatus.crypto import KeyRing
from casestatus.database import hold
from casestatus.statistics.lineages import forget_lineage, keep_lineage


def open_under(session: Session, case: Case, event_id: UUID, *, keys: KeyRing, now: datetime) -> None:
    """Let the number that this visible event tells open the case. Another family's never does, and isn't shown."""
    sealed = session.get_one(TimelineEvent, event_id).to_number
    if sealed is None:
        return
    number = keys.unseal(sealed, table="timeline_event", column="to_number", id=event_id)
    likeliest = readings(number)[0]
    hold(session, number_keys(keys, case.institution_id, likeliest)[Form.EXACT])
    known = find_number(session, keys, [case.institution_id], [likeliest], forms=[Form.EXACT])
    if known is None and is_free(session, keys, number, but=case.id):
        add_number(session, case, likeliest, kind=NumberKind.OFFICIAL, keys=keys, now=now, told_by=event_id)


def is_only_told(session: Session, number_id: UUID) -> bool:
    """Whether a number is known only from the office that moved the line away: nobody there has confirmed it yet."""
    told = session.get(TimelineEvent, number_id)
    return told is not None and session.get_one(Proceeding, told.proceeding_id).moving_to_id is not None


def goes_on_under(session: Session, case: Case, event_id: UUID, *, keys: KeyRing) -> None:
    """A case that is registered under the number that this visible event tells counts as the same one."""
    sealed = session.get_one(TimelineEvent, event_id).to_number
    if sealed is not None:
        number = keys.unseal(sealed, table="timeline_event", column="to_number", id=event_id)
        likeliest = readings(number)[0]
        hold(session, number_keys(keys, case.institution_id, likeliest)[Form.EXACT])
        keep_lineage(session, keys, case.institution_id, likeliest, case.lineage, told_by=event_id)


def close_under(session: Session, event_id: UUID) -> None:
    """A number that this event told opens the case no more. Whoever came in by it stays signed in."""
    session.execute(update(VictimSession).where(VictimSession.number_id == event_id).values(number_id=None))
    session.execute(delete(CaseNumberKey).where(CaseNumberKey.number_id == event_id))
    forget_lineage(session, event_id)
    session.execute(delete(CaseNumber).where(CaseNumber.id == event_id))
