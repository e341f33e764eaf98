"""Victims who asked for it are told that their line stands still: a neutral notice, each stall once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.models import Stall
from casestatus.database import new_id
from casestatus.notices.models import Notice, NoticeKind, NoticeState
from casestatus.notices.owing import put_on_its_way
from casestatus.notices.rungs import contacts_of
from casestatus.victims.models import Victim, VictimProceeding


def owe_stall(session: Session, stall: Stall, *, now: datetime) -> int:
    """Owe a notice to each victim of the line who chose to be told; how many were queued. It leaves in safe hours."""
    linked = select(Victim).join(VictimProceeding, VictimProceeding.victim_id == Victim.id)
    wanting = (Victim.stall_alerts, Victim.closed_at.is_(None), VictimProceeding.proceeding_id == stall.proceeding_id)
    victims = session.scalars(linked.where(*wanting).order_by(Victim.id)).all()
    contacts = contacts_of(session, [victim.id for victim in victims]) if victims else {}
    queued = 0
    for victim in victims:
        notice = _notice(stall, victim, now)
        session.add(notice)
        session.flush()
        queued += put_on_its_way(session, notice, victim, contacts.get(victim.id, ()), now=now)
    return queued


def _notice(stall: Stall, victim: Victim, now: datetime) -> Notice:
    return Notice(
        id=new_id(),
        victim_id=victim.id,
        proceeding_id=stall.proceeding_id,
        stall_id=stall.id,
        kind=NoticeKind.STALL,
        by_law=False,
        dedupe_key=f"stall:{stall.id}:{victim.id}",
        state=NoticeState.WAITING,
        due_at=now,
        created_at=now,
    )
