"""The transaction around an update: committed before its receipt is given, or nothing is kept at all."""

from datetime import timedelta

from casestatus.crypto import KeyRing
from casestatus.database import Database
from casestatus.database.again import again_when_given_up
from casestatus.intake.case_for import NumberTaken
from casestatus.intake.recording import record_update, tell_owner_of_number
from casestatus.intake.sender import Sender
from casestatus.intake.update import Receipt, Update


@again_when_given_up
def receive(
    database: Database, update: Update, sender: Sender, *, keys: KeyRing, delay: timedelta
) -> tuple[Receipt, bool]:
    """Record one update in a transaction of its own. Returns its receipt, and whether it is new."""
    now = database.now()
    try:
        with database.writing() as session:
            return record_update(session, update, sender, keys=keys, now=now, delay=delay)
    except NumberTaken as taken:
        with database.writing() as session:
            tell_owner_of_number(session, taken, update, sender, now=now)
        raise
