"""What came back: a report with our token moves the attempt forward, once; nothing else does anything."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from casestatus.notices.callbacks import callback_token
from casestatus.notices.providers import Refused, Undelivered
from casestatus.notices.return_reports import ReturnReport, read_return
from casestatus.notices.returned import ReturnedMail
from casestatus.settings import Settings
from tests.notices.conftest import Deliveries
from tests.notices.email.conftest import ANA, OTHER, reader
from tests.notices.town import Town
from tests.standins.smtp import SmtpStandIn

TOKEN = "abcdefghijklmnopqrstuvwxyz234567"
RETURNS = f"avisos+{TOKEN}@consulta.example"


def report(to: str = RETURNS, *, action: str = "failed", status: str = "5.1.1", kind: str = "delivery-status") -> bytes:
    """As Postfix writes one (RFC 3464)."""
    lines = f"""\
Return-Path: <>
Delivered-To: {to}
From: MAILER-DAEMON@mx.correo.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind};
 boundary="9B095B5ADSN=_01D3E0B3"

--9B095B5ADSN=_01D3E0B3
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--9B095B5ADSN=_01D3E0B3
Content-Type: message/{kind}

Reporting-MTA: dns; mx.correo.example
Arrival-Date: Mon, 23 Nov 2026 15:04:06 +0000

Final-Recipient: rfc822; ana@correo.example
Original-Recipient: rfc822;ana@correo.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} No such user here

--9B095B5ADSN=_01D3E0B3
Content-Type: message/rfc822

From: Avisos <avisos@consulta.example>
To: ana@correo.example
Message-ID: <018f0000-0000-7000-8000-000000000000@consulta.example>
Subject: Hay una novedad

Hay una novedad.
--9B095B5ADSN=_01D3E0B3--
"""
    return lines.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("5.1.1", Refused("5.1.1", permanent=True)),
        ("5.1.10 (no such user)", Refused("5.1.10", permanent=True)),
        ("5.2.1", Refused("5.2.1", permanent=True)),
        ("5.2.2", Undelivered("5.2.2")),
        ("4.2.2", Undelivered("4.2.2")),
        ("5.3.4", Undelivered("5.3.4", of_address=False)),
        ("4.4.7", Undelivered("4.4.7", of_address=False)),
        ("5.6.1", Undelivered("5.6.1", of_address=False)),
        ("5.7.1", Undelivered("5.7.1", alarming=True, of_address=False)),
        ("nonsense", Undelivered("5.0.0")),
    ],
)
def test_a_report_of_failure_is_read(status: str, said: Refused | Undelivered) -> None:
    assert read_return(report(status=status)) == ReturnReport(TOKEN, said.code or "", said)


@pytest.mark.parametrize(
    "content",
    [
        report(action="delayed"),
        report(action="delivered"),
        report(action="relayed"),
        report(to="avisos@consulta.example"),
        report(to=f"avisos+{TOKEN[:-1]}@consulta.example"),
        report(kind="disposition-notification"),
        report().replace(b"multipart/report", b"multipart/mixed"),
        report().split(b"\r\n\r\n")[0],
        b"Subject: Fuera de la oficina\r\nTo: " + RETURNS.encode() + b"\r\nAuto-Submitted: auto-replied\r\n\r\nVuelvo.",
        b"",
    ],
)
def test_whatever_is_no_report_of_failure_with_a_token_is_none(content: bytes) -> None:
    assert read_return(content) is None


def test_a_mail_server_may_change_the_case_of_the_address() -> None:
    found = read_return(report(to=RETURNS.upper()))
    assert found is not None
    assert found.token == TOKEN


@given(st.integers(0, 2000), st.binary(max_size=40))
@hypothesis_settings(max_examples=100, deadline=None)
def test_a_damaged_report_is_read_or_not_but_never_raises(at: int, noise: bytes) -> None:
    whole = report()
    found = read_return(whole[:at] + noise + whole[at + len(noise) :])
    assert found is None or re.fullmatch(r"[245]\.\d{1,3}\.\d{1,3}", found.status)


class Returns:
    """The folder that the mail server fills, and the worker's look into it."""

    def __init__(self, folder: Path, town: Town, settings: Settings) -> None:
        self.folder, self.town = folder, town
        self.mail = ReturnedMail(town.database, settings.with_changes(email_returns=str(folder)))

    def get(self, *contents: bytes) -> None:
        """Put there, and read."""
        new = self.folder / "new"
        new.mkdir(exist_ok=True)
        for number, content in enumerate(contents):
            (new / f"1700000000.{number}.host").write_bytes(content)
        while self.mail.once():
            pass
        assert list(new.iterdir()) == []

    def address(self, number: int = 0) -> str:
        """Where the report of this attempt goes."""
        return f"avisos+{callback_token(self.town.keys, self.town.attempts()[number].id)}@consulta.example"


