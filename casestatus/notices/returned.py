"""A Maildir folder into which the mail server puts what came back to our sender: read, acted on, and deleted."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from casestatus.crypto import token_hash
from casestatus.database import Database
from casestatus.notices.models import DeliveryAttempt
from casestatus.notices.providers import Receipt
from casestatus.notices.receipts import Receipts
from casestatus.notices.return_reports import ReturnReport, read_return
from casestatus.settings import Settings
from casestatus.telemetry import Log
from casestatus.victims.models import Channel

PROVIDER = "smtp"
AT_ONCE = 50
LONGEST = 256 * 1024  # bytes; the report stands before what it quotes
log = Log()


class ReturnedMail:
    """Looks after the folder; a report that is read again changes nothing, so any number of workers may look."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._folder = Path(settings.email_returns) / "new"

    def once(self) -> bool:
        """One pass; whether it found any. Deleted is what was committed: a crash reads it again."""
        letters = self._letters()
        reports = [report for letter in letters if (report := self._report(letter))]
        if reports:
            with self._database.writing() as session:
                self._take(session, reports)
        for letter in letters:
            letter.unlink(missing_ok=True)
        return bool(letters)

    def _letters(self) -> Sequence[Path]:
        if not self._folder.is_dir():
            return []  # mail servers make it with the first letter
        return [path for path in islice(self._folder.iterdir(), AT_ONCE) if path.is_file()]

    def _report(self, letter: Path) -> ReturnReport | None:
        """None as well for what was made to be unreadable, so that it is deleted and stops nothing."""
        try:
            with letter.open("rb") as content:
                return read_return(content.read(LONGEST))
        except FileNotFoundError:
            return None  # another worker was faster
        except (RecursionError, ValueError, LookupError) as problem:
            log.warning("returns.unreadable", problem=type(problem).__name__)
            return None

    def _take(self, session: Session, reports: Sequence[ReturnReport]) -> None:
        receipts = Receipts(session, now=self._database.now(), settings=self._settings)
        hashes = {token_hash(report.token): report for report in reports}
        of_tokens = select(DeliveryAttempt).where(
            DeliveryAttempt.callback_hash.in_(hashes), DeliveryAttempt.channel == Channel.EMAIL
        )
        for attempt in session.scalars(of_tokens.order_by(DeliveryAttempt.id).with_for_update()):
            report = hashes[attempt.callback_hash or b""]
            receipts.apply(attempt, Receipt(PROVIDER, str(attempt.id), f"failed {report.status}", report.report))
