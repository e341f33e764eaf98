"""A message that an operator has sent to an address of their own: by the same ways, under the same rate as notices."""

from datetime import timedelta
from html import escape

from casestatus.crypto import KeyRing
from casestatus.database import Database, new_id
from casestatus.errors import N_
from casestatus.notices.callbacks import unsubscribe_url
from casestatus.notices.email_words import SENDER
from casestatus.notices.gate import Gate, NotNow, NoWay, Permit
from casestatus.notices.providers import Answer, EmailParts, Message, Providers
from casestatus.notices.references import new_reference
from casestatus.settings import Settings
from casestatus.victims.emails import normal_email
from casestatus.victims.models import Channel
from casestatus.victims.phones import normal_phone
from casestatus.wording import Wording

SUBJECT = N_("Mensaje de prueba")
WORDS = N_("Mensaje de prueba. No hay que hacer nada.")
HTML = '<!doctype html><html lang="es"><title>{subject}</title><p>{text}</p></html>'


def send_trial(
    address: str, *, ways_out: Providers, database: Database, keys: KeyRing, settings: Settings
) -> Answer | NotNow | NoWay:
    """Hand one message over. Raises PhoneUnusable or EmailUnusable."""
    channel = Channel.EMAIL if "@" in address else Channel.SMS
    message = _email(address, database, keys, settings) if channel is Channel.EMAIL else _sms(address)
    gate, now = Gate(settings.limits), database.now()
    lease = timedelta(seconds=settings.limits.lease)  # longer than the provider's call takes
    with database.writing() as session:
        permit = gate.admit(session, ways_out[channel], limit=1, usable_until=now + lease, now=now)
        if not isinstance(permit, Permit):
            return permit
        gate.take(session, permit, 1, now)
    answer = permit.way.hand_over(message)
    with database.writing() as session:
        now = database.now()
        gate.note(session, permit, [answer], now)
        gate.give_back(session, permit, used_at=[now])
    return answer


def _sms(address: str) -> Message:
    reference = new_reference(())
    return Message(normal_phone(address), f"{Wording.of('es').gettext(WORDS)} Ref {reference}", reference)


def _email(address: str, database: Database, keys: KeyRing, settings: Settings) -> Message:
    words, attempt_id, reference = Wording.of("es"), new_id(), new_reference(())
    text = f"{words.gettext(WORDS)} Ref {reference}"
    parts = EmailParts(
        attempt_id=attempt_id,
        html=HTML.format(subject=escape(words.gettext(SUBJECT)), text=escape(text)),
        sender=words.gettext(SENDER),
        language="es",
        unsubscribe=unsubscribe_url(keys, settings, attempt_id),
        written_at=database.now(),
    )
    return Message(normal_email(address), text, reference, subject=words.gettext(SUBJECT), email=parts)
