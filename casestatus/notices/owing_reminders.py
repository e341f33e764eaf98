"""Victims of a line are reminded of their dates some days before the last day of a right: each last day once."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.models import Proceeding
from casestatus.database import new_id
from casestatus.notices.models import Notice, NoticeKind, NoticeState
from casestatus.notices.owing import put_on_their_way
from casestatus.victims.models import Victim, VictimProceeding


def owe_reminders(session: Session, line: Proceeding, event_id: UUID, last_day: date, *, now: datetime) -> int:
    """Owe a reminder to each victim of the line, about the event from which the last day follows; how many are new.

    The caller holds the line's case. It leaves in safe hours, and not at all once the event is taken back.
    """
    victims = _not_reminded(session, line.id, last_day)
    notices = {victim: _notice(line, victim, last_day, now) for victim in victims}
    put_on_their_way(session, notices, event_id=event_id, now=now)
    return len(victims)


def _notice(line: Proceeding, victim: Victim, last_day: date, now: datetime) -> Notice:
    return Notice(
        id=new_id(),
        victim_id=victim.id,
        proceeding_id=line.id,
        kind=NoticeKind.REMINDER,
        by_law=False,
        dedupe_key=_dedupe_key(line.id, victim.id, last_day),
        state=NoticeState.WAITING,
        due_at=now,
        created_at=now,
    )


def _not_reminded(session: Session, proceeding_id: UUID, last_day: date) -> list[Victim]:
    linked = select(Victim).join(VictimProceeding, VictimProceeding.victim_id == Victim.id)
    open_ones = (VictimProceeding.proceeding_id == proceeding_id, Victim.closed_at.is_(None))
    victims = session.scalars(linked.where(*open_ones).order_by(Victim.id)).all()
    by_key = {_dedupe_key(proceeding_id, victim.id, last_day): victim for victim in victims}
    known = set(session.scalars(select(Notice.dedupe_key).where(Notice.dedupe_key.in_(by_key))))
    return [victim for key, victim in by_key.items() if key not in known]


def _dedupe_key(proceeding_id: UUID, victim_id: UUID, last_day: date) -> str:
    return f"reminder:{proceeding_id}:{victim_id}:{last_day}"
