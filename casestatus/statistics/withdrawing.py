"""A wrong release is withdrawn in public, with its reason: a tombstone stays in its place, and nothing is replaced."""

from datetime import datetime

from sqlalchemy.orm import Session

from casestatus.errors import N_, Conflict, FieldProblem, NotFound, Unprocessable
from casestatus.statistics.chaining import next_moment
from casestatus.statistics.models import ReleaseMade
from casestatus.statistics.released import releases
from casestatus.statistics.rows import Release

LONGEST_REASON = 500


class ReleaseUnknown(NotFound):
    """There is no such release."""

    type = "release-unknown"
    detail = N_("No hay ninguna publicación %(release)s.")


class AlreadyWithdrawn(Conflict):
    """It was withdrawn before; its reason stays."""

    type = "already-withdrawn"
    detail = N_("Esa publicación ya se retiró. El motivo que se publicó no cambia.")


class ReasonUnusable(Unprocessable):
    """Everybody will read the reason."""

    type = "reason-unusable"


def withdraw(session: Session, name: str, *, reason: str, now: datetime) -> Release:
    """Withdraw a release. Raises ReleaseUnknown, AlreadyWithdrawn, ReasonUnusable."""
    said = " ".join(reason.split())
    if not 0 < len(said) <= LONGEST_REASON:
        detail = N_("Di el motivo en 1 a 500 signos. Todos podrán leerlo.")
        raise ReasonUnusable(fields=(FieldProblem("reason", detail),))
    made = session.get(ReleaseMade, name)
    if made is None:
        raise ReleaseUnknown(params={"release": name})
    if made.withdrawn_at is not None:
        raise AlreadyWithdrawn
    made.withdrawn_at, made.reason = next_moment(session, now), said
    session.flush()
    return next(release for release in releases(session) if release.name == name)
