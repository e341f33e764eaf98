"""What an office is told of notices: their states, without what only follows from a victim's own choices, in words.

"Stopped", "paused", "never" and "no contact" are one state: which of them it is, is hers to tell. And nothing is ever
called received.
"""

from datetime import datetime
from enum import StrEnum

from casestatus.errors import N_
from casestatus.notices.models import AttemptState, NoticeKind, NoticeState
from casestatus.victims.models import Channel

# What the office's own doing brings about. Codes, changes of contacts, answers and what she asked for are hers.
TOLD = frozenset({NoticeKind.NOTICE, NoticeKind.CORRECTION, NoticeKind.REMINDER})
# Hand-overs that were given up because of what she chose aren't told: that there was another contact would be.
HERS_ALONE = frozenset({AttemptState.STOPPED, AttemptState.CANCELLED})


class OfficeState(StrEnum):
    """Where a notice stands, for its office."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    PROVED = "proved"
    HANDED_OVER = "handed_over"
    NOT_SENT = "not_sent"
    FOR_THE_OFFICE = "for_the_office"


UNTOLD_REASONS = frozenset({NoticeState.NO_CONTACT, NoticeState.NOT_WANTED})

NOTICE_WORDS = {
    OfficeState.WAITING: N_("Espera su hora"),
    OfficeState.UNDER_WAY: N_("En camino"),
    OfficeState.PROVED: N_("La red informa entrega"),
    OfficeState.HANDED_OVER: N_("Entregado a la red, sin informe de entrega"),
    OfficeState.NOT_SENT: N_("No se mandó"),
    OfficeState.FOR_THE_OFFICE: N_("Por avisar en persona"),
}
ATTEMPT_WORDS = {
    AttemptState.PENDING: N_("Espera su hora"),
    AttemptState.SENDING: N_("En camino"),
    AttemptState.UNCERTAIN: N_("No se sabe si salió; se está averiguando"),
    AttemptState.DELIVERED: N_("La red informa entrega"),
    AttemptState.UNDELIVERED: N_("La red informa que no llegó"),
    AttemptState.FAILED: N_("El número o el correo no recibe mensajes"),
    AttemptState.EXPIRED: N_("No se pudo entregar a la red"),
}
HANDED_OVER_WORDS = {
    Channel.SMS: N_("Entregado a la red telefónica"),
    Channel.EMAIL: N_("Entregado al servidor de correo"),
}
NEVER_KNOWN = N_("No se sabe si salió")


def office_state(state: NoticeState) -> OfficeState:
    """The notice's state as its office may know it."""
    return OfficeState.NOT_SENT if state in UNTOLD_REASONS else OfficeState(state.value)


def attempt_words(state: AttemptState, channel: Channel, sent_at: datetime | None) -> str:
    """What is known of one hand-over, in Spanish words marked for translation."""
    if state in ATTEMPT_WORDS:
        return ATTEMPT_WORDS[state]
    return HANDED_OVER_WORDS[channel] if sent_at else NEVER_KNOWN
