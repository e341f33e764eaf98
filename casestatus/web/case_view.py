"""A victim's status in one language: stages become words, moments become days of her office's zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from casestatus.cases.deadlines import DeadlineState, OfficeCalendar
from casestatus.cases.numbers import shown_folio
from casestatus.cases.rights import back_from, came_from, card_of, decided_by, rights_at
from casestatus.cases.stages import icon, is_over, meaning
from casestatus.cases.stalling import may_stand_still, thresholds_passed
from casestatus.cases.timeline import Entry, takes_back
from casestatus.notices.sent import SentMessage
from casestatus.offices.freshness import Freshness, freshness
from casestatus.settings import Limits
from casestatus.victims.contacts import ContactOfHers, ContactState
from casestatus.victims.reconfirming import wants_confirming
from casestatus.victims.status import ActingOffice, Line, Status
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
    reader = _Reader(words, status.office, calendars, limits, now)
    return CaseView(
        case_number=status.case_number,
        folio=shown_folio(status.folio),
        office=_office_view(status.office),
        information_as_of=status.office.information_as_of,
        stale=reader.is_stale(status.office),
        proceedings=tuple(reader.line(line) for line in status.lines),
        notices=tuple(reader.message(message) for message in messages),
    )


def _office_view(office: ActingOffice) -> OfficeView:
    return OfficeView(
        name=office.name,
        public_phone=office.public_phone,
        hours=office.public_hours,
        time_zone=office.time_zone,
        region=office.region,
    )


def starts_on(contact: ContactOfHers) -> date | None:
    """The day from which notices may go there, on its own clock; None when that was never put off."""
    return contact.usable_from.astimezone(ZoneInfo(contact.time_zone)).date() if contact.usable_from else None


def contact_view(contact: ContactOfHers, *, wants_code: bool, now: datetime) -> ContactView:
    """A contact as she may see it at `now`."""
    waits = contact.state is ContactState.WAITING
    confirmed = contact.state in {ContactState.CONFIRMED, ContactState.WAITING}
    soon = wants_confirming(contact.reconfirm_by, contact.time_zone, now + ASKED_BEFORE)
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
    """Reads lines and messages out in one language: a line on the clocks of its office, messages on those of hers."""

    words: Wording
    office: ActingOffice
    calendars: Mapping[UUID, OfficeCalendar]
    limits: Limits
    now: datetime

    def is_stale(self, office: ActingOffice) -> bool:
        silence, today = office.stale_after_days or self.limits.stale_after_days, _day(self.now, office)
        return freshness(office.information_as_of, today=today, limit=silence) is not Freshness.UP_TO_DATE

    def line(self, line: Line) -> ProceedingView:
        current, stage, language = line.current, line.current.stage, self.words.language
        calendar, office = self.calendars[line.office_id], line.office
        today = calendar.today(self.now)
        decided, day_over = decided_by(line.steps), is_over(current.details, zone=office.time_zone, today=today)
        back = back_from(line.steps)
        rights = rights_at(
            stage,
            notified_on=line.notified_on,
            calendar=calendar,
            today=today,
            came_from=came_from(line.entries, stage),
            back_from=back,
            decided=decided,
            past=day_over,
        )
        past = day_over or any(right.state is DeadlineState.PAST for right in rights[:1])
        passed = thresholds_passed(calendar.stall_days.get(stage.code, ()), since=line.since, today=today)
        unchanged = bool(passed) and may_stand_still(stage, waits_for_office=line.moving_to is not None)
        stale = self.is_stale(office)
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
                zone=office.time_zone,
                day=self.words.day,
                clock=self.words.clock,
                new_office=line.moving_to,
                past=past,
                back_from=back,
            ),
            since=line.since,
            corrected_on=_day(current.received_at, office) if takes_back(line.steps) else None,
            next_steps=card_of(stage, decided, past=past, back_from=back).next_steps[language],
            stalled=unchanged and not stale,
            stale=stale,
            information_as_of=office.information_as_of,
            office=_office_view(office) if office != self.office else None,
            unchanged=unchanged,
            waits_for_office=line.moving_to is not None,
            days_still=(today - line.since).days,
            rights=tuple(right_view(right, self.words) for right in rights),
            part=stage.part,
            icon=icon(stage, current.details),
            elsewhere=line.elsewhere,
            timeline=tuple(self.event(entry, line) for entry in reversed(line.entries)),
        )

    def event(self, entry: Entry, line: Line) -> TimelineView:
        return TimelineView(
            stage=entry.stage.code,
            stage_name=entry.stage.names[self.words.language],
            occurred_on=entry.on,
            received_at=entry.received_at,
            received_on=_day(entry.received_at, line.office),
            corrected=entry.corrects,
            formal_notices_on=tuple(line.formal_notices.get(entry.event_id, ())),
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
            day=_day(message.at, self.office),
            reported_on=_day(message.reported_at, self.office) if message.reported_at else None,
            seen_on=_day(message.seen_at, self.office) if message.seen_at else None,
        )


def _day(moment: datetime, office: ActingOffice) -> date:
    """The day on the office's own calendar."""
    return moment.astimezone(ZoneInfo(office.time_zone)).date()
