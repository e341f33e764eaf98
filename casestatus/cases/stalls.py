"""Lines that stand still: an office's own thresholds, and what a line's new place means for the stalls it had."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from casestatus.cases.models import Proceeding, Stall, StallThreshold
from casestatus.cases.procedure_model import Stage
from casestatus.cases.stages import procedures
from casestatus.cases.stalling import LONGEST, SHORTEST, are_thresholds
from casestatus.errors import N_, FieldProblem, Unprocessable
from casestatus.offices.models import TaskKind
from casestatus.offices.tasks import set_resolved


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


def set_thresholds(session: Session, office_id: UUID, reached: Stage, days: Sequence[int]) -> None:
    """The office's own days for lines in a stage; none at all brings back the model's. Raises ThresholdsUnusable."""
    if reached.final or not are_thresholds(days):
        detail = N_("Usa días de %(shortest)s a %(longest)s, de menos a más, y una etapa que no sea final.")
        params = {"shortest": SHORTEST, "longest": LONGEST}
        raise ThresholdsUnusable(fields=(FieldProblem(reached.code, detail, params),))
    of_stage = (StallThreshold.office_id == office_id, StallThreshold.stage == reached.code)
    session.execute(delete(StallThreshold).where(*of_stage))
    session.add_all(StallThreshold(office_id=office_id, stage=reached.code, days=each) for each in days)


def settle_stalls(session: Session, line: Proceeding, *, now: datetime) -> None:
    """If the shown line moved its stalls end, and their tasks. One that a correction brings back goes on, untold."""
    for stall in session.scalars(select(Stall).where(Stall.proceeding_id == line.id)):
        stands_there = (stall.shown_stage, stall.shown_since) == (line.shown_stage, line.shown_since)
        if stands_there != (stall.resolved_at is None):
            stall.resolved_at = None if stands_there else now
            set_resolved(session, TaskKind.STALLED, stall.id, at=stall.resolved_at)