@pytest.fixture
def returns(tmp_path: Path, town: Town, settings: Settings, deliveries: Deliveries) -> Returns:
    reader(town, ANA, OTHER)
    town.event()
    deliveries.all_due()
    assert town.states() == ["sent"]
    return Returns(tmp_path, town, settings)


def test_an_unknown_mailbox_fails_and_the_next_contact_is_written_to(
    returns: Returns, town: Town, deliveries: Deliveries, post: SmtpStandIn
) -> None:
    assert post.accepted[0].sender == returns.address()
    returns.get(report(post.accepted[0].sender))
    deliveries.all_due()
    assert town.states() == ["failed", "sent"]
    assert [each.recipient for each in post.accepted] == [ANA, OTHER]
    assert town.attempts()[0].code == "5.1.1"
    assert town.contact_row(town.attempts()[0].contact_id).reconfirm_by is not None


def test_a_full_mailbox_is_undelivered(returns: Returns, town: Town, deliveries: Deliveries) -> None:
    returns.get(report(returns.address(), status="5.2.2"))
    deliveries.all_due()
    assert town.states() == ["undelivered", "sent"]


@pytest.mark.parametrize(("status", "asks"), [("5.2.2", True), ("5.7.1", False), ("4.4.7", False)])
def test_only_what_blames_her_mailbox_asks_for_it_to_be_confirmed_again(
    returns: Returns, town: Town, deliveries: Deliveries, status: str, asks: bool
) -> None:
    returns.get(report(returns.address(), status=status))
    deliveries.all_due()
    assert town.states() == ["undelivered", "sent"]
    assert (town.contact_row(town.attempts()[0].contact_id).reconfirm_by is not None) == asks


def test_the_same_report_ten_times_climbs_once(returns: Returns, town: Town, deliveries: Deliveries) -> None:
    told = report(returns.address())
    returns.get(*[told] * 10)
    returns.get(told, report(returns.address(), status="5.2.2"))
    deliveries.all_due()
    assert town.states() == ["failed", "sent"]


def test_a_forged_report_changes_nothing(returns: Returns, town: Town) -> None:
    (attempt,) = town.attempts()
    forged = [
        report("avisos+" + "a" * 32 + "@consulta.example"),
        report(f"avisos+{str(attempt.id).replace('-', '')}@consulta.example"),
        report("avisos@consulta.example").replace(b"018f0000-0000-7000-8000-000000000000", str(attempt.id).encode()),
        report(returns.address(), action="delivered"),
        b"not even a message",
        b"\x00" * 1000,
        b"Content-Type: message/rfc822\r\n\r\n" * 5000,
    ]
    returns.get(*forged)
    assert town.states() == ["sent"]


def test_a_final_state_never_changes(returns: Returns, town: Town, deliveries: Deliveries) -> None:
    deliveries.later(hours=73)
    assert town.states()[0] == "unproven"
    returns.get(report(returns.address()))
    assert town.states()[0] == "unproven"


def test_a_report_tells_that_an_uncertain_message_had_left(
    town: Town, deliveries: Deliveries, post: SmtpStandIn, tmp_path: Path, settings: Settings
) -> None:
    post.behaviour.next = ["drop_after"]
    reader(town, ANA)
    town.event()
    deliveries.all_due()
    assert town.states() == ["uncertain"]
    returns = Returns(tmp_path, town, settings)
    returns.get(report(returns.address()))
    assert (town.states(), town.notice_states()) == (["failed"], ["for_the_office"])


def test_a_telephone_s_token_is_none_of_a_mail_server_s(town: Town, deliveries: Deliveries, tmp_path: Path) -> None:
    town.victim()
    town.event()
    deliveries.all_due()
    returns = Returns(tmp_path, town, deliveries.settings)
    returns.get(report(returns.address()))
    assert town.states() == ["sent"]


def test_a_folder_that_is_not_there_yet_is_empty(town: Town, settings: Settings, tmp_path: Path) -> None:
    assert not Returns(tmp_path / "later", town, settings).mail.once()
