"""E-mail through an SMTP server (RFC 5321): one transaction a message, over connections that are kept open."""

import re
import smtplib
import ssl
import time
from contextlib import suppress
from datetime import datetime
from io import BufferedReader, RawIOBase
from typing import Any

from casestatus.notices.email_message import dkim_of, domain_of, written
from casestatus.notices.providers import Accepted, Answer, Later, LookFailed, Message, Refused, Unclear
from casestatus.notices.smtp_server import SmtpServer
from casestatus.settings import Settings
from casestatus.telemetry import Log
from casestatus.victims.models import Channel

OF_A_LEASE = 0.6  # the time that a whole hand-over has
TAKEN, GO_ON = 250, 354
RECIPIENT_TAKEN = frozenset({250, 251})
OF_A_MAILBOX = frozenset({550, 551, 553})  # RFC 5321 §4.2.3; used when no enhanced code says more
ENHANCED = re.compile(rb"\s*(\d\.\d{1,3}\.\d{1,3})(?!\d)")  # RFC 2034 §4
log = Log()


class _Connection(smtplib.SMTP):
    """One limit for a whole hand-over, where smtplib begins a new one at each of its steps."""

    def __init__(self, host: str, port: int, name: str, *, until: float, **tls: Any) -> None:
        self.until = until
        left = max(until - time.monotonic(), 0.001)
        super().__init__(host, port, name, timeout=left, **tls)

    def send(self, content: Any) -> None:
        """In what is left of the time."""
        self.limit()
        super().send(content)

    def getreply(self) -> tuple[int, bytes]:
        """In what is left of the time, however slowly its signs come."""
        self.limit()
        if self.file is None:
            self.file = BufferedReader(_Incoming(self))
        return super().getreply()

    def limit(self) -> None:
        """Let the next step wait for no longer than that. Raises TimeoutError when nothing is left."""
        left = self.until - time.monotonic()
        if left <= 0:
            self.close()
            raise TimeoutError
        if self.sock is not None:
            self.sock.settimeout(left)


class _Incoming(RawIOBase):
    """What the server says, read in what is left of the connection's time."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Into the buffer, as much as came."""
        self._connection.limit()
        if self._connection.sock is None:
            raise ConnectionError
        return int(self._connection.sock.recv_into(buffer))


class _TlsConnection(_Connection, smtplib.SMTP_SSL):
    """TLS from the first byte, where STARTTLS comes after a word or two."""


