"""From one rung of the ladder to the next: another contact, and where none is left, somebody at the office."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from casestatus.cases.line_offices import office_of
from casestatus.cases.models import Case, Proceeding
from casestatus.notices.ladder import may_be_contacted, next_rung, waits_for_proof
from casestatus.notices.models import HANDED_OVER, DeliveryAttempt, Notice, NoticeState
from casestatus.notices.news import notices_with_news
from casestatus.notices.queue import Owed, enqueue
from casestatus.notices.rungs import contacts_of, rung_of
from casestatus.offices.models import TaskKind
from casestatus.offices.tasks import open_task, resolve_about
from casestatus.victims.her_office import office_of_victim
from casestatus.victims.models import Contact, Victim


class Ladder:
    """The steps that are left for a notice, in one transaction."""

    def __init__(self, session: Session, *, now: datetime) -> None:
        self._session = session
        self._now = now

    def climb(self, notice: Notice, rung: int) -> None:
        """Write to the next contact, or leave it to the office."""
        if not self._climbed(notice, rung):
            self.leave_to_the_office(notice, TaskKind.UNREACHABLE)

    def climb_without_proof(self, notice: Notice, attempt: DeliveryAttempt) -> None:
        """As `climb`, for what may have arrived: the office is asked where that is worth a person's time."""
        if self._climbed(notice, attempt.rung):
            return
        contact = self._session.get_one(Contact, attempt.contact_id)
        if waits_for_proof(contact.channel, by_law=notice.by_law):
            self.leave_to_the_office(notice, TaskKind.UNPROVEN)

    def _climbed(self, notice: Notice, rung: int) -> bool:
        contact = self._next_contact(notice)
        if contact is None:
            return False
        enqueue(self._session, [Owed(notice, contact, rung + 1, self._now)], now=self._now)
        notice.state = NoticeState.UNDER_WAY
        return True

    def leave_to_the_office(self, notice: Notice, kind: TaskKind) -> None:
        """Nothing more leaves by itself: a person has to reach her otherwise.

        Nobody has to once she asked for silence, unless the law owes it to her; nor for what is no news any more.
        """
        if self._is_owed(notice):
            notice.state = NoticeState.FOR_THE_OFFICE
            note_task(self._session, notice, kind, now=self._now)
        elif notice.state is NoticeState.FOR_THE_OFFICE:
            notice.state = NoticeState.HANDED_OVER if self._has_left(notice) else NoticeState.NOT_WANTED

    def take_back(self, notice: Notice) -> None:
        """She was reached after all: nobody has to look for her any more."""
        resolve_about(self._session, (TaskKind.UNREACHABLE, TaskKind.UNPROVEN), notice.id, now=self._now)

    def _is_owed(self, notice: Notice) -> bool:
        is_news = bool(notices_with_news(self._session, [notice.id]))
        return is_news and (notice.by_law or self._may_be_contacted(notice))

    def _may_be_contacted(self, notice: Notice) -> bool:
        return may_be_contacted(self._session.get_one(Victim, notice.victim_id).contact_policy)

    def _has_left(self, notice: Notice) -> bool:
        left = exists().where(DeliveryAttempt.notice_id == notice.id, DeliveryAttempt.state.in_(HANDED_OVER))
        return bool(self._session.scalar(select(left)))

    def _next_contact(self, notice: Notice) -> Contact | None:
        if not self._may_be_contacted(notice):
            return None
        victim = self._session.get_one(Victim, notice.victim_id)
        contacts = {contact.id: contact for contact in contacts_of(self._session, [victim.id]).get(victim.id, ())}
        following = next_rung(
            map(rung_of, contacts.values()),
            tier=victim.risk_tier,
            now=self._now,
            tried=self._tried(notice),
        )
        return contacts[following.contact_id] if following else None

    def _tried(self, notice: Notice) -> frozenset[UUID]:
        of_notice = select(DeliveryAttempt.contact_id).where(DeliveryAttempt.notice_id == notice.id)
        return frozenset(self._session.scalars(of_notice))


def note_task(session: Session, notice: Notice, kind: TaskKind, *, now: datetime) -> None:
    """A task for the office that has the line; for hers, where the notice is about no line of her own case."""
    victim = session.get_one(Victim, notice.victim_id)
    case = session.get_one(Case, victim.case_id)
    line = session.get(Proceeding, notice.proceeding_id) if notice.proceeding_id else None
    hers = line if line is not None and line.case_id == case.id else None
    open_task(
        session,
        kind,
        notice.id,
        office_id=office_of(case, hers) if hers else office_of_victim(session, victim.id),
        case_id=case.id,
        victim_id=victim.id,
        notice_id=notice.id,
        proceeding_id=hers.id if hers else None,
        now=now,
    )
