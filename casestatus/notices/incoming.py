"""What somebody answers to our messages: a few exact words; whatever isn't one of them changes nothing."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing
from casestatus.notices.ladder import may_be_contacted
from casestatus.notices.models import AttemptState, DeliveryAttempt, Notice, NoticeKind, NoticeState
from casestatus.notices.queue import Owed, enqueue
from casestatus.notices.receipts import keep_receipt
from casestatus.notices.rungs import reopen_address, rung_of, stop_address
from casestatus.notices.settling import Settlement
from casestatus.settings import Settings
from casestatus.victims.addresses import hold_address, telephone_keys
from casestatus.victims.models import Channel, Contact, Victim
from casestatus.victims.phones import PhoneUnusable, normal_phone

HELP_AGAIN = timedelta(hours=1)  # two machines that answer each other come to rest
REMEMBERED = timedelta(days=7)  # a "1" after that can't be meant for our last message


class Word(StrEnum):
    """What an answer means (notices.md, "Stop words")."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    SEEN = "seen"


WORDS = {
    Word.STOP: frozenset({"STOP", "BAJA", "CANCELAR", "PARAR", "ALTO", "QUIT", "END", "NO"}),
    Word.START: frozenset({"ALTA", "COMENZAR", "SI", "START"}),
    Word.HELP: frozenset({"AYUDA", "INFO", "HELP"}),
    Word.SEEN: frozenset({"1"}),
}
BETWEEN_MARKS = re.compile(r"[\W_]*([A-Za-z]+)[\W_]*")  # neither letters nor digits: blanks, points, emoji


def word_of(text: str) -> Word | None:
    """The word that the whole text is, in any case. Never the nearest one: ALTO and ALTA differ by a letter.

    Marks around a stop word, whatever they are, don't keep it from counting; every other word stands alone.
    """
    said = text.strip()
    word = next((word for word, spelt in WORDS.items() if said.isascii() and said.upper() in spelt), None)
    amid_marks = BETWEEN_MARKS.fullmatch(text)
    if word is None and amid_marks and amid_marks[1].upper() in WORDS[Word.STOP]:
        return Word.STOP
    return word


