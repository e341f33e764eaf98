"""How the queue stands, for an operator: sums over the whole service. Nothing of a case, a victim or an office."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from casestatus.database import least_id
from casestatus.notices.breaker import Stand
from casestatus.notices.gate import stands
from casestatus.notices.models import AttemptState, DeliveryAttempt, Notice, NoticeState, ProviderRate
from casestatus.notices.passes import last_pass, workers_alive
from casestatus.notices.queue import MOVING
from casestatus.offices.models import TaskKind
from casestatus.offices.tasks import open_tasks_by_kind
from casestatus.victims.models import Channel

RECENT = timedelta(days=1)  # counting all that ever was would take longer each year
WAITING = (AttemptState.PENDING, AttemptState.SENDING, AttemptState.UNCERTAIN)


@dataclass(frozen=True)
class Gauges:
    """Sums, each by what its name says; `recent` ones over what was made in the last day."""

    recent_attempts: Mapping[tuple[AttemptState, str], int]  # by provider, "" before the first hand-over
    open_attempts: Mapping[tuple[AttemptState, Channel], int]
    recent_notices: Mapping[NoticeState, int]
    overdue_seconds: Mapping[Channel, float]  # of what has waited longest
    last_pass_at: datetime | None
    workers: int
    senders: Mapping[str, Stand]
    held_seconds: Mapping[str, float]  # by provider: how long it asked us to wait
    open_tasks: Mapping[TaskKind, int]


def gauges(session: Session, now: datetime) -> Gauges:
    """All of them, each read off an index but for what was made in the last day."""
    attempt, since = DeliveryAttempt, least_id(RECENT)
    recent = select(attempt.state, attempt.provider, func.count()).where(attempt.id >= since)
    notices = select(Notice.state, func.count()).where(Notice.id >= since)
    return Gauges(
        recent_attempts={
            (state, provider or ""): count
            for state, provider, count in session.execute(recent.group_by(attempt.state, attempt.provider))
        },
        open_attempts={(state, channel): count for state, channel, count in session.execute(_open_attempts())},
        recent_notices=dict(session.execute(notices.group_by(Notice.state)).all()),
        overdue_seconds={channel: _overdue(session, channel, now) for channel in Channel},
        last_pass_at=last_pass(session),
        workers=workers_alive(session, now),
        senders=stands(session, now),
        held_seconds=_held(session, now),
        open_tasks=open_tasks_by_kind(session),
    )


def _open_attempts() -> Select[AttemptState, Channel, int]:
    attempt = DeliveryAttempt
    moving = (attempt.state.in_(MOVING), attempt.channel.in_(tuple(Channel)))
    return select(attempt.state, attempt.channel, func.count()).where(*moving).group_by(attempt.state, attempt.channel)


def _overdue(session: Session, channel: Channel, now: datetime) -> float:
    """How long the oldest has been due; 0 when nothing is."""
    attempt = DeliveryAttempt
    oldest = (
        session.scalar(select(func.min(attempt.due_at)).where(attempt.state == state, attempt.channel == channel))
        for state in WAITING
    )
    return max((max(0.0, (now - due_at).total_seconds()) for due_at in oldest if due_at), default=0.0)


def _held(session: Session, now: datetime) -> dict[str, float]:
    rows = session.execute(select(ProviderRate.provider, ProviderRate.held_until))
    return {provider: max(0.0, (until - now).total_seconds()) if until else 0.0 for provider, until in rows}
