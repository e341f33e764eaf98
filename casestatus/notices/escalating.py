"""What was handed over and never proved: after a day another contact is written to, or somebody at the office asked."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from casestatus.database import Database
from casestatus.notices.models import TO_CLIMB, DeliveryAttempt
from casestatus.notices.news import notices_with_news
from casestatus.notices.settling import Settlement
from casestatus.settings import Settings

AT_ONCE = 100


class Escalation:
    """Watches what left; several may run on one database, in any number of processes."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings

    def once(self) -> bool:
        """One pass; whether it found anything, so that another may follow at once."""
        now = self._database.now()
        due = self._due(now)
        with self._database.reading() as session:
            if not session.scalars(due.limit(1)).first():
                return False
        with self._database.writing() as session:
            return self._climb(session, due, now) > 0

    def _due(self, now: datetime) -> Select[DeliveryAttempt]:
        """The partial index knows only its own words, so they stand here as text."""
        sent_before = now - timedelta(seconds=self._settings.limits.next_rung_after)
        unproved = select(DeliveryAttempt).where(text(TO_CLIMB), DeliveryAttempt.sent_at <= sent_before)
        return unproved.order_by(DeliveryAttempt.sent_at)

    def _climb(self, session: Session, due: Select[DeliveryAttempt], now: datetime) -> int:
        """Each held row once: whoever comes second finds it climbed from, or proved by a receipt."""
        attempts = session.scalars(due.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
        settlement = Settlement(session, now=now, settings=self._settings)
        settlement.load_notices(attempts)
        to_tell = notices_with_news(session, [attempt.notice_id for attempt in attempts])
        for attempt in attempts:
            if attempt.notice_id in to_tell:
                settlement.climb_without_proof(attempt)
            else:
                settlement.stay(attempt)
        return len(attempts)
