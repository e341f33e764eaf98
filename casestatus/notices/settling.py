"""What follows from each answer to a hand-over: the attempt's next state, and its notice's."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.notices.climbing import Ladder
from casestatus.notices.ladder import backoff, may_be_contacted, notice_state
from casestatus.notices.models import (
    NOT_NEEDED,
    TO_ONE_CONTACT,
    UNCONFIRMED,
    AttemptState,
    DeliveryAttempt,
    Notice,
    NoticeKind,
    NoticeState,
)
from casestatus.notices.outgoing import ContactLost, Postponed, Unwanted
from casestatus.notices.providers import Accepted, Answer, Delivered, Later, Refused, Report, Unclear, Undelivered
from casestatus.notices.queue import Claim, held_attempts
from casestatus.notices.rungs import ask_to_confirm_again, stop_address
from casestatus.offices.models import TaskKind
from casestatus.settings import Settings
from casestatus.telemetry import Log
from casestatus.victims.models import Contact, Victim

Outcome = Answer | Postponed | Unwanted | ContactLost
log = Log()


class Settled(NamedTuple):
    """How it went with one held attempt, and at which provider ("" when it went to none)."""

    claim: Claim
    outcome: Outcome
    provider: str = ""


class Settlement:
    """Writes down, in one transaction, how a group of held attempts went."""

    def __init__(
        self,
        session: Session,
        *,
        now: datetime,
        settings: Settings,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._session = session
        self._now = now
        self._settings = settings
        self._ladder = Ladder(session, now=now)
        self._chance = chance

    def settle(self, group: Sequence[Settled]) -> None:
        """Every outcome whose attempt is still held; a late one changes nothing, and reconciling finds the truth."""
        held = held_attempts(self._session, [settled.claim for settled in group])
        self.load_notices(list(held.values()))
        for claim, outcome, provider in group:
            attempt = held.get(claim.attempt_id)
            if attempt is None:
                log.warning("delivery.lease_lost", attempt=str(claim.attempt_id))
            else:
                self._apply(attempt, outcome, provider)

    def _apply(self, attempt: DeliveryAttempt, outcome: Outcome, provider: str) -> None:
        attempt.lease_token = None
        match outcome:
            case Accepted(provider_id):
                self.hand_over(attempt, provider, provider_id)
            case Unclear():
                self._doubt(attempt)
            case Later(retry_after):
                self._try_again(attempt, retry_after)
            case Refused():
                self._refused(attempt, outcome)
            case Postponed(until):
                self._postpone(attempt, until)
            case Unwanted(asked):
                attempt.code = None if asked else NOT_NEEDED
                self._unwanted(attempt)
            case ContactLost():
                self.lose_contact(attempt)

    def lose_contact(self, attempt: DeliveryAttempt) -> None:
        """This contact may not be written to any more: the next one, or the office. By her own stop, or for now."""
        is_stopped = self._session.get_one(Contact, attempt.contact_id).stopped_at is not None
        attempt.code = None if is_stopped else UNCONFIRMED
        self._climb(attempt, AttemptState.CANCELLED)

    def hand_over(self, attempt: DeliveryAttempt, provider: str, provider_id: str) -> None:
        """The provider has it; without proof it ends as unproven after a while."""
        attempt.state = AttemptState.SENT
        attempt.provider, attempt.provider_id = provider, provider_id
        attempt.sent_at = self._now
        attempt.follow_up_at = self._now + timedelta(seconds=self._settings.limits.follow_up_after)
        attempt.due_at = self._now + timedelta(seconds=self._settings.limits.proof_wait)
        self._follow(attempt)

    def adopt(self, attempt: DeliveryAttempt, provider: str, provider_id: str) -> None:
        """The provider itself says that it has the message, whoever may still hold the attempt."""
        attempt.lease_token = None
        self.hand_over(attempt, provider, provider_id)

    def report(self, attempt: DeliveryAttempt, report: Report) -> None:
        """What became of a message that was handed over: proved, or on to the next rung."""
        match report:
            case Delivered():
                self._prove(attempt)
            case Undelivered(code):
                attempt.code = code
                if report.of_address:
                    ask_to_confirm_again(self._session, self._session.get_one(Contact, attempt.contact_id), self._now)
                self._climb(attempt, AttemptState.UNDELIVERED)
            case Refused():
                self._refused(attempt, report)

    def reached(self, attempt: DeliveryAttempt) -> None:
        """She has it, by the network's word or her own: what the office was asked for is done."""
        notice = self._notice(attempt)
        if notice.state is NoticeState.FOR_THE_OFFICE:
            self._ladder.take_back(notice)
            notice.state = NoticeState.HANDED_OVER

    def _prove(self, attempt: DeliveryAttempt) -> None:
        self.reached(attempt)
        self._end(attempt, AttemptState.DELIVERED)

    def put_back(self, attempt: DeliveryAttempt, due_at: datetime) -> None:
        """Certainly not handed over: it waits for its next try."""
        attempt.state, attempt.due_at, attempt.lease_token = AttemptState.PENDING, due_at, None
        attempt.uncertain_at, attempt.looks = None, 0
        self._follow(attempt)

    def _postpone(self, attempt: DeliveryAttempt, until: datetime) -> None:
        """It never came to a hand-over, so this try doesn't count."""
        attempt.tries -= 1
        attempt.first_try_at = attempt.first_try_at if attempt.tries else None
        self.put_back(attempt, until)

    def leave_unproven(self, attempt: DeliveryAttempt) -> None:
        """We can't find out whether it was handed over: never sent again; a person has to reach her otherwise."""
        self._end(attempt, AttemptState.UNPROVEN)
        notice = self._notice(attempt)
        if notice.kind not in TO_ONE_CONTACT and notice.state is not NoticeState.PROVED:
            self._ladder.leave_to_the_office(notice, TaskKind.UNPROVEN)

    def still_worth_trying(self, attempt: DeliveryAttempt, at: datetime) -> bool:
        """Whether that moment comes before we give up: 48 hours for a notice, a code's life for a code."""
        notice, limits = self._notice(attempt), self._settings.limits
        if notice.kind is NoticeKind.CONFIRM:
            return at <= notice.due_at + timedelta(seconds=limits.code_life)
        return at <= (attempt.first_try_at or at) + timedelta(seconds=limits.retry_longest)

    def expire(self, attempt: DeliveryAttempt) -> None:
        """It waited too long for its hand-over: the next rung."""
        self._climb(attempt, AttemptState.EXPIRED)

    def try_at(self, attempt: DeliveryAttempt, due_at: datetime) -> None:
        """Certainly not handed over: again at that moment, or, when that is too late, the next rung."""
        if self.still_worth_trying(attempt, due_at):
            self.put_back(attempt, due_at)
        else:
            self.expire(attempt)

    def _doubt(self, attempt: DeliveryAttempt) -> None:
        attempt.state, attempt.due_at = AttemptState.UNCERTAIN, self._now
        attempt.uncertain_at, attempt.looks = self._now, 0
        self._follow(attempt)

    def _try_again(self, attempt: DeliveryAttempt, asked: float | None) -> None:
        limits, tries = self._settings.limits, attempt.tries
        wait = backoff(tries, base=limits.retry_base, cap=limits.retry_cap, chance=self._chance())
        self.try_at(attempt, self._now + (timedelta(seconds=asked) if asked is not None else wait))

    def _refused(self, attempt: DeliveryAttempt, refused: Refused) -> None:
        attempt.code = refused.code
        contact = self._session.get_one(Contact, attempt.contact_id)
        if refused.stop:
            stop_address(self._session, contact.address_key, self._now)
            self._climb(attempt, AttemptState.STOPPED)
        elif refused.permanent:
            if refused.of_address:
                ask_to_confirm_again(self._session, contact, self._now)
            self._climb(attempt, AttemptState.FAILED)
        else:
            self._try_again(attempt, None)

    def climb_without_proof(self, attempt: DeliveryAttempt) -> None:
        """It may have arrived, and nothing says so: the next contact, or the office. Its own receipt still counts."""
        notice = self._notice(attempt)
        attempt.climbed_at = self._now
        if notice.kind not in TO_ONE_CONTACT:
            self._ladder.climb_without_proof(notice, attempt)

    def stay(self, attempt: DeliveryAttempt) -> None:
        """Proof isn't waited for any more, and there is nothing that somebody else should tell her."""
        attempt.climbed_at = self._now

    def _climb(self, attempt: DeliveryAttempt, state: AttemptState) -> None:
        """This rung ended: the next contact, or the office, once. A code or an answer concerns that one contact.

        What was climbed from without proof, and left to nobody, climbs once more when it turns out not to have arrived.
        """
        notice = self._notice(attempt)
        left_to_nobody = notice.state is not NoticeState.FOR_THE_OFFICE
        self._end(attempt, state)
        is_left = notice.state is NoticeState.FOR_THE_OFFICE and left_to_nobody
        if notice.kind in TO_ONE_CONTACT or notice.state is NoticeState.PROVED:
            return
        if attempt.climbed_at is None or is_left:
            attempt.climbed_at = self._now
            self._ladder.climb(notice, attempt.rung)

    def _unwanted(self, attempt: DeliveryAttempt) -> None:
        """What the law owes her is kept for her at the office while she doesn't want to be written to."""
        self._end(attempt, AttemptState.CANCELLED)
        notice = self._notice(attempt)
        victim = self._session.get_one(Victim, notice.victim_id)
        if notice.state is NoticeState.PROVED:
            return
        if notice.by_law and victim.closed_at is None and not may_be_contacted(victim.contact_policy):
            self._ladder.leave_to_the_office(notice, TaskKind.UNREACHABLE)

    def _end(self, attempt: DeliveryAttempt, state: AttemptState) -> None:
        attempt.state, attempt.ended_at = state, self._now
        attempt.lease_token = None
        attempt.follow_up_at = self._now if attempt.provider_id else None
        self._follow(attempt)

    def _follow(self, attempt: DeliveryAttempt) -> None:
        """The notice's state follows; a code isn't kept once it left or can't leave.

        What the office was asked for without proof stays with it: another message's end is no proof.
        """
        notice = self._notice(attempt)
        state = notice_state(notice.kind, self._states(notice, attempt))
        if not (notice.state is NoticeState.FOR_THE_OFFICE and state is NoticeState.HANDED_OVER):
            notice.state = state
        if attempt.state not in {AttemptState.PENDING, AttemptState.UNCERTAIN}:
            notice.payload = None

    def _states(self, notice: Notice, attempt: DeliveryAttempt) -> Sequence[AttemptState]:
        if attempt.rung == 1 and attempt.climbed_at is None:
            return [attempt.state]
        others = select(DeliveryAttempt.rung, DeliveryAttempt.state).where(DeliveryAttempt.notice_id == notice.id)
        states = {row.rung: row.state for row in self._session.execute(others)}
        states[attempt.rung] = attempt.state
        return [states[rung] for rung in sorted(states)]

    def load_notices(self, attempts: Sequence[DeliveryAttempt]) -> None:
        """All at once, so that `_notice` finds each without asking the database again."""
        ids = {attempt.notice_id for attempt in attempts}
        self._notices = self._session.scalars(select(Notice).where(Notice.id.in_(ids))).all()

    def _notice(self, attempt: DeliveryAttempt) -> Notice:
        """Held, and as it stands now, where another rung of it may end at this moment: its state follows from both."""
        notice = self._session.get_one(Notice, attempt.notice_id)
        if attempt.rung > 1 or attempt.climbed_at is not None:
            self._session.flush()  # what is read anew forgets what wasn't written
            self._session.refresh(notice, with_for_update={"key_share": True})
        return notice
