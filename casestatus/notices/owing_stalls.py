"""Victims who asked for it are told that their line stands still: a neutral notice, each stall once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.models import Stall
from casestatus.database import new_id
from casestatus.notices.models import Notice, NoticeKind, NoticeState
from casestatus.notices.owing import put_on_their_way
from casestatus.victims.models import Victim, VictimProceeding


def owe_stall(session: Session, stall: Stall, *, now: datetime) -> int:
    """Owe a notice to each victim of the line who chose to be told; how many were queued. It leaves in safe hours."""
    linked = select(Victim).join(VictimProceeding, VictimProceeding.victim_id == Victim.id)
    wanting = (Victim.stall_alerts, Victim.closed_at.is_(None), VictimProceeding.proceeding_id == stall.proceeding_id)
    victims = session.scalars(linked.where(*wanting).order_by(Victim.id)).all()
    return put_on_their_way(session, {victim: _notice(stall, victim, now) for victim in victims}, now=now)


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
