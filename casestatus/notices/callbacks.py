"""What only an attempt's own message carries: where a provider tells us more of it, and where she says stop."""

from base64 import b32encode
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing, token_hash
from casestatus.notices.models import DeliveryAttempt
from casestatus.notices.queue import Claim
from casestatus.settings import Settings
from casestatus.victims.models import Channel

STATUS_PATH = "/webhooks/twilio/status"
UNSUBSCRIBE_PATH = "/avisos/baja"
TOKEN_BYTES = 20  # 160 bits: 32 signs, which fit before the @ of an address


def callback_token(keys: KeyRing, attempt_id: UUID) -> str:
    """The attempt's token, the same at each of its tries: a receipt of a lost hand-over finds its attempt as well."""
    return _token(keys, "callback", attempt_id)


def unsubscribe_token(keys: KeyRing, attempt_id: UUID) -> str:
    """Another one, which stops the address that this attempt went to, and can do nothing else."""
    return _token(keys, "unsubscribe", attempt_id)


def callback_url(keys: KeyRing, settings: Settings, attempt_id: UUID) -> str | None:
    """Where receipts of this attempt are taken; None where nobody could reach us, or only in plain text."""
    if not settings.takes_callbacks:
        return None
    return f"{settings.public_url}{STATUS_PATH}/{callback_token(keys, attempt_id)}"


def return_address(keys: KeyRing, settings: Settings, attempt_id: UUID) -> str | None:
    """Where the report goes that this e-mail didn't arrive (its envelope's sender); None where none is sent."""
    if not settings.sends_email:
        return None
    name, _, domain = settings.email_from.partition("@")
    return f"{name}+{callback_token(keys, attempt_id)}@{domain}"


def unsubscribe_url(keys: KeyRing, settings: Settings, attempt_id: UUID) -> str:
    """What her mail program's unsubscribe button asks for."""
    return f"{settings.public_url}{UNSUBSCRIBE_PATH}/{unsubscribe_token(keys, attempt_id)}"


def keep_tokens(
    session: Session, claims: Sequence[Claim], keys: KeyRing, *, settings: Settings, channel: Channel
) -> None:
    """Write the tokens' hashes down before the hand-over, so that nothing can come back before them."""
    if channel is Channel.EMAIL and settings.sends_email:
        rows = [_hashes(held, keys) | _unsubscribe_hashes(held, keys) for held in claims]
    elif channel is Channel.SMS and settings.takes_callbacks:
        rows = [_hashes(held, keys) for held in claims]
    else:
        return
    if rows:
        session.execute(update(DeliveryAttempt), rows)


def _hashes(held: Claim, keys: KeyRing) -> dict[str, object]:
    return {"id": held.attempt_id, "callback_hash": token_hash(callback_token(keys, held.attempt_id))}


def _unsubscribe_hashes(held: Claim, keys: KeyRing) -> dict[str, object]:
    return {"unsubscribe_hash": token_hash(unsubscribe_token(keys, held.attempt_id))}


def _token(keys: KeyRing, purpose: str, attempt_id: UUID) -> str:
    """Small letters and digits only: a mail server may change the case of an address."""
    return b32encode(keys.lookup(purpose, str(attempt_id))[:TOKEN_BYTES]).decode().lower()
