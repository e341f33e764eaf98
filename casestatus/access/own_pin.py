"""She types her PIN once more for what only she may change: counted and verified as at the door."""

from datetime import datetime
from uuid import UUID

from casestatus.access.sign_in import Door, Knock, examine
from casestatus.access.throttles import note_failure, take_back
from casestatus.errors import N_, CaseStatusProblem, Unauthorized, Unprocessable
from casestatus.victims.models import Victim


class PinMissing(Unprocessable):
    """422: nothing was typed, so nothing was verified and no try was counted."""

    type = "pin-missing"
    detail = N_("Escribe tu PIN para confirmar que eres tú.")


class NotHerPin(Unauthorized):
    """401: nobody's PIN, or somebody else's of the same case."""

    type = "not-her-pin"
    detail = N_("No pudimos confirmar que eres tú. Mira otra vez tu PIN.")


def confirm_own_pin(
    door: Door, victim_id: UUID, secret: str, *, address: str, now: datetime
) -> CaseStatusProblem | None:
    """None if `secret` is her PIN or backup key; else why not: missing, mistyped, wrong, throttled or busy.

    The problem is returned and not raised, so that nothing rolls the counted try back.
    """
    try:
        _confirm(door, victim_id, secret, address, now)
    except CaseStatusProblem as problem:
        return problem
    return None


def _confirm(door: Door, victim_id: UUID, secret: str, address: str, now: datetime) -> None:
    """By her folio: its tries count towards the case, as those on any of the case's numbers do."""
    if not secret.strip():
        raise PinMissing
    with door.database.reading() as session:
        folio = door.keys.unseal(session.get_one(Victim, victim_id).folio, table="victim", column="folio", id=victim_id)
    examined = examine(door, Knock(folio, secret, address), now=now)
    with door.database.writing() as session:
        found = examined.victim(session, door.limits, now=now)
        if found is not None and found.id == victim_id:
            take_back(session, examined.counted)
            return
        note_failure(session, examined.counted)
    raise NotHerPin
