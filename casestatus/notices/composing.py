"""What a letter says, in the words of its channel, and to whom: made when it leaves, and kept nowhere.

A letter is a row of `LETTER` (letter.py): an attempt with all that its words depend on.
"""

from datetime import date, datetime
from typing import TypedDict

from casestatus.crypto import KeyRing
from casestatus.database.prepared import Row
from casestatus.notices.callbacks import callback_url, return_address, unsubscribe_url
from casestatus.notices.email_words import email_words
from casestatus.notices.models import NoticeKind
from casestatus.notices.providers import EmailParts, Message
from casestatus.notices.words import Kind, Variant, sms_text
from casestatus.settings import Settings
from casestatus.victims.models import Channel
from casestatus.wording import Language


class Filled(TypedDict):
    """What stands in the gaps of the words."""

    reference: str
    code: str | None
    institution: str
    code_word: str | None


class Composing:
    """Writes letters; the only place where their addresses, codes and code words are read."""

    def __init__(self, keys: KeyRing, settings: Settings) -> None:
        self._keys = keys
        self._settings = settings

    def message(self, letter: Row, *, now: datetime) -> Message:
        """What is handed over. Raises Unsealable, or TextUnsendable when the words don't fit."""
        return self._email(letter, now) if letter.channel is Channel.EMAIL else self._sms(letter)

    def _sms(self, letter: Row) -> Message:
        asks_reply = letter.by_law and self._settings.takes_callbacks
        text = sms_text(*_wording(letter), **self._filled(letter), asks_reply=asks_reply)
        callback = callback_url(self._keys, self._settings, letter.attempt_id)
        return Message(address_of(letter, self._keys), text, letter.reference, callback=callback)

    def _email(self, letter: Row, now: datetime) -> Message:
        kind, language, variant = _wording(letter)
        words = email_words(kind, language, variant, **self._filled(letter), starts_on=self._starts_on(letter))
        given = (self._keys, self._settings, letter.attempt_id)
        parts = EmailParts(letter.attempt_id, words.html, words.sender, language, unsubscribe_url(*given), now)
        return Message(
            address_of(letter, self._keys),
            words.text,
            letter.reference,
            subject=words.subject,
            callback=return_address(*given),
            email=parts,
        )

    def _filled(self, letter: Row) -> Filled:
        return Filled(
            reference=letter.reference,
            code=self._payload(letter) if letter.kind is NoticeKind.CONFIRM else None,
            institution=letter.institution,
            code_word=self._code_word(letter),
        )

    def _starts_on(self, letter: Row) -> date | None:
        told = self._payload(letter) if letter.kind is NoticeKind.CONTACT_CHANGED else None
        return date.fromisoformat(told) if told else None

    def _payload(self, letter: Row) -> str | None:
        if letter.payload is None:
            return None
        return self._keys.unseal(letter.payload, table="notice", column="payload", id=letter.notice_id)

    def _code_word(self, letter: Row) -> str | None:
        if letter.code_word is None:
            return None
        return self._keys.unseal(letter.code_word, table="contact", column="code_word", id=letter.id)


def address_of(contact: Row, keys: KeyRing) -> str:
    """Where it goes. Raises Unsealable."""
    return keys.unseal(contact.address, table="contact", column="address", id=contact.id)


def _wording(letter: Row) -> tuple[Kind, Language, Variant]:
    """Which words: of this kind, in her language, as she chose them."""
    return letter.kind.value, "en" if letter.language == "en" else "es", letter.message_wording.value
