"""The notices of one case and what became of each hand-over, for the office that has their lines."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.line_numbers import number_for
from casestatus.cases.models import Case, Proceeding
from casestatus.notices.models import AttemptState, DeliveryAttempt, Notice, NoticeKind
from casestatus.notices.of_offices import of_offices
from casestatus.notices.office_words import (
    HERS_ALONE,
    NOTICE_WORDS,
    TOLD,
    OfficeState,
    attempt_words,
    office_state,
)
from casestatus.notices.sent import REPORTED, reference_of
from casestatus.victims.models import Channel, Victim
from casestatus.wording import Wording


class LedgerAttempt(BaseModel):
    """One hand-over, never to whom. `reported_at`: when the network said whether it arrived; `seen_at`: she answered 1.

    `reference` stands at the message's end and is told once it left or may have.
    """

    model_config = ConfigDict(frozen=True)

    channel: Channel
    state: AttemptState
    state_name: str
    reference: str | None
    sent_at: datetime | None
    reported_at: datetime | None
    seen_at: datetime | None


class LedgerNotice(BaseModel):
    """One notice owed to one victim. `proceeding` is None for a line of the case that this one was joined into."""

    model_config = ConfigDict(frozen=True)

    notice_id: UUID
    victim_id: UUID
    kind: NoticeKind
    proceeding: int | None
    by_law: bool
    state: OfficeState
    state_name: str
    created_at: datetime
    attempts: list[LedgerAttempt]


class CaseNotices(BaseModel):
    """A case's notices, the newest first; `next` asks for older ones, None when there are none."""

    model_config = ConfigDict(frozen=True)

    case_id: UUID
    notices: list[LedgerNotice]
    next: UUID | None


def notices_of_case(
    session: Session, case_id: UUID, offices: Collection[UUID], *, before: UUID | None, limit: int, words: Wording
) -> CaseNotices:
    """Up to `limit` notices of these offices to those who have an access to the case, older than `before`."""
    owed = (
        select(Notice, Proceeding)
        .join(Victim, Victim.id == Notice.victim_id)
        .outerjoin(Proceeding, Proceeding.id == Notice.proceeding_id)
        .where(Victim.case_id == case_id, Notice.kind.in_(TOLD), of_offices(offices))
        .order_by(Notice.id.desc())
        .limit(limit + 1)
    )
    found = session.execute(owed.where(Notice.id < before) if before else owed).all()
    attempts = _attempts(session, [notice.id for notice, _ in found[:limit]], words)
    case = session.get_one(Case, case_id)
    notices = [_notice(notice, _number(case, line, offices), attempts, words) for notice, line in found[:limit]]
    return CaseNotices(case_id=case_id, notices=notices, next=notices[-1].notice_id if len(found) > limit else None)


def _attempts(session: Session, notice_ids: Sequence[UUID], words: Wording) -> Mapping[UUID, list[LedgerAttempt]]:
    told = select(DeliveryAttempt).where(
        DeliveryAttempt.notice_id.in_(notice_ids), DeliveryAttempt.state.not_in(HERS_ALONE)
    )
    of_notice: dict[UUID, list[LedgerAttempt]] = defaultdict(list)
    for attempt in session.scalars(told.order_by(DeliveryAttempt.rung)):
        of_notice[attempt.notice_id].append(_attempt(attempt, words))
    return of_notice


def _number(case: Case, line: Proceeding | None, offices: Collection[UUID]) -> int | None:
    return number_for(case, line, offices) if line is not None and line.case_id == case.id else None


def _notice(
    notice: Notice, number: int | None, attempts: Mapping[UUID, list[LedgerAttempt]], words: Wording
) -> LedgerNotice:
    state = office_state(notice.state)
    return LedgerNotice(
        notice_id=notice.id,
        victim_id=notice.victim_id,
        kind=notice.kind,
        proceeding=number,
        by_law=notice.by_law,
        state=state,
        state_name=words.gettext(NOTICE_WORDS[state]),
        created_at=notice.created_at,
        attempts=attempts.get(notice.id, []),
    )


def _attempt(attempt: DeliveryAttempt, words: Wording) -> LedgerAttempt:
    return LedgerAttempt(
        channel=attempt.channel,
        state=attempt.state,
        state_name=words.gettext(attempt_words(attempt.state, attempt.channel, attempt.sent_at)),
        reference=reference_of(attempt),
        sent_at=attempt.sent_at,
        reported_at=attempt.ended_at if attempt.state in REPORTED else None,
        seen_at=attempt.seen_at,
    )
