"""How fresh each office's information is, for everybody: a page, or the same as JSON. Whole days only."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter

from casestatus.errors import N_
from casestatus.offices.freshness import Freshness, freshness
from casestatus.offices.listing import OfficeSignal, office_signals
from casestatus.web.dependencies import service_of
from casestatus.web.victims.answering import is_signed_in, page
from casestatus.web.views import View

router = APIRouter(include_in_schema=False)

STATES = {
    Freshness.UP_TO_DATE: N_("Al día"),
    Freshness.BEHIND: N_("Atrasada"),
    Freshness.NO_SIGNAL: N_("Sin señal"),
}


class FreshnessView(View):
    """An office and the day of its last signal, on its own calendar."""

    institution: str
    office: str
    last_signal_on: date | None
    state: Freshness

    @property
    def state_words(self) -> str:
        return STATES[self.state]


LISTED = TypeAdapter(list[FreshnessView])


@router.api_route("/estado", methods=["GET", "HEAD"])
def freshness_of_offices(request: Request) -> Response:
    """Each office, by name. `Accept: application/json` gives a list."""
    service = service_of(request)
    with service.database.reading() as session:
        signals = office_signals(session)
    now, usual = service.database.now(), service.settings.limits.stale_after_days
    offices = [_view(signal, usual, now) for signal in signals]
    if "application/json" in request.headers.get("accept", ""):
        return Response(LISTED.dump_json(offices), media_type="application/json")
    return page(request, "victims/freshness.html", signed_in=is_signed_in(request), offices=offices)


def _view(signal: OfficeSignal, usual: int, now: datetime) -> FreshnessView:
    today, limit = now.astimezone(ZoneInfo(signal.time_zone)).date(), signal.stale_after_days or usual
    return FreshnessView(
        institution=signal.institution,
        office=signal.office,
        last_signal_on=signal.last_signal_on,
        state=freshness(signal.last_signal_on, today=today, limit=limit),
    )
