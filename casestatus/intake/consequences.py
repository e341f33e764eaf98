"""What follows from an event: where its line and case stand, what may be counted, and who is to be told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from casestatus.cases.models import Case, EventKind, Proceeding, TimelineEvent
from casestatus.cases.stages import Stage, outcome_of, procedure, stage
from casestatus.cases.stalls import settle_stalls
from casestatus.cases.stays import stays_where_it_stood
from casestatus.cases.timeline import Entry, Position, in_statistical_stage_since, position
from casestatus.cases.urgency import is_urgent
from casestatus.crypto import KeyRing
from casestatus.intake.appending import Appended
from casestatus.intake.case_for import Target
from casestatus.intake.elsewhere import settle
from casestatus.notices.owing import owe
from casestatus.offices.models import TaskKind
from casestatus.offices.tasks import Caused, open_task
from casestatus.statistics.counting import (
    count_after_all,
    counts_of,
    note_as_counted,
    rows_of,
    set_aside,
    take_back,
    unit_of,
)
from casestatus.statistics.restored import was_perhaps_counted
from casestatus.victims.tiers import raise_tiers


def follow(
    session: Session, appended: Appended, target: Target, *, keys: KeyRing, now: datetime, delay: timedelta
) -> int:
    """Move the line, set aside what may be counted, owe the notices. Returns how many notices are new."""
    _move_line(session, target, appended, now=now)
    session.flush()
    _close_or_reopen(session, target.case)
    settle(session, target, appended, keys=keys, now=now)
    before, same_stay = position(appended.shown_before), stays_where_it_stood(appended.shown_before, appended.shown)
    stood_since = before.since if before and same_stay else None
    settle_stalls(session, target.proceeding, stood_since=stood_since, now=now)
    if not appended.newly_shown:
        return 0
    _count(session, appended, target, keys=keys, now=now)
    if appended.event.historical:
        return 0
    return owe(
        session,
        appended.event,
        proceeding=target.proceeding,
        shown=[entry.stage for entry in appended.newly_shown],
        superseded=appended.superseded,
        now=now,
        delay=delay,
        urgent=is_urgent(before, position(appended.shown), appended.newly_shown, now=now),
    )


def _move_line(session: Session, target: Target, appended: Appended, *, now: datetime) -> None:
    proceeding = target.proceeding
    actual, shown = position(appended.actual), position(appended.shown)
    if actual is not None:
        proceeding.stage, proceeding.stage_since = actual.stage.code, actual.since
    if shown is not None and appended.shown != appended.shown_before:
        proceeding.shown_stage, proceeding.shown_since = shown.stage.code, shown.since
        proceeding.shown_received_at = shown.entry.received_at
        proceeding.version += 1
        if proceeding.first_shown_at is None:
            proceeding.first_shown_at = now
            _take_care(session, target, now=now)


def _take_care(session: Session, target: Target, *, now: datetime) -> None:
    """A line that comes into sight may make her access one of high risk; whom that silences, the office reaches."""
    for victim in raise_tiers(session, target.proceeding):
        open_task(
            session,
            TaskKind.UNREACHABLE,
            Caused(victim.id, by=target.proceeding.id),
            office_id=target.office_id,
            case_id=target.case.id,
            victim_id=victim.id,
            proceeding_id=target.proceeding.id,
            now=now,
        )


def _close_or_reopen(session: Session, case: Case) -> None:
    """A case is closed on the day since when its last open line has stood at an end, by what is shown of its lines.

    What follows from a closed case, such as the end of an access, would else tell of a hidden stage.
    """
    shown = select(Proceeding.shown_stage, Proceeding.shown_since)
    lines = session.execute(shown.where(Proceeding.case_id == case.id, Proceeding.shown_stage.is_not(None))).all()
    ended = bool(lines) and all(stage(case.model, line.shown_stage).final for line in lines)
    case.closed_on = max(line.shown_since for line in lines) if ended else None


def _count(session: Session, appended: Appended, target: Target, *, keys: KeyRing, now: datetime) -> None:
    if appended.superseded is not None:
        take_back(session, appended.superseded.id, now=now)
    if _stopped_counting(session, target.case, appended.newly_shown):
        return
    unit = unit_of(keys, target.case.lineage, office_id=target.office_id, crime=_frozen_crime(session, target.case))
    standing = {entry.event_id for entry in appended.shown}
    before = [entry for entry in appended.shown_before if entry.event_id in standing]  # nobody left what was a mistake
    for entry in appended.newly_shown:
        left, days = _left(entry, before, position(appended.shown))
        counts = counts_of(entry.stage, outcome=outcome_of(entry.stage, entry.details), left=left, days_there=days)
        rows = rows_of(unit, counts, event_id=entry.event_id, received_at=now)
        event = session.get_one(TimelineEvent, entry.event_id)
        if event.historical or was_perhaps_counted(session, event.occurred_on):
            note_as_counted(session, rows)
        else:
            set_aside(session, rows)
        if appended.superseded is not None and not event.historical:
            count_after_all(session, rows, _corrected(session, appended.superseded))


def _corrected(session: Session, superseded: TimelineEvent) -> Sequence[UUID]:
    """An event and those that it had corrected itself."""
    chain = [superseded]
    while chain[-1].supersedes_id is not None:
        chain.append(session.get_one(TimelineEvent, chain[-1].supersedes_id))
    return [event.id for event in chain]


def _stopped_counting(session: Session, case: Case, newly_shown: list[Entry]) -> bool:
    """Whether the case was joined into another before: then only its target counts on (open_data.md §3a)."""
    codes = [code for code, each in procedure(case.model).stages.items() if each.joined]
    of_case = select(TimelineEvent.id).join(Proceeding, Proceeding.id == TimelineEvent.proceeding_id)
    shown = of_case.where(Proceeding.case_id == case.id, TimelineEvent.shown_at.is_not(None))
    correction = aliased(TimelineEvent)
    corrected = exists().where(correction.supersedes_id == TimelineEvent.id, correction.shown_at.is_not(None))
    joined = shown.where(
        TimelineEvent.kind == EventKind.STAGE,
        TimelineEvent.stage.in_(codes),
        TimelineEvent.id.not_in([entry.event_id for entry in newly_shown]),
        ~corrected,
    )
    return session.scalar(joined.limit(1)) is not None


def _left(entry: Entry, before: list[Entry], after: Position | None) -> tuple[Stage | None, int | None]:
    """The stage that the line left because of this entry, and after how many days; nothing if it didn't move on."""
    before = [entry for entry in before if not entry.stage.moved]  # a move is no stage: what it interrupts goes on
    stood = position(before)
    if stood is None or after is None or after.entry.event_id != entry.event_id:
        return None, None
    return stood.stage, max(0, (entry.on - in_statistical_stage_since(before)).days)


def _frozen_crime(session: Session, case: Case) -> str:
    """The crime that the statistics know a case by: that of its first line in sight, whatever came or comes later."""
    in_sight = (Proceeding.case_id == case.id, Proceeding.first_shown_at.is_not(None))
    first = select(Proceeding.crime).where(*in_sight).order_by(Proceeding.first_shown_at, Proceeding.id)
    return session.scalars(first.limit(1)).one()
