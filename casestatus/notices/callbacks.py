"""The address that a provider calls when it knows more of a message: it carries a token of the attempt's own."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing, token_hash
from casestatus.notices.models import DeliveryAttempt
from casestatus.notices.queue import Claim
from casestatus.settings import Settings

STATUS_PATH = "/webhooks/twilio/status"


def callback_token(keys: KeyRing, attempt_id: UUID) -> str:
    """The attempt's token, the same at each of its tries: a receipt of a lost hand-over finds its attempt as well."""
    return urlsafe_b64encode(keys.lookup("callback", str(attempt_id))).decode().rstrip("=")


def callback_url(keys: KeyRing, settings: Settings, attempt_id: UUID) -> str | None:
    """Where receipts of this attempt are taken; None where nobody could reach us, or only in plain text."""
    if not settings.takes_callbacks:
        return None
    return f"{settings.public_url}{STATUS_PATH}/{callback_token(keys, attempt_id)}"


def keep_tokens(session: Session, claims: Sequence[Claim], keys: KeyRing) -> None:
    """Write the tokens' hashes down before the hand-over, so that a receipt can't come before them."""
    rows = [
        {"id": held.attempt_id, "callback_hash": token_hash(callback_token(keys, held.attempt_id))} for held in claims
    ]
    if rows:
        session.execute(update(DeliveryAttempt), rows)
