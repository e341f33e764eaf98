"""What a held attempt is to say and to whom, and whether it is still wanted now that it is about to leave."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.cases.models import Case
from casestatus.crypto import KeyRing, Unsealable
from casestatus.notices.composing import Composing, Letter
from casestatus.notices.hours import leaves_at
from casestatus.notices.ladder import may_be_contacted
from casestatus.notices.models import DeliveryAttempt, Notice, NoticeKind
from casestatus.notices.news import notices_with_news, waiting_their_turn
from casestatus.notices.providers import Later, Message
from casestatus.notices.queue import Claim
from casestatus.notices.rungs import hours_of, rung_of
from casestatus.notices.words import TextUnsendable
from casestatus.offices.models import Institution
from casestatus.settings import Settings
from casestatus.victims.models import Channel, Contact, Victim

MORNING = timedelta(minutes=10)  # over which a night's messages are spread


@dataclass(frozen=True)
class Ready:
    """It may leave now, by this channel."""

    channel: Channel
    message: Message


@dataclass(frozen=True)
class Postponed:
    """Not now: it goes back into the queue until then, and this try doesn't count."""

    until: datetime


@dataclass(frozen=True)
class Unwanted:
    """There is nothing to tell her any more, or she may not be told."""


@dataclass(frozen=True)
class ContactLost:
    """This contact may not be written to any more; another one may."""


Leaving = Ready | Postponed | Unwanted | ContactLost | Later
log = structlog.get_logger()


@dataclass(frozen=True)
class Sought:
    """What to look for at the provider: a message to this address with this reference, not older than `since`."""

    channel: Channel
    address: str
    reference: str
    since: datetime


class Outgoing:
    """Reads what is about to leave."""

    def __init__(self, keys: KeyRing, settings: Settings, chance: Callable[[], float] = random.random) -> None:
        self._composing = Composing(keys, settings)
        self._chance = chance
        self._settings = settings

    def leaving(self, session: Session, claims: Sequence[Claim], *, now: datetime) -> dict[UUID, Leaving]:
        """For each claimed attempt what is to happen with it, by its id."""
        notice_ids = [held.notice_id for held in claims]
        live = notices_with_news(session, notice_ids)
        turns = waiting_their_turn(session, notice_ids, now)
        letters = _letters(session, [held.attempt_id for held in claims])
        return {
            letter.attempt.id: self._leaving(letter, letter.notice.id in live, turns.get(letter.notice.id), now)
            for letter in letters
        }

    def sought(self, session: Session, claims: Sequence[Claim]) -> dict[UUID, Sought | None]:
        """For each claimed attempt what may have been handed over, by its id; None for an address we can't read."""
        letters = _letters(session, [held.attempt_id for held in claims])
        return {letter.attempt.id: self._sought(letter) for letter in letters}

    def _sought(self, letter: Letter) -> Sought | None:
        since = letter.attempt.first_try_at or letter.attempt.created_at
        try:
            return Sought(letter.contact.channel, self._composing.address(letter), letter.attempt.reference, since)
        except Unsealable:
            return None

    def _leaving(self, letter: Letter, has_news: bool, turn: datetime | None, now: datetime) -> Leaving:
        """One letter that can't be written (a lost key, words too long) is tried again and keeps no other back."""
        try:
            return self._judge(letter, has_news, turn, now)
        except (Unsealable, TextUnsendable) as problem:
            log.error("delivery.unsendable", attempt=str(letter.attempt.id), problem=type(problem).__name__)
            return Later()

    def _judge(self, letter: Letter, has_news: bool, turn: datetime | None, now: datetime) -> Leaving:
        hours = hours_of(letter.contact, self._settings.notice_hours)
        if not (has_news and _may_be_told(letter)) or self._is_dead_code(letter.notice, now):
            return Unwanted()
        if not _may_be_used(letter, now):
            return ContactLost()
        if turn is not None:
            return Postponed(turn)
        if not hours.allow(now):
            return Postponed(leaves_at(now, hours, jitter=MORNING * self._chance()))
        return Ready(letter.contact.channel, self._composing.message(letter, now=now))

    def _is_dead_code(self, notice: Notice, now: datetime) -> bool:
        life = timedelta(seconds=self._settings.limits.code_life)
        return notice.kind is NoticeKind.CONFIRM and now > notice.due_at + life


def _letters(session: Session, attempt_ids: Sequence[UUID]) -> list[Letter]:
    rows = session.execute(
        select(DeliveryAttempt, Notice, Victim, Contact, Institution.code)
        .join(Notice, Notice.id == DeliveryAttempt.notice_id)
        .join(Victim, Victim.id == Notice.victim_id)
        .join(Contact, Contact.id == DeliveryAttempt.contact_id)
        .join(Case, Case.id == Victim.case_id)
        .join(Institution, Institution.id == Case.institution_id)
        .where(DeliveryAttempt.id.in_(attempt_ids))
    )
    return [Letter(*row) for row in rows]


def _may_be_told(letter: Letter) -> bool:
    if letter.notice.kind is NoticeKind.STALL and not letter.victim.stall_alerts:
        return False
    return letter.notice.kind is NoticeKind.CONFIRM or may_be_contacted(letter.victim.contact_policy)


def _may_be_used(letter: Letter, now: datetime) -> bool:
    return rung_of(letter.contact).takes(letter.notice.kind, letter.victim.risk_tier, now)
