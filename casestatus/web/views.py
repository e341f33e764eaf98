"""What a victim is shown, once for the page and for the JSON: fields excluded from the JSON only dress the page."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from casestatus.cases.right_model import RequestForm
from casestatus.errors import N_

CHANNELS = {"sms": N_("SMS"), "email": N_("correo")}

MESSAGE_STATES = {
    "waiting": N_("Espera su hora"),
    "under_way": N_("En camino"),
    "proved": N_("La red dice que llegó"),
    "not_arrived": N_("No llegó"),
    "takes_no_messages": N_("El número no recibe mensajes"),
    "handed_over": N_("Lo entregamos a la red; no sabemos si llegó"),
    "not_wanted": N_("No se mandó porque así lo pediste"),
    "not_needed": N_("No se mandó: ya no hacía falta"),
    "for_the_office": N_("Tu oficina te buscará de otra forma"),
    "no_contact": N_("No se mandó: no hay contacto confirmado"),
}

CONTACT_STATES = {
    "confirmed": N_("Confirmado"),
    "waiting": N_("Espera hasta el %(day)s"),
    "to_be_confirmed": N_("Falta confirmar"),
    "confirm_again": N_("Confirmar otra vez"),
    "stopped": N_("Detenido"),
}


class View(BaseModel):
    """Frozen, so that a page can't change what it shows."""

    model_config = ConfigDict(frozen=True)


class OfficeView(View):
    """The office that has the case, as everybody may know it; empty words where the office gave none."""

    name: str
    public_phone: str
    hours: str
    time_zone: str = Field(exclude=True)
    region: str = Field(exclude=True)


class TimelineView(View):
    """One visible event of a line; `occurred_on` is the day it was shown for when it had been hidden."""

    stage: str
    stage_name: str
    occurred_on: date
    received_at: datetime
    corrected: bool
    received_on: date = Field(exclude=True)
    formal_notices_on: tuple[date, ...] = Field(exclude=True)


class DeadlineView(View):
    """Until when a right may be used. `counts_from` is a formal notice's day; `note` says that hers may be another."""

    on: date
    counts_from: date
    verified: bool
    note: str


class RightView(View):
    """What she may ask for at this stage, and the article that says so. `state` is one of cases/deadlines.py's five."""

    name: str
    what_to_do: str
    article: str
    deadline: DeadlineView | None
    code: str = Field(exclude=True)
    state: str = Field(exclude=True)
    no_limit: bool = Field(exclude=True)
    form: RequestForm = Field(exclude=True)


class ProceedingView(View):
    """One line of status. `part` is one of the four parts of the path, None beside it; `icon` a symbol of icons.svg.

    `elsewhere`: it goes on in a case that hers was joined into. `office` acts on the line, None where that is the
    office of her case; `information_as_of` and `stale` tell of the feed of whichever it is. `unchanged` for long is
    what was published; `stalled` says so only while the feed lives, because silence is never "no change".
    `waits_for_office`: another office of this service has yet to accept it.
    """

    ordinal: int
    model: str
    stage: str
    stage_name: str
    meaning: str
    since: date
    next_steps: tuple[str, ...] = ()
    rights: tuple[RightView, ...] = ()
    stalled: bool = False
    stale: bool = False
    information_as_of: date | None = None
    office: OfficeView | None = None
    timeline: tuple[TimelineView, ...]
    legal_name: str = Field(exclude=True)
    days_still: int = Field(0, exclude=True)
    corrected_on: date | None = Field(None, exclude=True)
    part: int | None = Field(exclude=True)
    icon: str = Field(exclude=True)
    elsewhere: bool = Field(False, exclude=True)
    unchanged: bool = Field(False, exclude=True)
    waits_for_office: bool = Field(False, exclude=True)


class MessageView(View):
    """A message that left, or why none did: the address only by its last two signs. `state_name` is in her language."""

    channel: str | None
    state: str
    state_name: str
    sent_at: datetime | None
    reported_at: datetime | None
    seen_at: datetime | None
    reference: str | None
    ending: str | None = Field(exclude=True)
    day: date = Field(exclude=True)
    reported_on: date | None = Field(exclude=True)
    seen_on: date | None = Field(exclude=True)

    @property
    def channel_words(self) -> str:
        return CHANNELS[self.channel] if self.channel else "—"


class CaseView(View):
    """A victim's case: never more than her own visible lines. Newest message and newest event come first."""

    case_number: str
    folio: str
    office: OfficeView
    information_as_of: date | None
    proceedings: tuple[ProceedingView, ...]
    notices: tuple[MessageView, ...]
    stale: bool

    def history(self) -> list[tuple[ProceedingView, TimelineView]]:
        """Every visible event with its line, newest first."""
        events = [(line, event) for line in self.proceedings for event in line.timeline]
        return sorted(events, key=lambda pair: (pair[1].occurred_on, pair[1].received_at), reverse=True)

    def with_dates(self) -> list[tuple[ProceedingView, RightView, DeadlineView]]:
        """The rights that may still be used until a day, the nearest first."""
        running = [
            (line, right, right.deadline)
            for line in self.proceedings
            for right in line.rights
            if right.deadline and right.state != "past"
        ]
        return sorted(running, key=lambda each: (each[2].on, each[0].ordinal))

    def last_message(self) -> MessageView | None:
        """The newest message that left."""
        return next((message for message in self.notices if message.sent_at), None)


class ContactView(View):
    """A channel she called safe; its address is never shown in full. Until `starts_at` no notice goes there.

    Without `hours` it is written to at those of the service. By `reconfirm_by` she is asked whether it is still safe.
    """

    id: UUID
    channel: str
    ending: str
    state: str
    hours: str | None
    time_zone: str
    starts_at: datetime | None
    reconfirm_by: date | None
    confirmed_in_person: bool
    wants_code: bool = Field(exclude=True)
    starts_on: date | None = Field(exclude=True)
    asked_again: bool = Field(exclude=True)

    @property
    def channel_words(self) -> str:
        return CHANNELS[self.channel]

    @property
    def state_words(self) -> str:
        return CONTACT_STATES[self.state]


class SessionView(View):
    """When her session ends unless she uses it, how many minutes each use gives, and whether the device is shared."""

    ends_at: datetime
    idle_minutes: int
    shared_device: bool
