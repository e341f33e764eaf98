"""An update becomes an event, and everything that follows from it, in one transaction (design.md §5).

The one way in: the office API, imports and, later, staff pages and batches all call `record_update`.
"""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.details import details_of
from casestatus.cases.events import events_of
from casestatus.cases.models import Proceeding, TimelineEvent
from casestatus.cases.stages import stage
from casestatus.cases.timeline import Flag, position
from casestatus.crypto import KeyRing
from casestatus.database import hold
from casestatus.errors import N_, Conflict, Forbidden
from casestatus.intake.accepting import accept
from casestatus.intake.appending import Appended, append
from casestatus.intake.case_for import NumberTaken, Target, target_of
from casestatus.intake.consequences import follow
from casestatus.intake.elsewhere import direction_of
from casestatus.intake.new_numbers import confirm_number
from casestatus.intake.sender import Sender
from casestatus.intake.update import Receipt, Update, require_not_after_tomorrow
from casestatus.offices.models import Office, TaskKind
from casestatus.offices.tasks import Caused, open_task, resolve_about


class SourceIdTaken(Conflict):
    """The same `source_id` was sent before with other content."""

    about = "source_id"
    type = "source-id-taken"
    title = N_("Ese source_id ya se usó con otro contenido.")
    detail = N_("No se cambió nada. Para corregir, manda un source_id nuevo y di en supersedes cuál corrige.")


class HistoryNotAllowed(Forbidden):
    """A historical load needs the scope `history:write`."""

    about = "historical"
    type = "history-not-allowed"
    detail = N_("Cargar historia pide el permiso history:write.")


def record_update(
    session: Session, update: Update, sender: Sender, *, keys: KeyRing, now: datetime, delay: timedelta
) -> tuple[Receipt, bool]:
    """The receipt of `update`, and whether it is new. A notice of it is due `delay` after the first event it tells.

    Raises a problem of this module or of those that it calls; then nothing is kept.
    """
    hold(session, sender.source_id.bytes + update.source_id.encode())
    if (before := _recorded(session, sender, update.source_id)) is not None:
        return _same_receipt(session, before, update), False
    if update.historical and not sender.may_load_history:
        raise HistoryNotAllowed
    reached = stage(update.model, update.stage)
    details = details_of(reached, update.details)
    if reached.joined:  # two cases that are joined into each other at once would lead in a circle
        hold(session, b"join" + sender.institution_id.bytes)
    target = target_of(session, update, sender, keys=keys, now=now)
    office = session.get_one(Office, target.office_id)
    require_not_after_tomorrow(update, ZoneInfo(office.time_zone), now=now)
    today = now.astimezone(ZoneInfo(office.time_zone)).date()
    earlier = events_of(session, target.proceeding.id)
    revealed = next((event for event in earlier if _is_of(event, sender, update.reveals)), None)
    direction = direction_of(session, target.case, reached, details, revealed=revealed, keys=keys)
    target.flags |= direction.flags
    appended = append(
        session,
        update,
        sender,
        target,
        earlier,
        reached=reached,
        details=direction.details,
        keys=keys,
        now=now,
        today=today,
    )
    accept(session, target, update, sender, appended, now=now)
    confirm_number(session, target, appended, keys=keys)
    appended.event.notices_queued = follow(session, appended, target, keys=keys, now=now, delay=delay)
    _ask_for_crime(session, target, now=now)
    _ask_for_formal_notice(session, target, appended, now=now)
    return _receipt(appended.event, target.case.id), True


def tell_owner_of_number(
    session: Session, taken: NumberTaken, update: Update, sender: Sender, *, now: datetime
) -> None:
    """Tell the office that has a case, or the line of it, that another one sent an update of that; of each once."""
    sent = hashlib.sha256(sender.source_id.bytes + update.source_id.encode()).hexdigest()[:32]
    about = Caused(taken.line_id or taken.case_id, by=sent)
    kind, case_id, line_id = TaskKind.NUMBER_TAKEN, taken.case_id, taken.line_id
    open_task(session, kind, about, office_id=taken.office_id, case_id=case_id, proceeding_id=line_id, now=now)


def _recorded(session: Session, sender: Sender, source_event: str) -> TimelineEvent | None:
    by_source = (TimelineEvent.source_id == sender.source_id, TimelineEvent.source_event == source_event)
    return session.scalar(select(TimelineEvent).where(*by_source))


def _is_of(event: TimelineEvent, sender: Sender, source_event: str | None) -> bool:
    return (event.source_id, event.source_event) == (sender.source_id, source_event)


def _same_receipt(session: Session, event: TimelineEvent, update: Update) -> Receipt:
    if event.digest != update.digest():
        raise SourceIdTaken
    return _receipt(event, session.get_one(Proceeding, event.proceeding_id).case_id)


def _receipt(event: TimelineEvent, case_id: UUID) -> Receipt:
    return Receipt(
        receipt=event.digest.hex(),
        event_id=event.id,
        case_id=case_id,
        case_created=event.created_case,
        held=False,
        flags=event.flags,
        notices_queued=event.notices_queued,
    )


def _ask_for_crime(session: Session, target: Target, *, now: datetime) -> None:
    """A crime that we don't know is for a person to map; until then its line counts as high risk."""
    if Flag.CRIME_UNKNOWN in target.flags:
        kind, case_id, line_id = TaskKind.CRIME_UNKNOWN, target.case.id, target.proceeding.id
        office_id = target.office_id
        open_task(session, kind, line_id, office_id=office_id, case_id=case_id, proceeding_id=line_id, now=now)


def _ask_for_formal_notice(session: Session, target: Target, appended: Appended, *, now: datetime) -> None:
    """A stage without the day of its formal notice starts no time limit, while the line stands there."""
    case, line, event = target.case, target.proceeding, appended.event
    before, after = position(appended.shown_before), position(appended.shown)
    if appended.notified or (before and before.stage) != (after and after.stage):
        resolve_about(session, [TaskKind.FORMAL_NOTICE_UNSAID], line.id, now=now)
    if appended.unsaid:
        open_task(
            session,
            TaskKind.FORMAL_NOTICE_UNSAID,
            Caused(line.id, by=event.id),
            office_id=target.office_id,
            case_id=case.id,
            proceeding_id=line.id,
            now=now,
        )
