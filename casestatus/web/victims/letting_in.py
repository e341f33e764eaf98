"""Signing in, for the page and for JSON alike: let in, and a code on its way to each contact that wants one."""

from datetime import datetime
from uuid import UUID

from casestatus.access.confirming import send_codes
from casestatus.access.sign_in import Knock, Next, Refused, SignedIn, sign_in
from casestatus.database.again import again_when_given_up
from casestatus.web.dependencies import Service


def let_in(service: Service, knock: Knock) -> SignedIn | Refused:
    """The outcome of one sign-in. Codes leave only after a right PIN or backup key (security.md, "Signing in", 5)."""
    now = service.database.now()
    outcome = sign_in(service.door, knock, now=now)
    if isinstance(outcome, SignedIn) and outcome.next is Next.CONFIRM_CONTACT:
        _send_codes(service, outcome.victim_id, now)
    return outcome


@again_when_given_up
def _send_codes(service: Service, victim_id: UUID, now: datetime) -> None:
    with service.database.writing() as session:
        send_codes(session, victim_id, keys=service.keys, settings=service.settings, now=now)