class Incoming:
    """Takes messages that were sent to us, in the caller's transaction; the same one twice does nothing more."""

    def __init__(self, session: Session, keys: KeyRing, *, now: datetime, settings: Settings) -> None:
        self._session = session
        self._keys = keys
        self._now = now
        self._confirms_stops = settings.confirm_stops
        self._settlement = Settlement(session, now=now, settings=settings)

    def take(self, provider: str, message_id: str, *, sender: str, text: str) -> None:
        """Do what she says, for her address over every access that uses it. A stranger's words do nothing."""
        if not keep_receipt(
            self._session, provider, message_id, "received", attempt_id=None, now=self._now, forget_at=self._now
        ):
            return
        keys = self._address_keys(sender)
        match word_of(text):
            case Word.STOP:
                self.stop(keys, Channel.SMS, message_id)
            case Word.START:
                self._undo_stop(keys)
            case Word.HELP:
                self._help(keys, message_id)
            case Word.SEEN:
                self._note_seen(keys)

    def _address_keys(self, sender: str) -> Sequence[bytes]:
        spellings = {sender.strip()}
        with suppress(PhoneUnusable):
            spellings.add(normal_phone(sender))
        return [key for spelling in spellings for key in telephone_keys(self._keys, spelling)]

    def stop(self, keys: Sequence[bytes], channel: Channel, message_id: str) -> None:
        """Nothing more leaves for this address; what waited for it goes to another contact or to the office."""
        hold_address(self._session, *keys)
        waiting = self._waiting(keys)  # held first, in the order in which workers hold them
        was_open = exists().where(Contact.address_key.in_(keys), Contact.stopped_at.is_(None))
        is_new = self._session.scalar(select(was_open))
        for key in keys:
            stop_address(self._session, key, self._now)
        for attempt in waiting:
            self._settlement.lose_contact(attempt)
        if is_new and self._confirms_stops:
            self._answer(keys, channel, NoticeKind.STOP, message_id)

    def _undo_stop(self, keys: Sequence[bytes]) -> None:
        """Only that: what she said on the page or at the office (never, pause, not safe) stays as it is."""
        hold_address(self._session, *keys)
        for key in keys:
            reopen_address(self._session, key)

    def _help(self, keys: Sequence[bytes], message_id: str) -> None:
        asked = exists().where(
            Notice.contact_id.in_(select(Contact.id).where(Contact.address_key.in_(keys))),
            Notice.kind == NoticeKind.HELP,
            Notice.created_at > self._now - HELP_AGAIN,
        )
        if not self._session.scalar(select(asked)):
            self._answer(keys, Channel.SMS, NoticeKind.HELP, message_id)

    def _note_seen(self, keys: Sequence[bytes]) -> None:
        """She has seen the last notice that left for this address; who was to reach her needn't any more."""
        last = (
            select(DeliveryAttempt)
            .join(Contact, Contact.id == DeliveryAttempt.contact_id)
            .join(Notice, Notice.id == DeliveryAttempt.notice_id)
            .where(Contact.address_key.in_(keys), DeliveryAttempt.sent_at > self._now - REMEMBERED)
            .where(Notice.kind.in_((NoticeKind.NOTICE, NoticeKind.CORRECTION, NoticeKind.STALL)))
            .order_by(DeliveryAttempt.sent_at.desc())
            .limit(1)
            .with_for_update(of=DeliveryAttempt)
        )
        attempt = self._session.scalars(last).one_or_none()
        if attempt is not None and attempt.seen_at is None:
            attempt.seen_at = self._now
            self._settlement.reached(attempt)

    def _waiting(self, keys: Sequence[bytes]) -> Sequence[DeliveryAttempt]:
        """What is still to leave for this address, but for the confirmation of an earlier stop."""
        to_her = select(Contact.id).where(Contact.address_key.in_(keys))
        pending = (
            select(DeliveryAttempt)
            .join(Notice, Notice.id == DeliveryAttempt.notice_id)
            .where(DeliveryAttempt.contact_id.in_(to_her), DeliveryAttempt.state == AttemptState.PENDING)
            .where(Notice.kind != NoticeKind.STOP)
        )
        return self._session.scalars(pending.order_by(DeliveryAttempt.id).with_for_update(of=DeliveryAttempt)).all()

    def _answer(self, keys: Sequence[bytes], channel: Channel, kind: NoticeKind, message_id: str) -> None:
        """One message, however many accesses share the address: it is found where the last one was sent for."""
        contact = self._contact_to_answer(keys, channel, kind)
        if contact is None:
            return
        notice = Notice(
            victim_id=contact.victim_id,
            contact_id=contact.id,
            kind=kind,
            by_law=False,
            dedupe_key=f"{kind.value}:{message_id}",
            state=NoticeState.WAITING,
            due_at=self._now,
            created_at=self._now,
        )
        self._session.add(notice)
        self._session.flush()
        enqueue(self._session, [Owed(notice, contact, 1, self._now)], now=self._now)

    def _contact_to_answer(self, keys: Sequence[bytes], channel: Channel, kind: NoticeKind) -> Contact | None:
        open_ones = (Contact.address_key.in_(keys), Contact.channel == channel, Victim.closed_at.is_(None))
        found = self._session.execute(
            select(Contact, Victim).join(Victim, Victim.id == Contact.victim_id).where(*open_ones).order_by(Contact.id)
        ).all()
        fit = [
            contact
            for contact, victim in found
            if may_be_contacted(victim.contact_policy) and rung_of(contact).takes(kind, victim.risk_tier, self._now)
        ]
        last = self._last_written([contact.id for contact in fit])
        return next((contact for contact in fit if contact.id == last), fit[0] if fit else None)

    def _last_written(self, contact_ids: Sequence[UUID]) -> UUID | None:
        written = select(DeliveryAttempt.contact_id).where(
            DeliveryAttempt.contact_id.in_(contact_ids), DeliveryAttempt.sent_at.is_not(None)
        )
        latest = written.group_by(DeliveryAttempt.contact_id).order_by(func.max(DeliveryAttempt.sent_at).desc())
        return self._session.scalars(latest.limit(1)).one_or_none()
