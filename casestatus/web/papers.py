"""What she may take home: the printable requests and reminders that her lines' rights offer now. Read off her view."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from casestatus.cases.right_model import RequestForm
from casestatus.cases.stages import Model, stage
from casestatus.errors import N_
from casestatus.letters.forms import Facts
from casestatus.web.views import CaseView, ProceedingView, RightView

NAMES = {
    RequestForm.INACTIVITY: N_("Pedir informe y avance"),
    RequestForm.CHALLENGE_258: N_("Pedir que un juez revise una decisión"),
    RequestForm.JOIN_338: N_("Sumarte a la acusación"),
}
BEFORE_2016 = {("AP", RequestForm.INACTIVITY): "inactivity_before_2016"}


@dataclass(frozen=True)
class Request:
    """A printable request that a line offers. `paper` is its name in letters/: it depends on the procedure too."""

    line: int
    form: RequestForm
    paper: str
    facts: Facts

    @property
    def name(self) -> str:
        return NAMES[self.form]


@dataclass(frozen=True)
class Reminder:
    """A last day of a line's right that is still to come."""

    line: int
    right: str
    name: str
    on: date
    note: str


def requests_of(view: CaseView) -> list[Request]:
    """The requests that her lines offer now, each once a line: its rights', and inactivity's while it stands still."""
    offered = {
        (line.ordinal, form): Request(line.ordinal, form, _paper(line, form), _facts(view, line, right))
        for line in view.proceedings
        for form, right in _forms(line)
    }
    return list(offered.values())


def reminders_of(view: CaseView) -> list[Reminder]:
    """The dates that she may save, the nearest first."""
    return [
        Reminder(line.ordinal, right.code, right.name, deadline.on, deadline.note)
        for line, right, deadline in view.with_dates()
    ]


def _forms(line: ProceedingView) -> Iterator[tuple[RequestForm, RightView | None]]:
    if line.unchanged:
        yield RequestForm.INACTIVITY, None
    for right in line.rights:
        if right.form is not RequestForm.NONE:
            yield right.form, right


def _paper(line: ProceedingView, form: RequestForm) -> str:
    return BEFORE_2016.get((line.model, form), form)


def _facts(view: CaseView, line: ProceedingView, right: RightView | None) -> Facts:
    deadline = right.deadline if right else None
    return Facts(
        number=view.case_number,
        office=(line.office or view.office).name,
        line=line.ordinal,
        unchanged_since=line.since,
        notified_on=deadline.counts_from if deadline else None,
        last_day=deadline.on if deadline else None,
        has_deadline=right is not None and right.state != "none",
        checked=deadline is not None and deadline.verified,
        past=right is not None and right.state == "past",
        joined_at=stage(Model(line.model), line.stage).legal_names if line.elsewhere else {},
    )
