"""Who is to be told of an event, put on the queue in the transaction that records the event."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from casestatus.cases.models import Proceeding, TimelineEvent
from casestatus.cases.stages import NoticeClass, Stage
from casestatus.database import new_id
from casestatus.notices.climbing import note_task
from casestatus.notices.ladder import may_be_contacted, next_rung
from casestatus.notices.models import (
    HANDED_OVER,
    AttemptState,
    DeliveryAttempt,
    Notice,
    NoticeEvent,
    NoticeKind,
    NoticeState,
)
from casestatus.notices.queue import Owed, bring_forward, enqueue
from casestatus.notices.rungs import contacts_of, rung_of
from casestatus.offices.models import TaskKind
from casestatus.victims.models import Contact, Victim, VictimProceeding

NEVER_LEFT = (NoticeState.WAITING, NoticeState.NO_CONTACT, NoticeState.NOT_WANTED)


@dataclass(frozen=True)
class _News:
    """An event that somebody is to be told of."""

    event: TimelineEvent
    proceeding: Proceeding
    by_law: bool
    urgent: bool
    now: datetime
    due_at: datetime


def owe(
    session: Session,
    event: TimelineEvent,
    *,
    proceeding: Proceeding,
    shown: Sequence[Stage],
    superseded: TimelineEvent | None,
    now: datetime,
    delay: timedelta,
    urgent: bool = False,
) -> int:
    """Owe a notice to each victim of the line, because these stages became visible; how many notices were queued anew.

    An event joins a notice of the same line that hasn't left. What is `urgent` doesn't wait for the hours of whoever
    asked for that. A correction of what was already told is told always.
    Whoever can't be written to is noted, and what the law owes her becomes a task of the office.
    """
    classes = {stage.notice for stage in shown}
    by_law = NoticeClass.LAW in classes
    worth_telling = by_law or NoticeClass.POLICY in classes
    news = _News(event, proceeding, by_law, urgent, now, now + delay)
    victims = _victims(session, proceeding.id)
    waiting = _waiting_notices(session, proceeding.id, victims)  # held first: then what has left is known for certain
    told = _told_of(session, superseded, victims) if superseded else {}
    concerned = [victim for victim in victims if worth_telling or victim.id in told]
    return _tell(session, news, concerned, waiting, told)


def _tell(
    session: Session,
    news: _News,
    victims: Sequence[Victim],
    waiting: Mapping[UUID, Notice],
    told: Mapping[UUID, Collection[UUID]],
) -> int:
    for victim in victims:
        if notice := waiting.get(victim.id):
            _join(session, notice, news, corrects=any(other != notice.id for other in told.get(victim.id, ())))
    if news.urgent:
        hers = [waiting[victim.id].id for victim in victims if victim.urgent_alerts and victim.id in waiting]
        bring_forward(session, hers, news.due_at)
    new = {
        victim: _notice(news, victim, NoticeKind.CORRECTION if victim.id in told else NoticeKind.NOTICE)
        for victim in victims
        if victim.id not in waiting
    }
    return put_on_their_way(session, new, event_id=news.event.id, urgent=news.urgent, now=news.now)


def _join(session: Session, notice: Notice, news: _News, *, corrects: bool) -> None:
    """`corrects`: she was told what it takes back by another notice, and this one says so."""
    notice.by_law = notice.by_law or news.by_law
    notice.kind = NoticeKind.CORRECTION if corrects else notice.kind
    session.add(NoticeEvent(notice_id=notice.id, event_id=news.event.id, urgent=news.urgent))


def _notice(news: _News, victim: Victim, kind: NoticeKind) -> Notice:
    return Notice(
        id=new_id(),
        victim_id=victim.id,
        proceeding_id=news.proceeding.id,
        kind=kind,
        by_law=news.by_law,
        dedupe_key=f"{news.event.id}:{victim.id}",
        state=NoticeState.WAITING,
        due_at=news.due_at,
        created_at=news.now,
    )


def put_on_their_way(
    session: Session,
    notices: Mapping[Victim, Notice],
    *,
    event_id: UUID | None = None,
    urgent: bool = False,
    now: datetime,
) -> int:
    """Queue each victim's new notice, of this event, to her first contact that may be written to; how many were.

    Who has none is noted. All rows of a table are written together: an update may be told to a thousand people.
    """
    session.add_all(notices.values())
    session.flush()
    if event_id is not None:
        told = [NoticeEvent(notice_id=notice.id, event_id=event_id, urgent=urgent) for notice in notices.values()]
        session.add_all(told)
    contacts = contacts_of(session, [victim.id for victim in notices]) if notices else {}
    owed = []
    for victim, notice in notices.items():
        if contact := _first_contact(victim, contacts.get(victim.id, ()), now):
            owed.append(Owed(notice, contact, 1, notice.due_at))
        else:
            _note_unreachable(session, notice, victim, now)
    enqueue(session, owed, now=now)
    session.flush()
    return len(owed)


def _first_contact(victim: Victim, contacts: Sequence[Contact], now: datetime) -> Contact | None:
    if not may_be_contacted(victim.contact_policy):
        return None
    by_id = {contact.id: contact for contact in contacts}
    rung = next_rung(map(rung_of, contacts), tier=victim.risk_tier, now=now)
    return by_id[rung.contact_id] if rung else None


def _note_unreachable(session: Session, notice: Notice, victim: Victim, now: datetime) -> None:
    wants_none = not may_be_contacted(victim.contact_policy)
    notice.state = NoticeState.NOT_WANTED if wants_none else NoticeState.NO_CONTACT
    if notice.by_law:
        note_task(session, notice, TaskKind.UNREACHABLE, now=now)


def _victims(session: Session, proceeding_id: UUID) -> Sequence[Victim]:
    """Those who may see the line, in an order of their own, so that two updates never wait for each other."""
    linked = select(Victim).join(VictimProceeding, VictimProceeding.victim_id == Victim.id)
    open_ones = linked.where(VictimProceeding.proceeding_id == proceeding_id, Victim.closed_at.is_(None))
    return session.scalars(open_ones.order_by(Victim.id)).all()


def _told_of(session: Session, event: TimelineEvent, victims: Sequence[Victim]) -> Mapping[UUID, Collection[UUID]]:
    """The victims to whom a notice of this event has left, or is leaving, and by which notices."""
    left = (
        select(Notice.victim_id, Notice.id)
        .join(NoticeEvent, NoticeEvent.notice_id == Notice.id)
        .where(
            NoticeEvent.event_id == event.id,
            Notice.victim_id.in_([victim.id for victim in victims]),
            Notice.state.not_in(NEVER_LEFT),
        )
    )
    told = defaultdict(list)
    for victim_id, notice_id in session.execute(left):
        told[victim_id].append(notice_id)
    return told


def _waiting_notices(session: Session, proceeding_id: UUID, victims: Sequence[Victim]) -> Mapping[UUID, Notice]:
    """Each victim's notice of this line that hasn't left, held so that no worker takes it while we add to it."""
    left = aliased(DeliveryAttempt)
    has_left = exists().where(left.notice_id == Notice.id, left.state.in_(HANDED_OVER))
    held = (
        select(Notice)
        .join(DeliveryAttempt, DeliveryAttempt.notice_id == Notice.id)
        .where(
            Notice.proceeding_id == proceeding_id,
            Notice.victim_id.in_([victim.id for victim in victims]),
            Notice.kind.in_((NoticeKind.NOTICE, NoticeKind.CORRECTION)),
            DeliveryAttempt.state == AttemptState.PENDING,
            ~has_left,
        )
        .order_by(DeliveryAttempt.id)
        .with_for_update(of=DeliveryAttempt)
    )
    return {notice.victim_id: notice for notice in session.scalars(held)}
