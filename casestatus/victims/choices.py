"""What a victim chose: whether she is written to at all, in which words, and of what beside the office's updates."""

import re
import unicodedata
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from casestatus.cases.crimes import RiskTier
from casestatus.cases.models import Case
from casestatus.crypto import KeyRing
from casestatus.errors import N_, FieldProblem, Unprocessable
from casestatus.offices.models import Institution
from casestatus.victims.models import ContactPolicy, Victim, Wording
from casestatus.victims.new_contacts import live_contacts

LONGEST_CODE_WORD = 12


class CodeWordUnusable(Unprocessable):
    """422: it has to fit before a message, and to be a word."""

    type = "code-word-unusable"
    detail = N_("Usa una palabra corta: hasta 12 letras.")


@dataclass(frozen=True)
class Choices:
    """As she left them, and what her page needs to show them. The code word itself is never shown again."""

    stall_alerts: bool
    urgent_alerts: bool
    wording: Wording
    policy: ContactPolicy
    has_code_word: bool
    language: str
    institution: str
    high_risk: bool


def choices_of(session: Session, victim_id: UUID) -> Choices:
    """What she chose."""
    victim = session.get_one(Victim, victim_id)
    code = select(Institution.code).join(Case, Case.institution_id == Institution.id).where(Case.id == victim.case_id)
    return Choices(
        stall_alerts=victim.stall_alerts,
        urgent_alerts=victim.urgent_alerts,
        wording=victim.message_wording,
        policy=victim.contact_policy,
        has_code_word=any(contact.code_word for contact in live_contacts(session, victim_id)),
        language=victim.language,
        institution=session.scalars(code).one(),
        high_risk=victim.risk_tier is RiskTier.HIGH,
    )


def choose_stall_alerts(session: Session, victim_id: UUID, *, wanted: bool) -> None:
    """Keep her choice."""
    session.execute(update(Victim).where(Victim.id == victim_id).values(stall_alerts=wanted))


def choose_urgent_alerts(session: Session, victim_id: UUID, *, wanted: bool) -> None:
    """Whether what is urgent is told at any hour (cases/urgency.py)."""
    session.execute(update(Victim).where(Victim.id == victim_id).values(urgent_alerts=wanted))


def choose_wording(session: Session, victim_id: UUID, wording: Wording) -> None:
    """From now on her messages say it so."""
    session.execute(update(Victim).where(Victim.id == victim_id).values(message_wording=wording))


def choose_policy(session: Session, victim_id: UUID, policy: ContactPolicy) -> None:
    """Whether anything is sent. What waits is judged again when it is about to leave."""
    session.execute(update(Victim).where(Victim.id == victim_id).values(contact_policy=policy))


def choose_code_word(session: Session, victim_id: UUID, word: str, *, keys: KeyRing) -> None:
    """A word that stands before her messages, on every contact of hers. Raises CodeWordUnusable."""
    plain = unicodedata.normalize("NFKD", word.strip()).encode("ascii", "ignore").decode()
    if not re.fullmatch(rf"[A-Za-z ]{{3,{LONGEST_CODE_WORD}}}", plain):
        raise CodeWordUnusable(fields=(FieldProblem("code_word", CodeWordUnusable.detail),))
    for contact in live_contacts(session, victim_id):
        contact.code_word = keys.seal(plain, table="contact", column="code_word", id=contact.id)
