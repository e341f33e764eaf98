"""A wrong release is withdrawn in public, with its reason: a tombstone stays in its place, and nothing is replaced."""

from datetime import datetime

from sqlalchemy.orm import Session

from casestatus.errors import N_, Conflict, NotFound
from casestatus.statistics.chaining import next_moment
from casestatus.statistics.models import ReleaseMade
from casestatus.statistics.officers import NOBODY, Officers, usable_reason
from casestatus.statistics.released import releases
from casestatus.statistics.rows import Release


class ReleaseUnknown(NotFound):
    """There is no such release."""

    type = "release-unknown"
    detail = N_("No hay ninguna publicación %(release)s.")


class AlreadyWithdrawn(Conflict):
    """It was withdrawn before; its reason stays."""

    type = "already-withdrawn"
    detail = N_("Esa publicación ya se retiró. El motivo que se publicó no cambia.")


def withdraw(session: Session, name: str, *, reason: str, now: datetime, officers: Officers = NOBODY) -> Release:
    """Withdraw a release. Raises ReleaseUnknown, AlreadyWithdrawn, ReasonUnusable."""
    made = require_withdrawable(session, name, reason=reason)
    made.withdrawn_at, made.reason = next_moment(session, now), usable_reason(reason)
    made.withdrawn_by, made.withdrawal_confirmed_by = officers.signed_by, officers.confirmed_by
    session.flush()
    return next(release for release in releases(session) if release.name == name)


def require_withdrawable(session: Session, name: str, *, reason: str) -> ReleaseMade:
    """The release that may be withdrawn for this reason. Raises as `withdraw` does."""
    usable_reason(reason)
    made = session.get(ReleaseMade, name)
    if made is None:
        raise ReleaseUnknown(params={"release": name})
    if made.withdrawn_at is not None:
        raise AlreadyWithdrawn
    return made
