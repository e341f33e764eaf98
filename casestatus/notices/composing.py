"""What a letter says, in the words of its channel, and to whom: made when it leaves, and kept nowhere."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from casestatus.crypto import KeyRing
from casestatus.notices.callbacks import callback_url, return_address, unsubscribe_url
from casestatus.notices.email_words import email_words
from casestatus.notices.models import DeliveryAttempt, Notice, NoticeKind
from casestatus.notices.providers import EmailParts, Message
from casestatus.notices.words import Kind, Variant, sms_text
from casestatus.settings import Settings
from casestatus.victims.models import Channel, Contact, Victim
from casestatus.wording import Language


@dataclass(frozen=True)
class Letter:
    """An attempt with all that its words depend on."""

    attempt: DeliveryAttempt
    notice: Notice
    victim: Victim
    contact: Contact
    institution: str

    @property
    def wording(self) -> tuple[Kind, Language, Variant]:
        """Which words: of this kind, in her language, as she chose them."""
        language: Language = "en" if self.victim.language == "en" else "es"
        return self.notice.kind.value, language, self.victim.message_wording.value


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

    def message(self, letter: Letter, *, now: datetime) -> Message:
        """What is handed over. Raises Unsealable, or TextUnsendable when the words don't fit."""
        return self._email(letter, now) if letter.contact.channel is Channel.EMAIL else self._sms(letter)

    def address(self, letter: Letter) -> str:
        """Where it goes. Raises Unsealable."""
        contact = letter.contact
        return self._keys.unseal(contact.address, table="contact", column="address", id=contact.id)

    def _sms(self, letter: Letter) -> Message:
        asks_reply = letter.notice.by_law and self._settings.takes_callbacks
        text = sms_text(*letter.wording, **self._filled(letter), asks_reply=asks_reply)
        callback = callback_url(self._keys, self._settings, letter.attempt.id)
        return Message(self.address(letter), text, letter.attempt.reference, callback=callback)

    def _email(self, letter: Letter, now: datetime) -> Message:
        kind, language, variant = letter.wording
        filled, starts_on = self._filled(letter), self._starts_on(letter.notice)
        words = email_words(kind, language, variant, **filled, starts_on=starts_on)
        given = (self._keys, self._settings, letter.attempt.id)
        parts = EmailParts(letter.attempt.id, words.html, words.sender, language, unsubscribe_url(*given), now)
        return Message(
            self.address(letter),
            words.text,
            letter.attempt.reference,
            subject=words.subject,
            callback=return_address(*given),
            email=parts,
        )

    def _filled(self, letter: Letter) -> Filled:
        return Filled(
            reference=letter.attempt.reference,
            code=self._payload(letter.notice) if letter.notice.kind is NoticeKind.CONFIRM else None,
            institution=letter.institution,
            code_word=self._code_word(letter.contact),
        )

    def _starts_on(self, notice: Notice) -> date | None:
        told = self._payload(notice) if notice.kind is NoticeKind.CONTACT_CHANGED else None
        return date.fromisoformat(told) if told else None

    def _payload(self, notice: Notice) -> str | None:
        if notice.payload is None:
            return None
        return self._keys.unseal(notice.payload, table="notice", column="payload", id=notice.id)

    def _code_word(self, contact: Contact) -> str | None:
        if contact.code_word is None:
            return None
        return self._keys.unseal(contact.code_word, table="contact", column="code_word", id=contact.id)
