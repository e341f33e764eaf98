"""What a mail system tells of a message that didn't arrive (RFC 3464): read, and believed only with our token."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from casestatus.notices.providers import Refused, Report, Undelivered

TOKEN = re.compile(r"\+([a-z2-7]{32})@", re.IGNORECASE)
STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\d)")  # RFC 3463
ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "To")  # the first is the envelope's, where there is one
NO_SUCH_MAILBOX = ("5.1.", "5.2.1")  # bad or moved address; mailbox disabled
OF_A_MAILBOX = re.compile(r".\.[012]\.")  # RFC 3463 §3: no reason, address, mailbox; others are of the way or the words


@dataclass(frozen=True)
class ReturnReport:
    """That the message whose return address carried `token` didn't arrive, and why."""

    token: str
    status: str
    report: Report


def read_return(content: bytes) -> ReturnReport | None:
    """The report in a message that came back; None for whatever isn't one, or tells that it did or may yet arrive.

    Not even "delivered" is believed: nobody signs these reports, and only proof that is one may be called so.
    """
    message = message_from_bytes(content)
    token, status = _token(message), _failed_status(message)
    if token is None or status is None:
        return None
    if status.startswith(NO_SUCH_MAILBOX):
        return ReturnReport(token, status, Refused(status, permanent=True))
    of_address = OF_A_MAILBOX.match(status) is not None
    report = Undelivered(status, alarming=status.startswith("5.7."), of_address=of_address)
    return ReturnReport(token, status, report)


def _token(message: Message) -> str | None:
    for name in ADDRESSED:
        for value in message.get_all(name, []):
            if found := TOKEN.search(str(value)):
                return found[1].lower()
    return None


def _failed_status(message: Message) -> str | None:
    """The status of the first recipient whose delivery failed: our messages have but one."""
    if message.get_content_type() != "multipart/report":
        return None
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            for group in part.get_payload():
                if isinstance(group, Message) and str(group.get("Action", "")).strip().lower() == "failed":
                    found = STATUS.match(str(group.get("Status", "")))
                    return found[1] if found else "5.0.0"
    return None
