"""A victim's status in one language: stages become words, moments become days of her office's zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from casestatus.cases.deadlines import DeadlineState, OfficeCalendar
from casestatus.cases.numbers import shown_folio
from casestatus.cases.rights import came_from, card_of, decided_by, rights_at
from casestatus.cases.stages import icon, is_over, meaning
from casestatus.cases.stalling import thresholds_passed
from casestatus.cases.timeline import Entry, takes_back
from casestatus.notices.sent import SentMessage
from casestatus.offices.freshness import Freshness, freshness
from casestatus.settings import Limits
from casestatus.victims.contacts import ContactOfHers, ContactState
from casestatus.victims.status import Line, Status
from casestatus.web.right_view import right_view
from casestatus.web.views import (
    MESSAGE_STATES,
    CaseView,
    ContactView,
    MessageView,
    OfficeView,
    ProceedingView,
    TimelineView,
)
from casestatus.wording import Wording

ASKED_BEFORE = timedelta(days=30)  # the last days of the 90 in which she is asked whether a contact is still safe


def case_view(
    status: Status,
    messages: Sequence[SentMessage],
    calendars: Mapping[UUID, OfficeCalendar],
    *,
    words: Wording,
    limits: Limits,
    now: datetime,
) -> CaseView:
    """What she is shown at `now`; `calendars` are those of her lines' offices."""
    reader = _Reader(words, status.time_zone, calendars, now)
    last_signal, silence = status.information_as_of, status.stale_after_days or limits.stale_after_days
    fresh = freshness(last_signal, today=reader.day_of(now), limit=silence)
    return CaseView(
        case_number=status.case_number,
        folio=shown_folio(status.folio),
        office=OfficeView(
            name=status.office_name,
            public_phone=status.public_phone,
            hours=status.public_hours,
            time_zone=status.time_zone,
            region=status.region,
        ),
        information_as_of=last_signal,
        stale=fresh is not Freshness.UP_TO_DATE,
        proceedings=tuple(reader.line(line) for line in status.lines),
        notices=tuple(reader.message(message) for message in messages),
    )


def starts_on(contact: ContactOfHers) -> date | None:
    """The day from which notices may go there, on its own clock; None when that was never put off."""
    return contact.usable_from.astimezone(ZoneInfo(contact.time_zone)).date() if contact.usable_from else None


def contact_view(contact: ContactOfHers, *, wants_code: bool, now: datetime) -> ContactView:
    """A contact as she may see it at `now`."""
    waits = contact.state is ContactState.WAITING
    confirmed = contact.state in {ContactState.CONFIRMED, ContactState.WAITING}
    soon = contact.reconfirm_by is not None and contact.reconfirm_by <= (now + ASKED_BEFORE).date()
    return ContactView(
        id=contact.id,
        channel=contact.channel,
        ending=contact.ending,
        state=contact.state,
        hours=contact.hours,
        time_zone=contact.time_zone,
        starts_at=contact.usable_from if waits else None,
        starts_on=starts_on(contact) if waits else None,
        reconfirm_by=contact.reconfirm_by,
        confirmed_in_person=contact.in_person,
        wants_code=wants_code,
        asked_again=confirmed and soon,
    )


@dataclass(frozen=True)
class _Reader:
    """Reads lines and messages out in one language, on the clocks of one zone."""

    words: Wording
    zone: str
    calendars: Mapping[UUID, OfficeCalendar]
    now: datetime

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def line(self, line: Line) -> ProceedingView:
        current, stage, language = line.current, line.current.stage, self.words.language
        calendar = self.calendars[line.office_id]
        today = calendar.today(self.now)
        decided, day_over = decided_by(line.steps), is_over(current.details, zone=self.zone, today=today)
        rights = rights_at(
            stage,
            notified_on=line.notified_on,
            calendar=calendar,
            today=today,
            came_from=came_from(line.entries, stage),
            decided=decided,
            past=day_over,
        )
        past = day_over or rights[0].state is DeadlineState.PAST
        name, legal_name = stage.names[language], stage.legal_names[language]
        return ProceedingView(
            ordinal=line.number,
            model=stage.model,
            stage=stage.code,
            stage_name=name,
            legal_name="" if legal_name == name else legal_name,
            meaning=meaning(
                stage,
                current.details,
                language,
                zone=self.zone,
                day=self.words.day,
                clock=self.words.clock,
                new_office=line.moving_to,
                past=past,
            ),
            since=line.since,
            corrected_on=self.day_of(current.received_at) if takes_back(line.steps) else None,
            next_steps=card_of(stage, decided, past=past).next_steps[language],
            stalled=bool(thresholds_passed(calendar.stall_days.get(stage.code, ()), since=line.since, today=today)),
            days_still=(today - line.since).days,
            rights=tuple(right_view(right, self.words) for right in rights),
            part=stage.part,
            icon=icon(stage, current.details),
            elsewhere=line.elsewhere,
            acting_office=line.acting_office,
            timeline=tuple(self.event(entry, line) for entry in reversed(line.entries)),
        )

    def event(self, entry: Entry, line: Line) -> TimelineView:
        return TimelineView(
            stage=entry.stage.code,
            stage_name=entry.stage.names[self.words.language],
            occurred_on=entry.on,
            received_at=entry.received_at,
            received_on=self.day_of(entry.received_at),
            corrected=entry.corrects,
            formal_notice_on=line.formal_notices.get(entry.event_id),
        )

    def message(self, message: SentMessage) -> MessageView:
        return MessageView(
            channel=message.channel,
            state=message.state,
            state_name=self.words.gettext(MESSAGE_STATES[message.state]),
            sent_at=message.sent_at,
            reported_at=message.reported_at,
            seen_at=message.seen_at,
            reference=message.reference,
            ending=message.ending,
            day=self.day_of(message.at),
            reported_on=self.day_of(message.reported_at) if message.reported_at else None,
            seen_on=self.day_of(message.seen_at) if message.seen_at else None,
        )
