"""The demo's provider: messages go into a table that a local page shows, and nowhere else."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.database import Database, new_id
from casestatus.notices.models import OutboxMessage
from casestatus.notices.providers import Accepted, Answer, Message
from casestatus.victims.models import Channel


class Outbox:
    """Keeps messages where every process of the demo sees them."""

    name = "outbox"
    sender = "outbox"
    per_second: int | None = None
    can_find = True

    def __init__(self, database: Database, channel: Channel) -> None:
        self.channel = channel
        self._database = database

    def hand_over(self, message: Message) -> Answer:
        """Write it down; what was committed was accepted."""
        message_id = new_id()
        written = OutboxMessage(
            id=message_id,
            channel=self.channel.value,
            to=message.to,
            subject=message.subject,
            body=message.body,
            at=self._database.now(),
        )
        with self._database.writing() as session:
            session.add(written)
        return Accepted(str(message_id))

    def find(self, address: str, reference: str, since: datetime) -> str | None:
        """The message to this address whose words end with the reference."""
        wanted = select(OutboxMessage.id).where(
            OutboxMessage.to == address, OutboxMessage.at >= since, OutboxMessage.body.endswith(f"Ref {reference}")
        )
        with self._database.reading() as session:
            found = session.scalars(wanted.limit(1)).first()
        return str(found) if found else None

    def trouble(self) -> str | None:
        """None: whoever asked reached the database."""
        return None


def outbox_messages(session: Session, *, limit: int = 200) -> Sequence[OutboxMessage]:
    """What the page shows: the newest messages first."""
    return session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(limit)).all()
