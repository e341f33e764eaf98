"""Signing in, for the page and for JSON alike: let in, and a code on its way to each contact that wants one."""

from casestatus.access.confirming import send_codes
from casestatus.access.sign_in import Knock, Next, Refused, SignedIn, sign_in
from casestatus.web.dependencies import Service


def let_in(service: Service, knock: Knock) -> SignedIn | Refused:
    """The outcome of one sign-in. Codes leave only after a right PIN or backup key (security.md, "Signing in", 5)."""
    now = service.database.now()
    outcome = sign_in(service.door, knock, now=now)
    if isinstance(outcome, SignedIn) and outcome.next is Next.CONFIRM_CONTACT:
        with service.database.writing() as session:
            send_codes(session, outcome.victim_id, keys=service.keys, settings=service.settings, now=now)
    return outcome
