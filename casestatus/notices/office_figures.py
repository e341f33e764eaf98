"""Whether an office's notices arrive, in figures: what was owed in a period, and how it stands now."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from casestatus.cases.models import Case, Proceeding
from casestatus.cases.office_tasks import ABOUT_HER_CHOICE
from casestatus.notices.models import AttemptState, DeliveryAttempt, Notice
from casestatus.notices.of_offices import of_offices
from casestatus.notices.office_words import TOLD, OfficeState, office_state
from casestatus.offices.models import OfficeTask, TaskKind
from casestatus.victims.her_office import HER_OFFICE
from casestatus.victims.models import Contact, Victim

NOT_ARRIVED = (AttemptState.UNDELIVERED, AttemptState.FAILED, AttemptState.EXPIRED)
LEAST_VICTIMS = 5  # fewer, and a share would tell what one of them chose


class OfficeFigures(BaseModel):
    """One office's figures. Of the period: all down to `median_seconds_to_proof`; the rest is of this moment.

    `owed` counts notices, `left` those with a hand-over, `proved` those that the network reports as delivered;
    `undelivered` hand-overs that didn't arrive. `share_with_proof` is proved ÷ owed, None when nothing was owed. The
    median runs from the moment a notice was owed to the first report of delivery.
    `unreachable_victims` are those whom a task asks to reach otherwise. `share_with_contact` is that of the open
    accesses with a confirmed contact, whatever they chose about it; None below 5 accesses.
    """

    model_config = ConfigDict(frozen=True)

    office: str
    owed: int
    left: int
    proved: int
    by_state: dict[OfficeState, int]
    undelivered: int
    share_with_proof: float | None
    median_seconds_to_proof: int | None
    uncertain: int
    unreachable_victims: int
    share_with_contact: float | None
    open_tasks: dict[TaskKind, int]


def office_figures(
    session: Session,
    office_id: UUID,
    code: str,
    zone: ZoneInfo,
    *,
    first: date,
    last: date,
    tells_victims: bool,
    now: datetime,
) -> OfficeFigures:
    """The figures of the office (its id, code and clock); the period's days are both counted in.

    Tasks about what a victim chose count only where `tells_victims`.
    """
    in_period = _in_period(office_id, zone, first, last)
    states = _by_state(session, in_period)
    owed, proved = sum(states.values()), states.get(OfficeState.PROVED, 0)
    return OfficeFigures(
        office=code,
        owed=owed,
        left=_left(session, in_period),
        proved=proved,
        by_state={state: states.get(state, 0) for state in OfficeState},
        undelivered=_attempts(session, in_period, NOT_ARRIVED),
        share_with_proof=_share(proved, owed) if owed else None,
        median_seconds_to_proof=_median_to_proof(session, in_period),
        uncertain=_attempts(session, _of_office(office_id), (AttemptState.UNCERTAIN,)),
        unreachable_victims=_unreachable(session, office_id),
        share_with_contact=_share_with_contact(session, office_id, now.astimezone(zone).date()),
        open_tasks=_open_tasks(session, office_id, tells_victims=tells_victims),
    )


def _of_office(office_id: UUID) -> ColumnElement[bool]:
    return and_(of_offices([office_id]), Notice.kind.in_(TOLD))


def _in_period(office_id: UUID, zone: ZoneInfo, first: date, last: date) -> ColumnElement[bool]:
    begins, ends = (datetime.combine(day, time(0), zone) for day in (first, last + timedelta(days=1)))
    return and_(_of_office(office_id), Notice.created_at >= begins, Notice.created_at < ends)


def _by_state(session: Session, wanted: ColumnElement[bool]) -> Mapping[OfficeState, int]:
    counts: dict[OfficeState, int] = {}
    for state, count in session.execute(select(Notice.state, func.count()).where(wanted).group_by(Notice.state)):
        told = office_state(state)
        counts[told] = counts.get(told, 0) + count
    return counts


def _left(session: Session, wanted: ColumnElement[bool]) -> int:
    handed = exists().where(DeliveryAttempt.notice_id == Notice.id, DeliveryAttempt.sent_at.is_not(None))
    return session.scalar(select(func.count()).select_from(Notice).where(wanted, handed)) or 0


def _attempts(session: Session, wanted: ColumnElement[bool], states: tuple[AttemptState, ...]) -> int:
    of_notices = select(func.count()).select_from(DeliveryAttempt).join(Notice, Notice.id == DeliveryAttempt.notice_id)
    return session.scalar(of_notices.where(wanted, DeliveryAttempt.state.in_(states))) or 0


def _median_to_proof(session: Session, wanted: ColumnElement[bool]) -> int | None:
    """Neither database can be asked for it in words that the other knows."""
    proofs = (
        select(Notice.created_at, func.min(DeliveryAttempt.ended_at))
        .join(DeliveryAttempt, DeliveryAttempt.notice_id == Notice.id)
        .where(wanted, DeliveryAttempt.state == AttemptState.DELIVERED)
        .group_by(Notice.id, Notice.created_at)
    )
    waits = [(proved_at - owed_at).total_seconds() for owed_at, proved_at in session.execute(proofs) if proved_at]
    return round(median(waits)) if waits else None


def _unreachable(session: Session, office_id: UUID) -> int:
    waiting = _open(office_id, OfficeTask.kind == TaskKind.UNREACHABLE)
    return session.scalar(select(func.count(OfficeTask.victim_id.distinct())).where(waiting)) or 0


def _open_tasks(session: Session, office_id: UUID, *, tells_victims: bool) -> dict[TaskKind, int]:
    untold = () if tells_victims else ABOUT_HER_CHOICE
    counted = select(OfficeTask.kind, func.count()).where(_open(office_id, OfficeTask.kind.not_in(untold)))
    counted = counted.group_by(OfficeTask.kind)
    return dict(session.execute(counted).all())


def _open(office_id: UUID, *wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(OfficeTask.office_id == office_id, OfficeTask.resolved_at.is_(None), *wanted)


def _share_with_contact(session: Session, office_id: UUID, today: date) -> float | None:
    """Of those who turn to the office. Whether she stopped, paused or refused is left out on purpose."""
    confirmed: tuple[Any, ...] = (
        Contact.victim_id == Victim.id,
        Contact.safe,
        Contact.confirmed_at.is_not(None),
        Contact.removed_at.is_(None),
        or_(Contact.reconfirm_by.is_(None), Contact.reconfirm_by > today),
    )
    accesses = select(func.count(), func.count().filter(exists().where(*confirmed))).select_from(Victim)
    with_its_lines = select(Proceeding.case_id).where(Proceeding.office_id == office_id)
    near = or_(Case.office_id == office_id, Case.id.in_(with_its_lines))  # indexes answer that
    of_office = accesses.join(Case, Case.id == Victim.case_id).where(
        near, HER_OFFICE.in_([office_id]), Victim.closed_at.is_(None)
    )
    victims, reached = session.execute(of_office).one()
    return _share(reached, victims) if victims >= LEAST_VICTIMS else None


def _share(part: int, whole: int) -> float:
    return round(part / whole, 2)
