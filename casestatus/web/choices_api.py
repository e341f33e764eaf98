"""What a victim chose to be told of beside the office's updates, for programs; her PIN with each change."""

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, StrictBool

from casestatus.victims.choices import choices_of, choose_stall_alerts, choose_urgent_alerts
from casestatus.web.bearer import current_of, require_session
from casestatus.web.contacts_api import WithPin, confirmed_her
from casestatus.web.dependencies import service_of
from casestatus.web.json_bodies import JsonRoute

router = APIRouter(prefix="/contacts/choices", route_class=JsonRoute, dependencies=[Depends(require_session)])


class AlertsView(BaseModel):
    """Whether she is told when a line of hers stands still, and, at any hour, of what is urgent."""

    stall_alerts: bool
    urgent_alerts: bool


class ChangedAlerts(WithPin):
    """What is to be different; what is left out stays."""

    stall_alerts: StrictBool | None = None
    urgent_alerts: StrictBool | None = None


@router.get("")
def alerts(request: Request) -> AlertsView:
    """As she left them."""
    database = service_of(request).database
    with database.reading() as session:
        chosen = choices_of(session, current_of(request, session, now=database.now()).victim_id)
    return AlertsView(stall_alerts=chosen.stall_alerts, urgent_alerts=chosen.urgent_alerts)


@router.patch("")
def change_alerts(request: Request, given: ChangedAlerts) -> AlertsView:
    """Keeps what she changed; 401 for a wrong PIN, which counts as a try."""
    her = confirmed_her(request, given.pin)
    database = service_of(request).database
    with database.writing() as session:
        current_of(request, session, now=database.now())
        if given.stall_alerts is not None:
            choose_stall_alerts(session, her, wanted=given.stall_alerts)
        if given.urgent_alerts is not None:
            choose_urgent_alerts(session, her, wanted=given.urgent_alerts)
        chosen = choices_of(session, her)
    return AlertsView(stall_alerts=chosen.stall_alerts, urgent_alerts=chosen.urgent_alerts)
