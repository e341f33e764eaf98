"""Forms that only she may send: ours, from her session, with her PIN."""

from uuid import UUID

from fastapi import Request

from casestatus.access.own_pin import confirm_own_pin
from casestatus.errors import CaseStatusProblem
from casestatus.web.dependencies import address_of, service_of
from casestatus.web.forms import require_own_form
from casestatus.web.victims.answering import visit_of


def her_by_pin(request: Request, csrf_token: str, pin: str) -> UUID | CaseStatusProblem | None:
    """Who sends the form; None when nobody is signed in, or why the PIN doesn't do. Raises FormNotOurs."""
    require_own_form(request, csrf_token)
    service = service_of(request)
    with service.database.reading() as session:
        visit = visit_of(request, session, now=service.database.now())
    if visit is None:
        return None
    refused = confirm_own_pin(service.door, visit.current.victim_id, pin, address=address_of(request), now=visit.now)
    return refused or visit.current.victim_id
