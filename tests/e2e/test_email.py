"""Real worker processes and a mail server: killed in the middle, they repeat nothing; what came back is acted on."""

import os
from collections import Counter
from functools import partial
from pathlib import Path

from sqlalchemy import select

from casestatus.crypto import KeyRing, token_hash
from casestatus.database import Database
from casestatus.notices.models import AttemptState, DeliveryAttempt
from casestatus.victims.models import Channel
from tests.e2e.processes import command, until
from tests.ledger import Ledger
from tests.notices.town import Town
from tests.standins.certificates import Authority
from tests.standins.smtp import SmtpStandIn

OWED, KILLS = (1_000, 20) if os.environ.get("ENDURANCE") else (40, 2)
REPORT = """\
To: {to}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.correo.example

Final-Recipient: rfc822; {whom}
Action: failed
Status: 5.1.1

--b--
"""


def test_workers_killed_with_emails_in_hand_repeat_nothing_and_the_office_hears_of_each_doubt(
    database: Database, tmp_path: Path, environment: dict[str, str]
) -> None:
    keys = KeyRing.generate()
    keys.write(tmp_path / "keys.json")
    town, authority, returns = Town(database, keys), Authority(tmp_path), tmp_path / "returns" / "new"
    returns.mkdir(parents=True)
    for number in range(OWED):
        town.contact(town.victim(contacts=0), f"persona{number}@correo.example", channel=Channel.EMAIL)
    with SmtpStandIn(authority.gives()) as post:
        post.behaviour.latency_seconds = 0.05
        environment |= {
            "SSL_CERT_FILE": str(authority.certificate),
            "CASESTATUS_EMAIL_PROVIDER": "smtp",
            "CASESTATUS_SMTP_URL": post.url,
            "CASESTATUS_EMAIL_FROM": "avisos@consulta.example",
            "CASESTATUS_EMAIL_RETURNS": str(returns.parent),
            "CASESTATUS_LIMITS_RECONCILE_LONGEST": "1",
        }
        assert town.event()[1] == OWED
        for killed_at in range(OWED // 4, OWED // 2 + 1, OWED // 4 // (KILLS - 1)):
            with command("worker", environment=environment) as process:
                until(partial(_has_taken, post, killed_at), f"message {killed_at}")
                process.kill()
        with command("worker", environment=environment) as process:
            until(lambda: set(town.states()) <= {"sent", "unproven"}, "the end of all deliveries")
            _comes_back(returns, post, town)
            until(lambda: "failed" in town.states(), "what came back")
            process.terminate()
            assert process.wait(20) == 0

        recipients = Counter(each.recipient for each in post.accepted)
    assert set(recipients.values()) == {1}
    states = Counter(town.states())
    assert states["sent"] + states["failed"] <= len(recipients) <= OWED
    Ledger("emails and killed workers").note(
        owed=OWED, kills=KILLS, accepted=len(recipients), doubts=states["unproven"]
    )
    doubts = Counter(task.kind for task in town.tasks())
    assert doubts == Counter({"unproven": states["unproven"], "unreachable": states["failed"]})
    assert list(returns.iterdir()) == []


def _token_of(sender: str) -> str:
    return sender.partition("@")[0].partition("+")[2]


def _has_taken(post: SmtpStandIn, number: int) -> bool:
    return len(post.accepted) >= number


def _comes_back(folder: Path, post: SmtpStandIn, town: Town) -> None:
    """The last message of which it was written down that it left: nobody was killed with it in hand."""
    sent = select(DeliveryAttempt.callback_hash).where(DeliveryAttempt.state == AttemptState.SENT)
    with town.database.reading() as session:
        known = set(session.scalars(sent))
    last = next(each for each in reversed(post.accepted) if token_hash(_token_of(each.sender)) in known)
    draft = folder.parent / "report"
    draft.write_text(REPORT.format(to=last.sender, whom=last.recipient))
    draft.rename(folder / "1700000000.1.host")
