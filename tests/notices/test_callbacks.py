"""The addresses that a message carries: each attempt's own, and known again after an update of the software."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

import pytest

from casestatus.crypto import KeyRing, token_hash
from casestatus.crypto.macs import mac
from casestatus.database import Database
from casestatus.notices.callbacks import (
    callback_token,
    callback_url,
    keep_tokens,
    return_address,
    unsubscribe_token,
    unsubscribe_url,
)
from casestatus.notices.models import AttemptState, DeliveryAttempt
from casestatus.notices.queue import Claim
from casestatus.settings import Settings
from casestatus.victims.models import Channel
from tests.notices.conftest import PUBLIC_URL
from tests.notices.town import Town

ATTEMPT = UUID(int=7)
TOLD, STOPS = "3zhg4h55pqz3tuw7f6spenokifx6gp46", "g6zd3kt4en6vbkwyojxgmebzvxytcbte"
BY_MAIL = {"email_provider": "smtp", "email_from": "avisos@fiscalia.example"}


class KnownKey:
    """A key ring with a key that never changes."""

    def lookup(self, kind: str, *parts: str) -> bytes:
        return mac(b"k" * 32, kind, *parts)


KEYS = cast(KeyRing, KnownKey())


def test_what_left_before_an_update_is_known_after_it() -> None:
    """Whoever derives these otherwise makes the receipts and buttons of all messages under way worthless."""
    assert (callback_token(KEYS, ATTEMPT), unsubscribe_token(KEYS, ATTEMPT)) == (TOLD, STOPS)


def test_each_address_carries_its_token(settings: Settings) -> None:
    by_mail = settings.with_changes(**BY_MAIL)
    assert callback_url(KEYS, settings, ATTEMPT) == f"{PUBLIC_URL}/webhooks/twilio/status/{TOLD}"
    assert return_address(KEYS, by_mail, ATTEMPT) == f"avisos+{TOLD}@fiscalia.example"
    assert unsubscribe_url(KEYS, settings, ATTEMPT) == f"{PUBLIC_URL}/avisos/baja/{STOPS}"


def test_where_nothing_can_come_back_no_address_is_given(settings: Settings) -> None:
    assert callback_url(KEYS, settings.with_changes(sms_provider="outbox"), ATTEMPT) is None
    assert return_address(KEYS, settings, ATTEMPT) is None


@pytest.mark.parametrize(
    ("channel", "changes", "kept"),
    [
        (Channel.SMS, {}, [True, False]),
        (Channel.SMS, BY_MAIL, [True, False]),
        (Channel.SMS, {"sms_provider": "outbox"}, [False, False]),
        (Channel.SMS, {"sms_provider": "outbox", **BY_MAIL}, [False, False]),
        (Channel.EMAIL, BY_MAIL, [True, True]),
        (Channel.EMAIL, {}, [False, False]),
    ],
)
def test_only_the_hashes_of_what_can_come_back_are_kept(
    town: Town,
    database: Database,
    settings: Settings,
    keys: KeyRing,
    channel: Channel,
    changes: dict[str, object],
    kept: Sequence[bool],
) -> None:
    for _ in range(2):
        town.victim()
    town.event()
    held, other = town.attempts()
    claims = [Claim(held.id, held.notice_id, None, AttemptState.SENDING)]
    with database.writing() as session:
        keep_tokens(session, claims, keys, settings=settings.with_changes(**changes), channel=channel)
    hashes = [token_hash(callback_token(keys, held.id)), token_hash(unsubscribe_token(keys, held.id))]
    assert tokens(town, held.id) == [each if is_kept else None for each, is_kept in zip(hashes, kept, strict=True)]
    assert tokens(town, other.id) == [None, None]


def tokens(town: Town, attempt_id: UUID) -> list[bytes | None]:
    with town.database.reading() as session:
        attempt = session.get_one(DeliveryAttempt, attempt_id)
        return [attempt.callback_hash, attempt.unsubscribe_hash]
