"""What a held attempt is to say and to whom, and whether it is still wanted now that it is about to leave."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from casestatus.crypto import KeyRing, Unsealable
from casestatus.database.prepared import Row
from casestatus.notices.composing import Composing
from casestatus.notices.hours import Hours, leaves_at
from casestatus.notices.ladder import may_be_contacted
from casestatus.notices.letter import letter_of
from casestatus.notices.models import NoticeKind
from casestatus.notices.providers import Later, Message
from casestatus.notices.rungs import hours_of, rung_of
from casestatus.notices.words import TextUnsendable
from casestatus.settings import Settings
from casestatus.telemetry import Log
from casestatus.victims.models import Channel

A_MOMENT = timedelta(seconds=2)  # in which a hand-over that goes on beside us is over
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
    """There is nothing to tell her any more; or there is, and she asked not to be told (`asked`)."""

    asked: bool


@dataclass(frozen=True)
class ContactLost:
    """This contact may not be written to any more; another one may."""


Leaving = Ready | Postponed | Unwanted | ContactLost | Later
log = Log()


class Outgoing:
    """Reads what is about to leave."""

    def __init__(self, keys: KeyRing, settings: Settings, chance: Callable[[], float] = random.random) -> None:
        self._composing = Composing(keys, settings)
        self._chance = chance
        self._settings = settings

    def leaving(self, session: Session, attempt_id: UUID, *, now: datetime) -> Leaving:
        """What is to happen with a held attempt. One letter that can't be written (a lost key, words too long) is tried
        again and keeps no other back.
        """
        try:
            return self._judge(letter_of(session, attempt_id), now)
        except (Unsealable, TextUnsendable) as problem:
            log.error("delivery.unsendable", attempt=str(attempt_id), problem=type(problem).__name__)
            return Later()

    def _judge(self, letter: Row, now: datetime) -> Leaving:
        hours = hours_of(letter, self._settings.notice_hours)
        if not letter.has_news or self._is_dead_code(letter, now):
            return Unwanted(asked=False)
        if not _may_be_told(letter):
            return Unwanted(asked=True)
        if not rung_of(letter).takes(letter.kind, letter.risk_tier, now):
            return ContactLost()
        if letter.ahead_until is not None:
            return Postponed(max(letter.ahead_until, now + A_MOMENT))
        if not (letter.at_any_hour or hours.allow(now)):
            return Postponed(leaves_at(now, hours, jitter=MORNING * self._chance()))
        message = self._composing.message(letter, now=now)
        return Ready(letter.channel, replace(message, lasts=self._lasts(letter, hours, now)))

    def _lasts(self, letter: Row, hours: Hours, now: datetime) -> float:
        """For how many seconds it may still arrive: not outside her hours, and no code that isn't good any more."""
        ends = (hours.closes_at(now), self._code_ends(letter))
        return min(((end - now).total_seconds() for end in ends if end is not None), default=math.inf)

    def _is_dead_code(self, letter: Row, now: datetime) -> bool:
        ends = self._code_ends(letter)
        return ends is not None and now > ends

    def _code_ends(self, letter: Row) -> datetime | None:
        life = timedelta(seconds=self._settings.limits.code_life)
        return letter.due_at + life if letter.kind is NoticeKind.CONFIRM else None


def _may_be_told(letter: Row) -> bool:
    if letter.kind is NoticeKind.STALL and not letter.stall_alerts:
        return False
    return may_be_contacted(letter.contact_policy)
