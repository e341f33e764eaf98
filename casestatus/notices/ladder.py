"""Who is written to next, when it is tried again, and where a notice stands: rules alone, no database."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from casestatus.cases.crimes import RiskTier
from casestatus.notices.models import HANDED_OVER, TO_ONE_CONTACT, AttemptState, NoticeKind, NoticeState
from casestatus.victims.models import Channel, ContactPolicy
from casestatus.victims.reconfirming import wants_confirming


@dataclass(frozen=True)
class Rung:
    """What the rules need to know of a contact."""

    contact_id: UUID
    channel: Channel
    safe: bool
    confirmed: bool
    in_person: bool
    stopped: bool
    reconfirm_by: date | None
    usable_from: datetime | None = None
    removed: bool = False
    time_zone: str = field(kw_only=True)

    def takes_notices(self, tier: RiskTier, now: datetime) -> bool:
        """Whether notices may go there: safe, confirmed, not stopped; in a high tier, confirmed in person."""
        if not (self.safe and self.confirmed) or self.stopped or self.removed:
            return False
        if wants_confirming(self.reconfirm_by, self.time_zone, now):
            return False
        if self.usable_from is not None and now < self.usable_from:
            return False
        return self.in_person or tier is RiskTier.ORDINARY

    def takes_codes(self) -> bool:
        """Whether the code that confirms it may be sent there: called safe and not stopped."""
        return self.safe and not self.stopped and not self.removed

    def takes(self, kind: NoticeKind, tier: RiskTier, now: datetime) -> bool:
        """Whether a message of this kind may go there.

        The confirmation of a stop goes there just while it is stopped; that contacts changed, also to one that was
        removed: whoever holds it may be the one who should know.
        """
        match kind:
            case NoticeKind.CONFIRM:
                return self.takes_codes() and (self.in_person or tier is RiskTier.ORDINARY)
            case NoticeKind.STOP:
                return self.stopped and replace(self, stopped=False).takes_notices(tier, now)
            case NoticeKind.CONTACT_CHANGED:
                return replace(self, removed=False).takes_notices(tier, now)
            case _:
                return self.takes_notices(tier, now)


def next_rung(
    rungs: Iterable[Rung],
    *,
    tier: RiskTier,
    now: datetime,
    tried: Collection[UUID] = (),
) -> Rung | None:
    """The contact to write to next, in the order given, each once. None: somebody has to reach her otherwise."""
    for rung in rungs:
        if rung.contact_id not in tried and rung.takes_notices(tier, now):
            return rung
    return None


def may_be_contacted(policy: ContactPolicy) -> bool:
    """Whether she lets us write at all: no, while paused or when she asked never to be contacted."""
    return policy is ContactPolicy.NOTIFY


def waits_for_proof(channel: Channel, *, by_law: bool) -> bool:
    """Whether the office is to reach her when no other contact is left and no proof of arrival came.

    E-mail never proves that it arrived: there, only what the law owes her is worth a person's time.
    """
    return by_law or channel is not Channel.EMAIL


def backoff(tries: int, *, base: float, cap: float, chance: float) -> timedelta:
    """The wait after the n-th try: min(cap, base · 2^(n-1)) seconds, times a share drawn from [0.5, 1]."""
    return timedelta(seconds=min(cap, base * 2 ** min(tries - 1, 30)) * (0.5 + chance / 2))


def notice_state(kind: NoticeKind, attempts: Sequence[AttemptState]) -> NoticeState:
    """Where a notice stands, from its attempts in the order of their rungs (at least one)."""
    last = attempts[-1]
    if AttemptState.DELIVERED in attempts:
        return NoticeState.PROVED
    if last is AttemptState.PENDING:
        return NoticeState.WAITING if len(attempts) == 1 else NoticeState.UNDER_WAY
    if last in {AttemptState.SENDING, AttemptState.UNCERTAIN}:
        return NoticeState.UNDER_WAY
    if last in HANDED_OVER:
        return NoticeState.HANDED_OVER
    if last is AttemptState.CANCELLED:
        return NoticeState.NOT_WANTED if HANDED_OVER.isdisjoint(attempts) else NoticeState.HANDED_OVER
    return NoticeState.NO_CONTACT if kind in TO_ONE_CONTACT else NoticeState.FOR_THE_OFFICE
