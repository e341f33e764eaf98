"""Lines that stand still: an office's own thresholds, and what a line's new place means for the stalls it had."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casestatus.cases.line_offices import acted_on_by, office_acting_on
from casestatus.cases.models import Case, Proceeding, Stall, StallThreshold
from casestatus.cases.procedure_model import Stage
from casestatus.cases.stages import procedures, stage_of_code
from casestatus.cases.stalling import LONGEST, SHORTEST, are_thresholds, may_stand_still
from casestatus.errors import N_, FieldProblem, Unprocessable
from casestatus.offices.models import Office, TaskKind
from casestatus.offices.tasks import open_task, set_resolved


class ThresholdsUnusable(Unprocessable):
    """Not days at which a line of this stage can be said to stand still."""

    type = "thresholds-unusable"
    title = N_("Esos días no se pueden usar.")


def thresholds_of_office(session: Session, office_id: UUID) -> Mapping[str, tuple[int, ...]]:
    """Days by stage code: the models' own, but where the office set others for a stage."""
    own: dict[str, list[int]] = {}
    of_office = select(StallThreshold).where(StallThreshold.office_id == office_id).order_by(StallThreshold.days)
    for threshold in session.scalars(of_office):
        own.setdefault(threshold.stage, []).append(threshold.days)
    usual = {code: each.stall_days for model in procedures().values() for code, each in model.stages.items()}
    return {code: days for code, days in (usual | {code: tuple(days) for code, days in own.items()}).items() if days}


def set_thresholds(session: Session, office_id: UUID, reached: Stage, days: Sequence[int], *, now: datetime) -> None:
    """The office's own days for lines in a stage; none at all brings back the model's. Raises ThresholdsUnusable.

    An alert that these days don't ask for any more ends, with its task and any message that hasn't left.
    """
    if reached.final or not are_thresholds(days):
        detail = N_("Usa días de %(shortest)s a %(longest)s, de menos a más, y una etapa que no sea final.")
        params = {"shortest": SHORTEST, "longest": LONGEST}
        raise ThresholdsUnusable(fields=(FieldProblem(reached.code, detail, params),))
    session.execute(select(Office.id).where(Office.id == office_id).with_for_update(key_share=True))
    of_stage = (StallThreshold.office_id == office_id, StallThreshold.stage == reached.code)
    session.execute(delete(StallThreshold).where(*of_stage))
    session.add_all(StallThreshold(office_id=office_id, stage=reached.code, days=each) for each in days)
    session.flush()
    thresholds = thresholds_of_office(session, office_id)
    for line in _stalled_in(session, office_id, reached.code):
        _settle(session, line, office_id, thresholds, now=now)


def settle_stalls(session: Session, line: Proceeding, *, stood_since: date | None, now: datetime) -> None:
    """If the shown line moved its stalls end, and their tasks. One that a correction brings back goes on, untold.

    `stood_since`: the line is in the same stay, which was told to have begun on that day. What was raised of the stay,
    ended or not, counts on from the day since when it is told to last, so that nobody is alerted twice of a standstill.
    """
    stalls = _stalls_of(session, line)
    if not stalls:
        return
    _carry_over(session, stalls, line, stood_since)
    office_id = office_acting_on(session, line)
    _settle(session, line, office_id, thresholds_of_office(session, office_id), now=now)


def settle_joined_stalls(session: Session, target: Case, *, now: datetime) -> None:
    """Lines that were joined into a case stand still where that is now, by the days of the office there.

    Whoever holds one of their cases is waited for: it may be raising a stall where the case was until now.
    """
    joined = Proceeding.joined_into_id == target.id
    of_lines = select(Case.id).where(Case.id.in_(select(Proceeding.case_id).where(joined))).order_by(Case.id)
    held = session.scalars(of_lines.with_for_update(key_share=True)).all()
    with_stalls = Proceeding.id.in_(select(Stall.proceeding_id))
    lines = select(Proceeding).where(Proceeding.case_id.in_(held), joined, with_stalls)
    thresholds = thresholds_of_office(session, target.office_id)
    for line in session.scalars(lines.execution_options(populate_existing=True)).all():
        _settle(session, line, target.office_id, thresholds, now=now)


def _carry_over(session: Session, stalls: Sequence[Stall], line: Proceeding, stood_since: date | None) -> None:
    """A stall of a day since when, as is told now, the line stood in this stage without a break is one of this stay."""
    since = line.shown_since
    if since is None:
        return
    kept = {stall.days for stall in stalls if _stands_at(stall, line)}
    for stall in stalls:
        of_this_stay = stall.shown_since == stood_since or stall.shown_since > since
        if stall.shown_stage == line.shown_stage and of_this_stay and stall.days not in kept:
            stall.shown_since = since
            kept.add(stall.days)
    session.flush()


def _settle(
    session: Session, line: Proceeding, office_id: UUID, thresholds: Mapping[str, tuple[int, ...]], *, now: datetime
) -> None:
    """A stall is open while its line stands there and its days are its office's. It has the longest open one's task."""
    still = []
    for stall in _stalls_of(session, line):
        is_open = _stands_still_at(stall, line) and stall.days in thresholds.get(stall.shown_stage, ())
        if is_open or stall.resolved_at is None:
            stall.resolved_at = None if is_open else now
            set_resolved(session, TaskKind.STALLED, stall.id, office_id=office_id, at=stall.resolved_at)
        if is_open:
            still.append(stall)
    if still:
        ask_about_stall(session, still[-1], line, office_id=office_id, now=now)


def ask_about_stall(session: Session, stall: Stall, line: Proceeding, *, office_id: UUID, now: datetime) -> None:
    """The office's supervisor is to look at a line that stands still."""
    kind, case_id = TaskKind.STALLED, line.case_id
    open_task(session, kind, stall.id, office_id=office_id, case_id=case_id, proceeding_id=line.id, now=now)


def _stands_still_at(stall: Stall, line: Proceeding) -> bool:
    stage = stage_of_code(stall.shown_stage)
    return _stands_at(stall, line) and may_stand_still(stage, waits_for_office=line.moving_to_id is not None)


def _stands_at(stall: Stall, line: Proceeding) -> bool:
    return (stall.shown_stage, stall.shown_since) == (line.shown_stage, line.shown_since)


def _stalls_of(session: Session, line: Proceeding) -> Sequence[Stall]:
    return session.scalars(select(Stall).where(Stall.proceeding_id == line.id).order_by(Stall.days)).all()


def _stalled_in(session: Session, office_id: UUID, code: str) -> Sequence[Proceeding]:
    """The office's lines that have stalls in a stage, with their cases held: nothing moves them meanwhile."""
    stalled = Proceeding.id.in_(select(Stall.proceeding_id).where(Stall.shown_stage == code))
    of_office = (stalled, acted_on_by(office_id))
    lines = select(Proceeding.case_id).join(Case, Case.id == Proceeding.case_id).where(*of_office)
    session.scalars(select(Case.id).where(Case.id.in_(lines)).order_by(Case.id).with_for_update(key_share=True)).all()
    still = select(Proceeding).join(Case, Case.id == Proceeding.case_id).where(*of_office)
    return session.scalars(still.execution_options(populate_existing=True)).all()