class SmtpMail:
    """An SMTP server as a provider of e-mail."""

    name = "smtp"
    sender = "smtp"
    channel = Channel.EMAIL
    per_second: int | None = None  # a server that has enough says 4xx
    can_find = False

    def __init__(self, settings: Settings) -> None:
        self._server = SmtpServer.of(settings.smtp_url)
        self._from = settings.email_from
        self._dkim = dkim_of(settings)
        self._seconds = OF_A_LEASE * settings.limits.lease
        self._tls = ssl.create_default_context()
        self._kept: list[_Connection] = []

    def hand_over(self, message: Message) -> Answer:
        """One transaction. Until the whole message was given, whatever ends it is certain: it wasn't taken."""
        content, provider_id = self._content(message)
        try:
            connection = self._begin(message.callback or self._from, time.monotonic() + self._seconds)
        except smtplib.SMTPResponseException as problem:
            log.error("smtp.refuses_us", code=problem.smtp_code)
            return _answer_to_us(problem.smtp_code)
        except (OSError, ValueError) as problem:
            log.error("smtp.unusable", problem=type(problem).__name__)
            return Later()
        answer = _given(connection, message, content, provider_id)
        self._keep(connection, answer)
        return answer

    def find(self, address: str, reference: str, since: datetime) -> str | None:  # noqa: ARG002 - Provider's own
        """Never: SMTP can't be asked what became of a message."""
        raise LookFailed

    def trouble(self) -> str | None:
        """Goes as far as the sender, which the server may refuse, and gives nothing away."""
        try:
            connection = self._connect(self._from, time.monotonic() + self._seconds)
        except smtplib.SMTPResponseException as problem:
            return f"the mail server refuses CASESTATUS_SMTP_URL or CASESTATUS_EMAIL_FROM with code {problem.smtp_code}"
        except (OSError, ValueError) as problem:
            return f"the mail server can't be used ({type(problem).__name__}): CASESTATUS_SMTP_URL"
        self._keep(connection, Later())
        return None

    def close(self) -> None:
        """Say goodbye on every kept connection."""
        while (connection := self._another()) is not None:
            connection.until = time.monotonic() + 1
            with suppress(OSError):
                connection.quit()
            connection.close()

    def _content(self, message: Message) -> tuple[bytes, str]:
        if message.email is None:
            raise TypeError("an e-mail needs its parts")
        content = written(message, message.email, self._from)
        return (self._dkim.signed(content) if self._dkim else content), str(message.email.attempt_id)

    def _begin(self, sender: str, until: float) -> _Connection:
        """A connection that took our sender: one that was kept and still answers, else a new one.

        Raises what smtplib raises.
        """
        while (connection := self._another()) is not None:
            connection.until = until
            with suppress(OSError):
                if connection.mail(sender)[0] == TAKEN:
                    return connection
            connection.close()
        return self._connect(sender, until)

    def _another(self) -> _Connection | None:
        """A kept connection, now of this thread alone."""
        try:
            return self._kept.pop()
        except IndexError:  # asking first would leave another thread time to take the last one
            return None

    def _connect(self, sender: str, until: float) -> _Connection:
        server, name = self._server, domain_of(self._from)
        connection: _Connection
        if server.tls_at_once:
            connection = _TlsConnection(server.host, server.port, name, context=self._tls, until=until)
        else:
            connection = _Connection(server.host, server.port, name, until=until)
        try:
            if server.starttls:
                connection.starttls(context=self._tls)
            connection.ehlo_or_helo_if_needed()
            if server.user:
                connection.login(server.user, server.password.get_secret_value())
            code, said = connection.mail(sender)
            if code != TAKEN:
                raise smtplib.SMTPSenderRefused(code, said, sender)
        except (OSError, ValueError):
            connection.close()
            raise
        return connection

    def _keep(self, connection: _Connection, answer: Answer) -> None:
        """For the next message, if it can be used again."""
        usable = isinstance(answer, Accepted)
        with suppress(OSError):
            usable = usable or (not isinstance(answer, Unclear) and connection.rset()[0] == TAKEN)
        if usable:
            self._kept.append(connection)
        else:
            connection.close()


def _given(connection: _Connection, message: Message, content: bytes, provider_id: str) -> Answer:
    try:
        code, said = connection.rcpt(message.to)
        if code in RECIPIENT_TAKEN:
            code, said = connection.docmd("DATA")
    except OSError:
        return Later()
    if code != GO_ON:
        return _answer_to_her(code, said)
    framed = _framed(content)
    if time.monotonic() > message.send_before:
        connection.close()  # its end was never given, so nobody takes it
        return Later()
    try:
        connection.send(framed)
        code, said = connection.getreply()
    except OSError:
        return Unclear()
    if code == TAKEN:
        return Accepted(provider_id)
    return _answer_to_her(code, said) if code // 100 in {4, 5} else Unclear()


def _framed(content: bytes) -> bytes:
    """With its end, and a second dot where a line begins with one (RFC 5321 §4.5.2). Its lines end in CRLF already."""
    return re.sub(rb"(?m)^\.", b"..", content) + b".\r\n"


def _answer_to_us(code: int) -> Answer:
    """The server refuses our credentials or our sender: nobody's address is to blame."""
    return Refused(str(code), permanent=False, of_sender=True) if code // 100 == 5 else Later()


def _answer_to_her(code: int, said: bytes) -> Answer:
    """The server refuses her address, or this message."""
    if code // 100 != 5:
        return Later()
    found = ENHANCED.match(said)
    status = found[1].decode() if found else ""
    of_address = status.startswith(("5.1.", "5.2.")) if status else code in OF_A_MAILBOX
    return Refused(status or str(code), permanent=True, of_address=of_address)
