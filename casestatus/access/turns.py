"""How often something may be done that asks for no PIN but costs work: counted in the database before it is done."""

import math
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from casestatus.access.throttles import EPOCH, HOLD, MICROSECOND, WRITE_TRIES
from casestatus.errors import N_, Throttled


class TooOften(Throttled):
    """429: done too often from there for now. Having counted nothing, so that waiting helps."""

    type = "too-often"
    detail = N_("Fueron muchas veces seguidas. Espera y prueba otra vez.")


def take_turn(session: Session, subject: bytes, *, most: int, within: timedelta, now: datetime) -> None:
    """Count one more time under this keyed subject. Raises TooOften at the `most` that a span of time has room for."""
    connection = session.connection()
    hold = HOLD[connection.dialect.name]
    kept = connection.execute(hold, {"key": subject, "tries": [], "last_try_at": now}).scalar_one()
    since = (now - within - EPOCH) // MICROSECOND
    recent = sorted(moment for moment in kept if moment > since)
    if len(recent) >= most:
        opens_at = EPOCH + recent[-most] * MICROSECOND + within
        raise TooOften(retry_after=max(1, math.ceil((opens_at - now).total_seconds())))
    moments = [*recent, (now - EPOCH) // MICROSECOND]
    connection.execute(WRITE_TRIES, [{"held": subject, "moments": moments}])
