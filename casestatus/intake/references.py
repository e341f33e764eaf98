"""Which earlier events an update refers to: what it corrects or reveals, or what it brings the formal notice of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from casestatus.cases.formal_notices import stage_notified, still_notified
from casestatus.cases.hidden_days import day_of_reveal, told_by_reveal
from casestatus.cases.models import EventKind, TimelineEvent
from casestatus.cases.stages import Model
from casestatus.errors import N_, Conflict, FieldProblem, Unprocessable
from casestatus.intake.sender import Sender
from casestatus.intake.update import Update, UpdateRefused


class AlreadySuperseded(Conflict):
    """The event was corrected before."""

    about = "supersedes"
    type = "already-superseded"
    title = N_("Ese suceso ya se corrigió.")
    detail = N_("Usa la última corrección, no el suceso de antes.")


class AlreadyRevealed(Conflict):
    """The event isn't hidden any more."""

    about = "reveals"
    type = "already-revealed"
    title = N_("Ese suceso ya es visible.")
    detail = N_("No hay nada que revelar. No se cambió nada.")


class OnlyAReveal(Conflict):
    """`supersedes` names an update that only revealed another."""

    about = "supersedes"
    type = "only-a-reveal"
    title = N_("Ese suceso solo reveló otro.")
    detail = N_("Para corregirlo, di en supersedes el suceso que se reveló.")


class ReferencesClash(Unprocessable):
    """One update can't both correct and reveal."""

    type = "references-clash"
    title = N_("Un cambio no puede corregir y revelar a la vez.")


class RevealTooEarly(Unprocessable):
    """A reveal is dated before what it reveals."""

    type = "reveal-too-early"
    title = N_("Se revela antes de que pasara.")


class EventUnknown(Unprocessable):
    """`supersedes` or `reveals` names no event of this source on this line."""

    type = "event-unknown"
    title = N_("Ese suceso no existe en esta línea.")


@dataclass(frozen=True)
class References:
    """The earlier events that a new one corrects, reveals, or brings the formal notice of.

    `known_since`: what it corrects, or tells once more, was hidden once, and victims know it by this day.
    """

    superseded: TimelineEvent | None
    revealed: TimelineEvent | None
    notified: TimelineEvent | None
    known_since: date | None = None


def references_of(model: Model, earlier: Sequence[TimelineEvent], update: Update, sender: Sender) -> References:
    """What `update` refers to among the `earlier` events of its line. Raises UpdateRefused or a problem here."""
    if update.supersedes is not None and update.reveals is not None:
        detail = N_("Manda dos cambios: uno que revela y después uno que corrige.")
        raise ReferencesClash(fields=(FieldProblem("supersedes", detail), FieldProblem("reveals", detail)))
    superseded = _superseded(earlier, update, sender)
    notified = _notified(model, earlier, update, superseded)
    revealed = _revealed(earlier, update, sender)
    _require_told_before_notice(notified or revealed, update)
    return References(superseded, revealed, notified, _known_since(earlier, update, superseded))


def _known_since(earlier: Sequence[TimelineEvent], update: Update, superseded: TimelineEvent | None) -> date | None:
    told = told_by_reveal(earlier)
    if superseded is not None and superseded.id in told:
        return told[superseded.id]
    return day_of_reveal(earlier, told, stage=update.stage, occurred_on=update.occurred_on)


def _require_told_before_notice(told: TimelineEvent | None, update: Update) -> None:
    """Nobody is notified of a decision before it is taken: a time limit would run from a wrong day."""
    taken_on = told.occurred_on if told is not None else update.occurred_on
    if update.formal_notice_on is not None and update.formal_notice_on < taken_on:
        detail = N_("La notificación formal no puede ser antes del día de lo que notifica.")
        raise UpdateRefused(fields=(FieldProblem("formal_notice_on", detail),))


def _notified(
    model: Model, earlier: Sequence[TimelineEvent], update: Update, superseded: TimelineEvent | None
) -> TimelineEvent | None:
    """The stage event that this update only adds a formal notice to, or corrects that of; None when it tells more."""
    tells_more = update.reveals is not None or any(value is not None for value in update.details.values())
    if tells_more:
        return None
    if superseded is not None:
        corrects_notice = superseded.kind is EventKind.FORMAL_NOTICE and superseded.stage == update.stage
        return still_notified(earlier, superseded) if corrects_notice else None
    if update.formal_notice_on is None:
        return None
    return stage_notified(model, earlier, stage=update.stage, occurred_on=update.occurred_on)


def _superseded(earlier: Sequence[TimelineEvent], update: Update, sender: Sender) -> TimelineEvent | None:
    event = _named(earlier, update.supersedes, sender, "supersedes")
    if event is not None and event.kind is EventKind.REVEAL:
        raise OnlyAReveal
    _require_uncorrected(earlier, event)
    return event


def _require_uncorrected(earlier: Sequence[TimelineEvent], event: TimelineEvent | None) -> None:
    if event is not None and any(other.supersedes_id == event.id for other in earlier):
        raise AlreadySuperseded


def _revealed(earlier: Sequence[TimelineEvent], update: Update, sender: Sender) -> TimelineEvent | None:
    event = _named(earlier, update.reveals, sender, "reveals")
    if event is None:
        return None
    _require_uncorrected(earlier, event)  # the office has withdrawn it: only its correction may be revealed
    if event.shown_at is not None or event.kind is EventKind.REVEAL:
        raise AlreadyRevealed
    if update.occurred_on < event.occurred_on:
        detail = N_("No puede ser antes del día del suceso que revela.")
        raise RevealTooEarly(fields=(FieldProblem("occurred_on", detail),))
    return event


def _named(
    earlier: Sequence[TimelineEvent], source_event: str | None, sender: Sender, field: str
) -> TimelineEvent | None:
    """The event of this line that the same source sent under this `source_id`. Raises EventUnknown."""
    if source_event is None:
        return None
    for event in earlier:
        if event.source_id == sender.source_id and event.source_event == source_event:
            return event
    detail = N_("Escribe el source_id de un suceso de esta línea que este mismo sistema mandó.")
    raise EventUnknown(fields=(FieldProblem(field, detail),))
